import { html, type TemplateResult } from 'lit-html';

/** C0 and C1 controls, and the characters that reorder or hide text (Unicode UAX #9, Bidi_Control; zero width). */
const unseen = /[\u0000-\u001F\u007F-\u009F\u00AD\u061C\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/g;

/** The text with every character a reader cannot see written out as its code point, such as `<U+202E>`. */
export function showUnseen(text: string): string {
  return text.replace(unseen, (character) => {
    const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    return `<U+${code}>`;
  });
}

/**
 * Text that comes from AWS, from files or from a person's configuration: shown as text, in its own direction, without a
 * chance to reorder what stands around it.
 */
export function foreign(text: string, className = ''): TemplateResult {
  return html`<bdi class=${className}>${showUnseen(text)}</bdi>`;
}
