import { html, svg, type SVGTemplateResult, type TemplateResult } from 'lit-html';

/** Our own glyphs on a 16 px grid, drawn in the text's colour. They decorate: the words beside them carry the meaning. */
const glyphs = {
  check: svg`<path d="m3.5 8.5 3 3 6-7"/>`,
  passed: svg`<circle cx="8" cy="8" r="6.25"/><path d="m5.25 8.25 2 2 3.5-4"/>`,
  failed: svg`<circle cx="8" cy="8" r="6.25"/><path d="m5.75 5.75 4.5 4.5m0-4.5-4.5 4.5"/>`,
  warning: svg`<path d="M8 2 1.75 13.25h12.5zM8 6.25v3.5"/><path d="M8 11.5v.25"/>`,
  info: svg`<circle cx="8" cy="8" r="6.25"/><path d="M8 7.5v3.75M8 4.75V5"/>`,
  waiting: svg`<circle cx="8" cy="8" r="6.25" stroke-dasharray="1.6 2.33"/>`,
  running: svg`<path d="M8 1.75A6.25 6.25 0 1 1 1.75 8"/>`,
  copy: svg`<rect x="5.5" y="5.5" width="8" height="8" rx="1.25"/><path d="M10.5 3.5v-.75c0-.7-.55-1.25-1.25-1.25h-5.5C3.05 1.5 2.5 2.05 2.5 2.75v6.5c0 .7.55 1.25 1.25 1.25h-.25" transform="translate(0 .5)"/>`,
  eye: svg`<path d="M1.5 8S4 3.75 8 3.75 14.5 8 14.5 8 12 12.25 8 12.25 1.5 8 1.5 8Z"/><circle cx="8" cy="8" r="1.9"/>`,
  hidden: svg`<path d="M1.5 8S4 3.75 8 3.75 14.5 8 14.5 8 12 12.25 8 12.25 1.5 8 1.5 8Z"/><circle cx="8" cy="8" r="1.9"/><path d="m2.75 13.25 10.5-10.5"/>`,
  shield: svg`<path d="M8 1.75 2.75 3.5v4.25c0 3.25 2.25 5.4 5.25 6.5 3-1.1 5.25-3.25 5.25-6.5V3.5z"/><path d="m5.75 7.75 1.6 1.6 3-3.25"/>`,
  people: svg`<circle cx="6" cy="5.25" r="2.5"/><path d="M1.75 13.25c0-2.5 1.75-4 4.25-4s4.25 1.5 4.25 4M10.25 2.9a2.5 2.5 0 0 1 0 4.7M11.75 9.6c1.6.5 2.5 1.8 2.5 3.65"/>`,
  browser: svg`<rect x="1.75" y="2.75" width="12.5" height="10.5" rx="1.25"/><path d="M1.75 6h12.5M4 4.4h.2m1.8 0h.2"/>`,
  key: svg`<circle cx="5" cy="11" r="3.25"/><path d="m7.4 8.6 6.1-6.1m-2.5 2.5 2 2M9 7l1.25 1.25"/>`,
  file: svg`<path d="M9 1.75H4.25c-.7 0-1.25.55-1.25 1.25v10c0 .7.55 1.25 1.25 1.25h7.5c.7 0 1.25-.55 1.25-1.25V5.75zM9 1.75v4h4"/>`,
  started: svg`<circle cx="8" cy="8" r="6.25"/><circle cx="8" cy="8" r="1"/>`,
  chevron: svg`<path d="m4 6 4 4 4-4"/>`,
  plug: svg`<path d="M5.5 1.75v3.5m5-3.5v3.5M3.5 5.25h9v2.5a4.5 4.5 0 0 1-9 0zM8 12.25v2"/>`,
} satisfies Record<string, SVGTemplateResult>;

export type IconName = keyof typeof glyphs;

/** @param className extra class names, such as a tone (`good`, `bad`) or `spinning` */
export function icon(name: IconName, className = ''): TemplateResult {
  return html`<svg class="icon ${className}" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
    ${glyphs[name]}
  </svg>`;
}
