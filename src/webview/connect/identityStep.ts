import { html, nothing, type TemplateResult } from 'lit-html';
import type { ConnectView, IdentityChoice, IdentityStep } from '../../protocol/connect.ts';
import { button, submitButton } from '../button.ts';
import { unlessEditing } from '../fieldValue.ts';
import { foreign } from '../foreignText.ts';
import { icon, type IconName } from '../icons.ts';
import { keysForm, keysFormId } from './keysForm.ts';
import type { PageActions, PageState } from './pageState.ts';
import { text } from './text.ts';

/** Who creates the role (or becomes the provider): the choices, the keys form where it applies, and who AWS says it is. */
export function identityStep(state: PageState, actions: PageActions): TemplateResult {
  const { view } = state;
  const { identity } = view;
  return html`
    <p class="step-lead">${text.identityLeads[view.method]}</p>
    ${identity ? identityContent(state, identity, actions) : working(text.identity.loading)}
    <div class="actions">
      ${mainButtons(view, actions)} ${asItIsButton(view, actions)}
      ${button({ label: text.back }, () => actions.send({ type: 'back' }))}
    </div>
  `;
}

function identityContent(state: PageState, identity: IdentityStep, actions: PageActions): TemplateResult {
  const { view } = state;
  return html`
    ${choices(view, identity, actions)} ${showsKeys(view) ? keysForm(state, identity, actions) : nothing}
    <div class="who">${identity.checking ? working(text.identity.checking) : whoCard(identity)}</div>
  `;
}

function showsKeys({ method, identity }: ConnectView): boolean {
  return method === 'access-key' || identity?.selected === 'keys';
}

/** One thing to do next: find out who it is, and once that is known, go on. */
function mainButtons(view: ConnectView, actions: PageActions): unknown {
  const { identity, method } = view;
  const signsIn = method === 'sso' || method === 'console';
  const confirm = identity ? confirmButton(view, identity, actions) : nothing;
  if (signsIn) return [identity?.who ? confirm : nothing, signInButton(view, actions)];
  if (!identity || identity.who || !showsKeys(view)) return confirm;
  return submitButton({
    label: text.keys.check,
    form: keysFormId,
    working: identity.checking || view.busy,
  });
}

function choices(
  { method }: ConnectView,
  identity: IdentityStep,
  actions: PageActions,
): TemplateResult | typeof nothing {
  if (method === 'access-key') return nothing;
  if (identity.choices.length === 0) {
    const choosesOnly = method === 'access-role' || method === 'profile';
    return choosesOnly ? html`<p class="quiet">${text.identity.none}</p>` : nothing;
  }
  return html`<fieldset class="choices compact">
    <legend class="visually-hidden">${text.identity.legend}</legend>
    ${identity.choices.map((choice, index) =>
      choiceRow(choice, index, choice.id === identity.selected, actions),
    )}
  </fieldset>`;
}

function choiceRow(
  choice: IdentityChoice,
  index: number,
  selected: boolean,
  actions: PageActions,
): TemplateResult {
  const described = `identity-${index}-detail`;
  return html`<label class="choice">
    <input
      type="radio"
      name="identity"
      value=${choice.id}
      aria-describedby=${described}
      .checked=${unlessEditing(selected)}
      @change=${() => actions.send({ type: 'selectIdentity', id: choice.id })}
    />
    ${icon(glyphOf(choice.id), 'choice-icon')}
    <span class="choice-text">
      <span class="choice-label">${foreign(choice.label)}</span>
      <span class="choice-detail" id=${described}>${foreign(choice.detail)}</span>
    </span>
  </label>`;
}

function glyphOf(id: string): IconName {
  if (id === 'keys') return 'key';
  return id.startsWith('profile:') ? 'file' : 'plug';
}

function whoCard({ who }: IdentityStep): TemplateResult | typeof nothing {
  if (!who) return nothing;
  return html`<section class="card" aria-labelledby="who-title">
    <h3 id="who-title">${icon('passed', 'good')} ${text.identity.whoTitle}</h3>
    <p class="card-main">${foreign(who.description)}</p>
    <dl class="facts">
      <dt>${text.identity.account}</dt>
      <dd>${foreign(who.accountId, 'code')}</dd>
      <dt>${text.identity.arn}</dt>
      <dd>${foreign(who.arn, 'code')}</dd>
    </dl>
    ${
      who.note === undefined
        ? nothing
        : html`<div class="notice info">
            ${icon('info', 'notice-icon')}
            <p class="notice-body">${foreign(who.note)}</p>
          </div>`
    }
  </section>`;
}

function working(message: string): TemplateResult {
  return html`<p class="working">${icon('running', 'spinning')} <span>${message}</span></p>`;
}

function confirmButton(view: ConnectView, identity: IdentityStep, actions: PageActions): TemplateResult {
  return button(
    {
      label: text.identityConfirm[view.method],
      kind: 'primary',
      unavailable: !identity.who || identity.checking,
      working: view.busy && identity.who !== undefined,
    },
    () => actions.send({ type: 'confirmIdentity' }),
  );
}

/** Instead of a role: the identity itself. */
function asItIsButton(
  { identity, busy }: ConnectView,
  actions: PageActions,
): TemplateResult | typeof nothing {
  if (!identity?.who?.canUseAsItIs || identity.checking) return nothing;
  return button({ label: text.identity.useAsItIs, unavailable: busy }, () =>
    actions.send({ type: 'useAsItIs' }),
  );
}

function signInButton(view: ConnectView, actions: PageActions): TemplateResult {
  const known = view.identity?.who !== undefined;
  return button(
    {
      label: known ? text.identity.signInAgain : text.identity.signIn,
      kind: known ? 'secondary' : 'primary',
      working: view.busy && !known,
    },
    () => actions.send({ type: 'signIn' }),
  );
}
