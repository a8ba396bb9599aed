import { html, nothing, type TemplateResult } from 'lit-html';
import type { ConnectView, RoleStep } from '../../protocol/connect.ts';
import { button, submitButton } from '../button.ts';
import { unlessEditing } from '../fieldValue.ts';
import { foreign } from '../foreignText.ts';
import { icon } from '../icons.ts';
import { existingFields, submitExisting } from './existingRole.ts';
import type { PageActions, PageState } from './pageState.ts';
import { advancedFields, visibleFields } from './roleAdvanced.ts';
import { lineField, problemLine, problemOf, regionField, type RoleForm } from './roleFields.ts';
import { roleWays } from './roleWays.ts';
import { text } from './text.ts';

/** What role it will be. On the simple way everything is filled in and one button creates; the rest is there on request. */
export function roleStep({ view, form }: PageState, actions: PageActions): TemplateResult | typeof nothing {
  const { role } = view;
  if (!role) return nothing;
  const from: RoleForm = { role, form, actions };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!view.busy) submitRole(from, event.currentTarget as HTMLFormElement);
  };
  return html`
    <p class="step-lead">${text.role.leads[role.way]}</p>
    ${roleWays(from)}
    <form autocomplete="off" @submit=${submit}>
      ${summary(view, role)} ${notes(role)} ${role.way === 'existing' ? existingFields(from) : nothing}
      ${lineField(from, 'alias', { label: text.role.alias, hint: text.role.aliasHint })} ${regionField(from)}
      ${role.mode === 'advanced' ? advancedFields(from) : nothing} ${stages(from)} ${hiddenProblems(from)}
      <div class="actions">
        ${submitButton({ label: text.role.submit[role.way], working: view.busy })}
        ${button({ label: text.back, unavailable: view.busy }, () => actions.send({ type: 'back' }))}
        ${
          role.way === 'existing'
            ? nothing
            : button({ label: text.role.viewTemplate, kind: 'link' }, () =>
                actions.send({ type: 'viewTemplate' }),
              )
        }
      </div>
    </form>
  `;
}

/**
 * The host decides whether the values will do: what is known here may be older than what was typed last. Where it is known
 * that they will not, the first field to look at gets the focus.
 */
function submitRole(from: RoleForm, element: HTMLFormElement): void {
  const { role, actions } = from;
  if (role.way === 'existing') submitExisting(from, element);
  else actions.send({ type: 'create' });
  if (Object.keys(role.problems).length > 0) actions.setForm({ attempted: true });
  element.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
}

function summary({ identity }: ConnectView, role: RoleStep): TemplateResult | typeof nothing {
  if (role.way === 'existing') {
    const who = identity?.who;
    if (!who) return nothing;
    return html`<dl class="card facts promises">
      <dt>${text.role.assumedBy}</dt>
      <dd>${foreign(who.description)}</dd>
      <dt>${text.identity.arn}</dt>
      <dd>${foreign(who.arn, 'code')}</dd>
    </dl>`;
  }
  const { roleName } = role.fields;
  const namesRole = role.mode === 'simple';
  return html`<dl class="card facts promises">
    <dt>${text.role.trust}</dt>
    <dd>${foreign(role.trust)}</dd>
    <dt>${text.role.permissions}</dt>
    <dd>${foreign(role.permissions)}</dd>
    ${
      namesRole
        ? html`<dt>${text.role.roleName}</dt>
            <dd>${foreign(roleName, 'code')}</dd>`
        : nothing
    }
    ${
      namesRole && role.stackName === roleName
        ? nothing
        : html`<dt>${text.role.stackName}</dt>
            <dd>${foreign(role.stackName, 'code')}</dd>`
    }
  </dl>`;
}

function notes({ notes: lines }: RoleStep): TemplateResult | typeof nothing {
  if (lines.length === 0) return nothing;
  return html`<ul class="notes" aria-label=${text.role.notes}>
    ${lines.map((line) => html`<li class="note">${icon('info')} <span>${foreign(line)}</span></li>`)}
  </ul>`;
}

function stages({ role, actions }: RoleForm): TemplateResult {
  return html`<fieldset class="field">
    <legend>${text.role.stages}</legend>
    ${role.stages.length === 0 ? html`<p class="quiet">${text.role.noStages}</p>` : nothing}
    <div class="checkboxes">
      ${role.stages.map(
        ({ id, label, linked }) =>
          html`<label class="checkbox">
            <input
              type="checkbox"
              .checked=${unlessEditing(linked)}
              @change=${(event: Event) =>
                actions.send({
                  type: 'setStageLinked',
                  id,
                  linked: (event.target as HTMLInputElement).checked,
                })}
            />
            ${foreign(label)}
          </label>`,
      )}
    </div>
  </fieldset>`;
}

/** Problems of fields that are not in sight still have to be seen, with the way to their fields. */
function hiddenProblems(from: RoleForm): TemplateResult {
  const { role, actions } = from;
  const visible = visibleFields(role);
  const hidden = fieldsWithProblem(role).filter((field) => !visible.includes(field));
  const problems = hidden.map((field) => problemOf(from, field)).filter((problem) => problem !== undefined);
  return html`<div class="problems" role="alert">
    ${problems.map(problemLine)}
    ${
      problems.length > 0 && role.mode === 'simple'
        ? button({ label: text.role.showFields, kind: 'link' }, () =>
            actions.send({ type: 'setMode', mode: 'advanced' }),
          )
        : nothing
    }
  </div>`;
}

function fieldsWithProblem({ problems }: RoleStep): readonly (keyof typeof problems)[] {
  return Object.keys(problems) as (keyof typeof problems)[];
}
