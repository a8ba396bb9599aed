/** Web pages of the emulator: plain HTML, made for a person and for a test that clicks like one. */
import type { Reply } from './wire.ts';

/** Shows a page. `body` is HTML; text in it goes through `escape`. */
export function page(title: string, body: string, status = 200): Reply {
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escape(title)}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 32rem; margin: 3rem auto; padding: 0 1rem; color: #16191f; }
form { display: grid; gap: 1rem; }
select, input, button { font: inherit; padding: .5rem .75rem; }
.code { font: 600 2rem ui-monospace, monospace; letter-spacing: .1em; }
.copy { font: 14px ui-monospace, monospace; overflow-wrap: anywhere; padding: 1rem; background: #eef1f4; display: block; }
.buttons { display: flex; gap: .75rem; }
button[value=allow] { background: #0b5cad; color: #fff; border: 1px solid #0b5cad; }
</style>
</head>
<body>
<h1>${escape(title)}</h1>
${body}
</body>
</html>
`;
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'",
    },
    body: html,
  };
}

export function redirect(to: string): Reply {
  return { status: 302, headers: { location: to, 'cache-control': 'no-store' }, body: '' };
}

export function escape(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** A page's text with paragraphs. */
export function paragraphs(...lines: readonly string[]): string {
  return lines.map((line) => `<p>${escape(line)}</p>`).join('\n');
}

/** The question of every sign-in page: who you are, and whether you agree. */
export function decisionForm(
  action: string,
  hidden: Readonly<Record<string, string>>,
  people: readonly { readonly value: string; readonly label: string }[],
): string {
  const kept = Object.entries(hidden)
    .map(([name, value]) => `<input type="hidden" name="${escape(name)}" value="${escape(value)}">`)
    .join('');
  const options = people
    .map(({ value, label }) => `<option value="${escape(value)}">${escape(label)}</option>`)
    .join('');
  return `<form method="post" action="${escape(action)}">
${kept}
<label>Sign in as <select name="user">${options}</select></label>
<div class="buttons">
<button name="decision" value="allow">Allow access</button>
<button name="decision" value="deny">Deny access</button>
</div>
</form>`;
}
