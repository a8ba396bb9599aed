import { html, nothing, type TemplateResult } from 'lit-html';
import type { CreateStep } from '../../protocol/connect.ts';
import { button, submitButton } from '../button.ts';
import { foreign } from '../foreignText.ts';
import { icon } from '../icons.ts';
import { copyable } from './copyable.ts';
import { inputOf, looksLikeRoleArn } from './existingRole.ts';
import type { PageActions, PageState } from './pageState.ts';
import { afterField, describedBy } from './roleFields.ts';
import { text } from './text.ts';
import { elapsed } from './time.ts';

/** While a person creates the stack in the AWS console: what to do there, how it is noticed, and the ways around that. */
export function consoleWait(state: PageState, create: CreateStep, actions: PageActions): TemplateResult {
  const { view, now } = state;
  const uploads = create.console?.kind === 'template';
  return html`
    <section class="howto" aria-labelledby="howto-title">
      <h3 id="howto-title">${text.wait.stepsTitle}</h3>
      <ol>
        <li>${foreign(text.wait.signIn(view.role?.fields.accountId ?? ''))}</li>
        ${(uploads ? text.wait.template : text.wait.link).map((step) => html`<li>${step}</li>`)}
      </ol>
    </section>
    <div class="card">
      <p class="card-main">${icon('running', 'spinning')} <span>${text.create.states[create.state]}</span></p>
      ${create.console ? html`<p>${foreign(create.console.detection)}</p>` : nothing}
      <dl class="facts">
        ${
          uploads
            ? copyable(text.create.stack, create.stackName, state, actions)
            : html`<dt>${text.create.stack}</dt>
                <dd>${foreign(create.stackName, 'code')}</dd>`
        }
        <dt>${text.create.region}</dt>
        <dd>${foreign(create.region, 'code')}</dd>
        <dt>${text.create.elapsed}</dt>
        <dd class="time">${elapsed(now - create.startedAt)}</dd>
      </dl>
    </div>
    ${byHand(state, actions)}
    <p class="quiet">${text.wait.leave}</p>
    <div class="actions">
      ${button({ label: text.wait.openAgain }, () => actions.send({ type: 'openConsole' }))}
      ${button({ label: text.create.cancel }, () => actions.send({ type: 'cancel' }))}
    </div>
  `;
}

/** Where AWS does not let the stack be seen, its own word for the role does. */
function byHand({ view, form }: PageState, actions: PageActions): TemplateResult {
  const words = { hint: text.wait.manualHint };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const input = inputOf(event.currentTarget as HTMLFormElement, 'roleArn');
    const right = looksLikeRoleArn(input.value);
    actions.setForm({ arnProblem: right ? undefined : text.role.arnShape });
    if (!right) input.focus();
    else if (!view.busy) actions.send({ type: 'submitRoleArn', roleArn: input.value.trim() });
  };
  const change = (): void => {
    if (form.arnProblem !== undefined) actions.setForm({ arnProblem: undefined });
  };
  return html`<form class="by-hand" autocomplete="off" @submit=${submit}>
    <h3>${text.wait.manualTitle}</h3>
    <div class="field">
      <label for="roleArn">${text.role.roleArn}</label>
      <div class="field-row">
        <input
          id="roleArn"
          name="roleArn"
          type="text"
          class="code wide"
          maxlength="2048"
          spellcheck="false"
          autocapitalize="off"
          autocomplete="off"
          aria-invalid=${form.arnProblem === undefined ? 'false' : 'true'}
          aria-describedby=${describedBy('roleArn', words)}
          @input=${change}
        />
        ${submitButton({ label: text.wait.useArn, kind: 'secondary', working: view.busy })}
      </div>
      ${afterField('roleArn', words, form.arnProblem)}
    </div>
  </form>`;
}
