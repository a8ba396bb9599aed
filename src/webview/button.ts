import { html, nothing, type TemplateResult } from 'lit-html';
import { icon, type IconName } from './icons.ts';

export interface ButtonOptions {
  readonly label: string;
  readonly kind?: 'primary' | 'secondary' | 'link';
  readonly icon?: IconName;
  /** Cannot be used now. It stays focusable, so that nobody loses their place when it changes. */
  readonly unavailable?: boolean;
  /** Work it started is under way. */
  readonly working?: boolean;
  /** Longer name for screen readers where the label alone is ambiguous ("Copy"); begins with the label. */
  readonly spoken?: string;
  /** Whether what it shows and hides is in sight. */
  readonly expanded?: boolean;
  /** Id of the form to submit, for a button that stands outside of it. */
  readonly form?: string;
}

/** A button that calls `press`. */
export function button(options: ButtonOptions, press: () => void): TemplateResult {
  const guarded = (): void => {
    if (!isBlocked(options)) press();
  };
  return html`<button
    type="button"
    class="button ${options.kind ?? 'secondary'}"
    aria-disabled=${isBlocked(options) ? 'true' : nothing}
    aria-label=${options.spoken ?? nothing}
    aria-expanded=${options.expanded === undefined ? nothing : options.expanded ? 'true' : 'false'}
    @click=${guarded}
  >
    ${face(options)}
  </button>`;
}

/** The main button of a form. The form's submit handler has to look at the same conditions. */
export function submitButton(options: ButtonOptions): TemplateResult {
  return html`<button
    type="submit"
    class="button ${options.kind ?? 'primary'}"
    aria-disabled=${isBlocked(options) ? 'true' : nothing}
    form=${options.form ?? nothing}
  >
    ${face(options)}
  </button>`;
}

function isBlocked(options: ButtonOptions): boolean {
  return options.unavailable === true || options.working === true;
}

function face(options: ButtonOptions): unknown {
  const glyph = options.working ? icon('running', 'spinning') : options.icon ? icon(options.icon) : nothing;
  return html`${glyph}<span>${options.label}</span>`;
}
