import { html, nothing, type TemplateResult } from 'lit-html';
import type { ConnectMethod, MethodChoice } from '../../protocol/connect.ts';
import { button, submitButton } from '../button.ts';
import { unlessEditing } from '../fieldValue.ts';
import { icon, type IconName } from '../icons.ts';
import type { PageActions, PageState } from './pageState.ts';
import { text } from './text.ts';

const glyphs: Readonly<Record<ConnectMethod, IconName>> = {
  'access-role': 'shield',
  sso: 'people',
  console: 'browser',
  'access-key': 'key',
  profile: 'file',
};

/** The ways to connect as one radio group; nothing is sent before "Continue". */
export function methodStep({ view }: PageState, actions: PageActions): TemplateResult {
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (view.busy) return;
    const chosen = new FormData(event.currentTarget as HTMLFormElement).get('method');
    const choice = view.methods.find(({ id }) => id === chosen);
    actions.send({ type: 'selectMethod', method: choice?.id ?? view.method });
  };
  return html`<form @submit=${submit}>
    <fieldset class="choices">
      <legend class="visually-hidden">${text.method.legend}</legend>
      ${view.methods.map((choice) => methodRow(choice, choice.id === view.method))}
    </fieldset>
    <div class="actions">${submitButton({ label: text.continue, working: view.busy })}</div>
  </form>`;
}

function methodRow(choice: MethodChoice, selected: boolean): TemplateResult {
  const described = `method-${choice.id}-description`;
  return html`<label class="choice">
    <input
      type="radio"
      name="method"
      value=${choice.id}
      aria-describedby=${described}
      .checked=${unlessEditing(selected)}
    />
    ${icon(glyphs[choice.id], 'choice-icon')}
    <span class="choice-text">
      <span class="choice-label">
        ${choice.label} ${choice.recommended ? badge(text.recommended, 'recommended') : nothing}
        ${choice.preview ? badge(text.preview, '') : nothing}
      </span>
      <span class="choice-detail" id=${described}>${choice.description}</span>
    </span>
  </label>`;
}

function badge(label: string, className: string): TemplateResult {
  return html`<span class="badge ${className}">${label}</span>`;
}

/** After the choice: which method it is, and the way back while nothing has been created. */
export function methodSummary({ view }: PageState, actions: PageActions): TemplateResult | typeof nothing {
  const chosen = view.methods.find(({ id }) => id === view.method);
  if (!chosen) return nothing;
  const changeable = view.step === 'identity';
  return html`<div class="method-summary">
    ${icon(glyphs[chosen.id])}
    <span>${chosen.label}</span>
    ${
      changeable
        ? button({ label: text.change, kind: 'link', spoken: text.changeSpoken }, () =>
            actions.send({ type: 'back' }),
          )
        : nothing
    }
  </div>`;
}
