import type { RandomBytes } from '../../core/base/clock.ts';

/** What a panel's page is made of; URIs as `webview.asWebviewUri` gives them. */
export interface WebviewPage {
  readonly title: string;
  /** BCP 47 tag of the editor's language, for screen readers. */
  readonly language: string;
  /** `webview.cspSource`. */
  readonly cspSource: string;
  readonly scriptUri: string;
  readonly styleUri: string;
}

/** Bytes in a nonce: 128 bits, as the Content Security Policy specification asks for at least. */
const nonceBytes = 16;

/**
 * The HTML of a panel: an empty page that loads one style sheet and one script and may do nothing else. No inline style or
 * script, no network, no forms, no frames. Make it anew for each panel: the nonce must not be used twice.
 */
export function webviewHtml(page: WebviewPage, randomBytes: RandomBytes): string {
  const nonce = Array.from(randomBytes(nonceBytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
  const policy = [
    "default-src 'none'",
    `style-src ${page.cspSource}`,
    `img-src ${page.cspSource}`,
    `font-src ${page.cspSource}`,
    `script-src 'nonce-${nonce}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${escape(page.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escape(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(page.title)}</title>
<link rel="stylesheet" href="${escape(page.styleUri)}">
</head>
<body>
<div id="page"></div>
<script nonce="${nonce}" src="${escape(page.scriptUri)}"></script>
</body>
</html>
`;
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
