import { html, nothing, type TemplateResult } from 'lit-html';
import type { PermissionKind, RoleField, RoleStep } from '../../protocol/connect.ts';
import { unlessEditing } from '../fieldValue.ts';
import { foreign } from '../foreignText.ts';
import { lineField, listField, sessionField, type RoleForm } from './roleFields.ts';
import { text } from './text.ts';

/** Fields that belong to one kind of permissions only. */
const kindFields: Readonly<Record<PermissionKind, readonly RoleField[]>> = {
  administrator: [],
  policies: ['policyArns'],
  limited: ['services', 'passTo'],
};

/** The fields in sight; a problem of any other has to be told in another place. */
export function visibleFields({ way, mode, permissionKind }: RoleStep): readonly RoleField[] {
  const always: readonly RoleField[] =
    way === 'existing' ? ['alias', 'region', 'roleArn'] : ['alias', 'region'];
  if (mode === 'simple') return always;
  if (way === 'existing') return [...always, 'sessionHours'];
  const account: readonly RoleField[] = way === 'console' ? ['accountId'] : [];
  return [...always, ...account, 'roleName', ...kindFields[permissionKind], 'boundaryArn', 'sessionHours'];
}

/** What Advanced adds between the region and the stages. */
export function advancedFields(from: RoleForm): TemplateResult {
  const { way } = from.role;
  if (way === 'existing') return html`${sessionField(from, text.role.sessionHintExisting)}`;
  return html`
    ${
      way === 'console'
        ? lineField(from, 'accountId', {
            label: text.role.accountId,
            hint: text.role.accountIdHint,
            code: true,
          })
        : nothing
    }
    ${lineField(from, 'roleName', { label: text.role.roleNameField, hint: text.role.roleNameHint, code: true })}
    ${permissionChoice(from)}
    ${lineField(from, 'boundaryArn', {
      label: text.role.boundaryArn,
      hint: text.role.boundaryHint,
      optional: true,
      code: 'wide',
    })}
    ${sessionField(from, text.role.sessionHint)} ${onlyMe(from)}
  `;
}

/** The kinds of permissions; the fields of the chosen one follow it at once, also in the order of the keyboard. */
function permissionChoice(from: RoleForm): TemplateResult {
  const { role } = from;
  return html`<fieldset class="field">
    <legend>${text.role.permissionKind}</legend>
    <div class="choices compact">
      ${role.permissionKinds.map((kind) => {
        const chosen = kind.id === role.permissionKind;
        return html`${permissionRow(from, kind, chosen)} ${chosen ? permissionFields(from) : nothing}`;
      })}
    </div>
  </fieldset>`;
}

function permissionRow(
  { actions }: RoleForm,
  { id, label, description }: RoleStep['permissionKinds'][number],
  chosen: boolean,
): TemplateResult {
  const described = `permission-${id}-description`;
  return html`<label class="choice plain">
    <input
      type="radio"
      name="permissionKind"
      value=${id}
      aria-describedby=${described}
      .checked=${unlessEditing(chosen)}
      @change=${() => actions.send({ type: 'setPermissionKind', kind: id })}
    />
    <span class="choice-text">
      <span class="choice-label">${foreign(label)}</span>
      <span class="choice-detail" id=${described}>${foreign(description)}</span>
    </span>
  </label>`;
}

function permissionFields(from: RoleForm): TemplateResult | typeof nothing {
  switch (from.role.permissionKind) {
    case 'administrator':
      return nothing;
    case 'policies':
      return html`<div class="nested">
        ${listField(from, 'policyArns', { label: text.role.policyArns, hint: text.role.policyArnsHint })}
      </div>`;
    case 'limited':
      return html`<div class="nested">
        ${listField(from, 'services', { label: text.role.services, hint: text.role.servicesHint })}
        ${listField(from, 'passTo', { label: text.role.passTo, hint: text.role.passToHint })}
      </div>`;
  }
}

function onlyMe({ role, actions }: RoleForm): TemplateResult | typeof nothing {
  if (role.onlyMe === undefined) return nothing;
  return html`<fieldset class="field">
    <legend>${text.role.onlyMeLegend}</legend>
    <label class="checkbox">
      <input
        type="checkbox"
        name="onlyMe"
        aria-describedby="onlyMe-hint"
        .checked=${unlessEditing(role.onlyMe)}
        @change=${(event: Event) =>
          actions.send({ type: 'setOnlyMe', onlyMe: (event.target as HTMLInputElement).checked })}
      />
      <span>${text.role.onlyMe}</span>
    </label>
    <p class="quiet" id="onlyMe-hint">${text.role.onlyMeHint}</p>
  </fieldset>`;
}
