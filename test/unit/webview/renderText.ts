import { noChange, nothing, type TemplateResult } from 'lit-html';

/** A template as the text of its HTML, with the listeners it attaches; for tests without a DOM. */
export interface Rendered {
  readonly html: string;
  readonly listeners: readonly { readonly event: string; readonly listener: (event: unknown) => void }[];
}

interface DirectiveResult {
  readonly _$litDirective$: unknown;
  readonly values: readonly unknown[];
}

/** Follows lit-html's own rules: text is escaped, `@x` listens, `.x` and `?x` are properties and flags, `nothing` removes. */
export function renderText(template: unknown): Rendered {
  const listeners: { event: string; listener: (event: unknown) => void }[] = [];
  return { html: text(template), listeners };

  function text(value: unknown): string {
    if (value === nothing || value === noChange || value === undefined || value === null) return '';
    if (Array.isArray(value)) return value.map(text).join('');
    if (isTemplate(value)) return templateText(value);
    if (isDirective(value)) return text(value.values[0]);
    assert(
      typeof value === 'string' || typeof value === 'number',
      'only texts, numbers and templates are rendered',
    );
    return escape(String(value));
  }

  function templateText({ strings, values }: TemplateResult): string {
    let html = '';
    for (const [index, string] of strings.entries()) {
      html += string;
      if (index === values.length) break;
      const value = values[index];
      const binding = /([@.?]?)([\w-]+)=$/.exec(html);
      if (html.lastIndexOf('<') <= html.lastIndexOf('>')) html += text(value);
      else if (!binding) html += escape(String(value));
      else html = html.slice(0, binding.index) + attribute(binding[1] ?? '', binding[2] ?? '', value);
    }
    return html;
  }

  function attribute(sigil: string, name: string, value: unknown): string {
    if (value === nothing) return '';
    if (sigil === '@') {
      listeners.push({ event: name, listener: value as (event: unknown) => void });
      return '';
    }
    const plain = isDirective(value) ? value.values[0] : value;
    if (sigil === '.' || sigil === '?')
      return plain === true ? `data-${name}` : `data-${name}="${escape(String(plain))}"`;
    assert(typeof plain === 'string' || typeof plain === 'number', `attribute ${name} is a text`);
    return `${name}="${escape(String(plain))}"`;
  }
}

function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

function isTemplate(value: unknown): value is TemplateResult {
  return typeof value === 'object' && value !== null && '_$litType$' in value;
}

function isDirective(value: unknown): value is DirectiveResult {
  return typeof value === 'object' && value !== null && '_$litDirective$' in value;
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
