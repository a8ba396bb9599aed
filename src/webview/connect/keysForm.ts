import { html, nothing, type TemplateResult } from 'lit-html';
import type { IdentityStep } from '../../protocol/connect.ts';
import { button, submitButton } from '../button.ts';
import { icon } from '../icons.ts';
import { checkAccessKeyId, checkSecretAccessKey, finalCheck, type FormatCheck } from './keyFormat.ts';
import type { PageActions, PageState } from './pageState.ts';
import { emptyKeys } from './pageState.ts';
import { parsePastedKeys } from './parsePastedKeys.ts';
import { text } from './text.ts';

/** Id of the form, for its button in the step's footer. */
export const keysFormId = 'keys-form';

/**
 * Asks for access keys. The values stay in the two input elements: they are read when the form is submitted, the secret is
 * wiped in the same moment, and neither ever reaches the page's state.
 */
export function keysForm(state: PageState, identity: IdentityStep, actions: PageActions): TemplateResult {
  const { keys, view } = state;
  const waits = identity.checking || view.busy;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!waits) submitKeys(fieldsOf(event.currentTarget), actions);
  };
  const paste = (event: ClipboardEvent): void => fillFromPaste(event, actions);
  return html`
    ${view.method === 'access-key' ? saferWay(actions) : nothing}
    <form id=${keysFormId} class="keys" autocomplete="off" @submit=${submit} @paste=${paste}>
      <fieldset>
        <legend>${text.keys.legend}</legend>
        <p class="quiet" id="keys-hint">${text.keys.hint}</p>
        <div class="field">
          <label for="access-key-id">${text.keys.accessKeyId}</label>
          <input
            id="access-key-id"
            name="accessKeyId"
            type="text"
            class="code"
            maxlength="200"
            autocomplete="off"
            autocapitalize="off"
            spellcheck="false"
            aria-invalid=${keys.accessKeyId.state === 'wrong' ? 'true' : 'false'}
            aria-describedby="access-key-id-check keys-hint"
            @input=${(event: Event) =>
              actions.setKeys({ accessKeyId: checkAccessKeyId(valueOf(event)), pasted: '' })}
          />
          ${formatMessage('access-key-id-check', keys.accessKeyId)}
        </div>
        <div class="field">
          <label for="secret-access-key">${text.keys.secretAccessKey}</label>
          <div class="field-row">
            <input
              id="secret-access-key"
              name="secretAccessKey"
              type=${keys.shown ? 'text' : 'password'}
              class="code"
              maxlength="200"
              autocomplete="off"
              autocapitalize="off"
              spellcheck="false"
              aria-invalid=${keys.secretAccessKey.state === 'wrong' ? 'true' : 'false'}
              aria-describedby="secret-access-key-check"
              @input=${(event: Event) =>
                actions.setKeys({ secretAccessKey: checkSecretAccessKey(valueOf(event)), pasted: '' })}
            />
            <button
              type="button"
              class="button icon-button"
              aria-label=${text.keys.show}
              aria-pressed=${keys.shown ? 'true' : 'false'}
              @click=${() => actions.setKeys({ shown: !keys.shown })}
            >
              ${icon(keys.shown ? 'hidden' : 'eye')}
            </button>
          </div>
          ${formatMessage('secret-access-key-check', keys.secretAccessKey)}
        </div>
        <p class="quiet" role="status">${keys.pasted}</p>
        ${
          identity.who
            ? submitButton({ label: text.keys.checkAgain, kind: 'secondary', working: waits })
            : nothing
        }
      </fieldset>
    </form>
  `;
}

function saferWay(actions: PageActions): TemplateResult {
  return html`<div class="notice warning">
    ${icon('warning', 'notice-icon')}
    <div class="notice-body">
      <p>${text.keys.warning}</p>
      ${button({ label: text.keys.useRole, kind: 'link' }, () =>
        actions.send({ type: 'selectMethod', method: 'access-role' }),
      )}
    </div>
  </div>`;
}

/** Only what is wrong is spoken by itself; the count of characters would drown everything else. */
function formatMessage(id: string, check: FormatCheck): TemplateResult {
  const wrong = check.state === 'wrong';
  return html`<div id=${id} class="field-check">
    <div aria-live="polite">
      ${wrong ? html`<p class="problem">${icon('failed')} <span>${check.message}</span></p>` : nothing}
    </div>
    ${
      check.state === 'right'
        ? html`<p class="fine">${icon('check')} <span>${check.message}</span></p>`
        : nothing
    }
    ${check.state === 'typing' ? html`<p class="quiet">${check.message}</p>` : nothing}
  </div>`;
}

interface KeyFields {
  readonly accessKeyId: HTMLInputElement;
  readonly secretAccessKey: HTMLInputElement;
}

function fieldsOf(form: EventTarget | null): KeyFields {
  const { elements } = form as HTMLFormElement;
  return {
    accessKeyId: elements.namedItem('accessKeyId') as HTMLInputElement,
    secretAccessKey: elements.namedItem('secretAccessKey') as HTMLInputElement,
  };
}

function submitKeys(fields: KeyFields, actions: PageActions): void {
  const accessKeyId = fields.accessKeyId.value.trim();
  const secretAccessKey = fields.secretAccessKey.value.trim();
  const idCheck = finalCheck(checkAccessKeyId(accessKeyId));
  const secretCheck = finalCheck(checkSecretAccessKey(secretAccessKey));
  if (idCheck.state === 'wrong' || secretCheck.state === 'wrong') {
    actions.setKeys({ accessKeyId: idCheck, secretAccessKey: secretCheck, pasted: '' });
    (idCheck.state === 'wrong' ? fields.accessKeyId : fields.secretAccessKey).focus();
    return;
  }
  fields.secretAccessKey.value = '';
  actions.setKeys({ ...emptyKeys, accessKeyId: idCheck });
  actions.send({ type: 'submitKeys', accessKeyId, secretAccessKey });
}

function fillFromPaste(event: ClipboardEvent, actions: PageActions): void {
  const pasted = parsePastedKeys(event.clipboardData?.getData('text/plain') ?? '');
  if (!pasted) return;
  event.preventDefault();
  const fields = fieldsOf(event.currentTarget);
  fields.accessKeyId.value = pasted.accessKeyId;
  fields.secretAccessKey.value = pasted.secretAccessKey;
  actions.setKeys({
    accessKeyId: finalCheck(checkAccessKeyId(pasted.accessKeyId)),
    secretAccessKey: finalCheck(checkSecretAccessKey(pasted.secretAccessKey)),
    pasted: pasted.sessionToken === undefined ? text.keys.filled : text.keys.filledWithoutToken,
  });
}

function valueOf(event: Event): string {
  return (event.target as HTMLInputElement).value;
}
