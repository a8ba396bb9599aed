import { html, nothing, type TemplateResult } from 'lit-html';
import type { RoleStep } from '../../protocol/connect.ts';
import { button, submitButton } from '../button.ts';
import { unlessEditing } from '../fieldValue.ts';
import { foreign } from '../foreignText.ts';
import { icon } from '../icons.ts';
import type { PageActions, PageState } from './pageState.ts';
import { text } from './text.ts';

/** Simple mode: everything filled in, one button creates. */
export function roleStep({ view }: PageState, actions: PageActions): TemplateResult | typeof nothing {
  const { role } = view;
  if (!role) return nothing;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!view.busy) actions.send({ type: 'create' });
  };
  return html`
    <p class="step-lead">${text.role.lead}</p>
    <form autocomplete="off" @submit=${submit}>
      ${summary(role)} ${aliasField(role, actions)} ${regionField(role, actions)} ${stages(role, actions)}
      ${otherProblems(role)}
      <div class="actions">
        ${submitButton({ label: text.role.create, working: view.busy })}
        ${button({ label: text.back, unavailable: view.busy }, () => actions.send({ type: 'back' }))}
        ${button({ label: text.role.viewTemplate, kind: 'link' }, () => actions.send({ type: 'viewTemplate' }))}
      </div>
    </form>
  `;
}

function summary(role: RoleStep): TemplateResult {
  return html`<dl class="card facts promises">
    <dt>${text.role.trust}</dt>
    <dd>${foreign(role.trust)}</dd>
    <dt>${text.role.permissions}</dt>
    <dd>${foreign(role.permissions)}</dd>
    <dt>${text.role.roleName}</dt>
    <dd>${foreign(role.roleName, 'code')}</dd>
    ${
      role.stackName === role.roleName
        ? nothing
        : html`<dt>${text.role.stackName}</dt>
            <dd>${foreign(role.stackName, 'code')}</dd>`
    }
  </dl>`;
}

function aliasField(role: RoleStep, actions: PageActions): TemplateResult {
  const problem = role.problems['alias'];
  const change = (event: Event): void => actions.edit('alias', (event.target as HTMLInputElement).value);
  return html`<div class="field">
    <label for="alias">${text.role.alias}</label>
    <input
      id="alias"
      name="alias"
      type="text"
      maxlength="128"
      spellcheck="false"
      autocomplete="off"
      aria-invalid=${problem === undefined ? 'false' : 'true'}
      aria-describedby="alias-problem alias-hint"
      .value=${unlessEditing(role.alias)}
      @input=${change}
    />
    <div id="alias-problem" aria-live="polite">${problemLine(problem)}</div>
    <p class="quiet" id="alias-hint">${text.role.aliasHint}</p>
  </div>`;
}

function regionField(role: RoleStep, actions: PageActions): TemplateResult {
  const problem = role.problems['region'];
  const regions = role.regions.includes(role.region) ? role.regions : [role.region, ...role.regions];
  const change = (event: Event): void => actions.edit('region', (event.target as HTMLSelectElement).value);
  return html`<div class="field">
    <label for="region">${text.role.region}</label>
    <div class="select">
      <select
        id="region"
        name="region"
        aria-invalid=${problem === undefined ? 'false' : 'true'}
        aria-describedby="region-problem region-hint"
        @change=${change}
      >
        ${regions.map(
          (region) =>
            html`<option value=${region} .selected=${unlessEditing(region === role.region)}>
              ${region}
            </option>`,
        )}
      </select>
      ${icon('chevron')}
    </div>
    <div id="region-problem" aria-live="polite">${problemLine(problem)}</div>
    <p class="quiet" id="region-hint">${text.role.regionHint}</p>
  </div>`;
}

function stages(role: RoleStep, actions: PageActions): TemplateResult {
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

function problemLine(problem: string | undefined): TemplateResult | typeof nothing {
  return problem === undefined
    ? nothing
    : html`<p class="problem">${icon('failed')} <span>${foreign(problem)}</span></p>`;
}

/** Problems of fields that Simple mode does not show still have to be seen. */
function otherProblems({ problems }: RoleStep): TemplateResult {
  const others = Object.entries(problems).filter(([field]) => field !== 'alias' && field !== 'region');
  return html`<div class="problems" role="alert">${others.map(([, problem]) => problemLine(problem))}</div>`;
}
