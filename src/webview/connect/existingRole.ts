import { html, type TemplateResult } from 'lit-html';
import { lineField, type RoleForm } from './roleFields.ts';
import { text } from './text.ts';

/** AWS's limit for an ExternalId (API reference of `sts:AssumeRole`). */
const longestExternalId = 1224;

/**
 * The role that exists already. The ExternalId stays in its input element: it is read when the form is submitted, wiped in
 * the same moment, and never reaches the page's state.
 */
export function existingFields(from: RoleForm): TemplateResult {
  return html`
    ${lineField(from, 'roleArn', { label: text.role.roleArn, hint: text.role.roleArnHint, code: 'wide' })}
    <div class="field">
      <label for="externalId"
        >${text.role.externalId} <span class="quiet optional">${text.role.optional}</span></label
      >
      <input
        id="externalId"
        name="externalId"
        type="text"
        class="code wide"
        maxlength=${longestExternalId}
        spellcheck="false"
        autocapitalize="off"
        autocomplete="off"
        aria-describedby="externalId-hint"
      />
      <p class="quiet" id="externalId-hint">${text.role.externalIdHint}</p>
    </div>
  `;
}

/**
 * Sends the role with its ExternalId. An ARN that cannot be one, or another field known to be wrong, keeps everything where
 * it is, so that the ExternalId need not be entered again.
 */
export function submitExisting({ role, actions }: RoleForm, element: HTMLFormElement): void {
  const roleArn = inputOf(element, 'roleArn');
  const externalId = inputOf(element, 'externalId');
  const others = Object.keys(role.problems).filter((field) => field !== 'roleArn');
  if (!looksLikeRoleArn(roleArn.value)) {
    actions.setForm({ arnProblem: text.role.arnShape });
    return;
  }
  if (others.length > 0) return;
  const value = externalId.value.trim();
  externalId.value = '';
  actions.send({ type: 'useExisting', externalId: value });
}

/** An ARN with its parts in place; whether there is such a role only AWS can tell. */
export function looksLikeRoleArn(value: string): boolean {
  return /^arn:[\w-]+:iam::\d{12}:role\/\S+$/.test(value.trim());
}

export function inputOf(element: HTMLFormElement, name: string): HTMLInputElement {
  return element.elements.namedItem(name) as HTMLInputElement;
}
