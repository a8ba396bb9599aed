import { html, nothing, type TemplateResult } from 'lit-html';
import type { RoleStep } from '../../protocol/connect.ts';
import { button } from '../button.ts';
import { unlessEditing } from '../fieldValue.ts';
import { foreign } from '../foreignText.ts';
import type { RoleForm } from './roleFields.ts';
import { text } from './text.ts';

/**
 * One quiet line above the fields: other ways to a role behind a button, and how much to decide. It stands outside of the
 * form, so that Enter in it creates nothing.
 */
export function roleWays(from: RoleForm): TemplateResult {
  const { role, form, actions } = from;
  const shown = form.waysShown ?? role.way !== 'create';
  return html`<div class="toolbar">
      ${
        role.ways.length > 1
          ? button({ label: text.role.anotherWay, kind: 'link', icon: 'chevron', expanded: shown }, () =>
              actions.setForm({ waysShown: !shown }),
            )
          : nothing
      }
      ${modeToggle(from)}
    </div>
    ${
      shown
        ? html`<fieldset class="choices compact">
            <legend class="visually-hidden">${text.role.ways}</legend>
            ${role.ways.map((way) => wayRow(from, way))}
          </fieldset>`
        : nothing
    }`;
}

function wayRow(
  { role, actions }: RoleForm,
  { id, label, description }: RoleStep['ways'][number],
): TemplateResult {
  const described = `way-${id}-description`;
  const choose = (): void => {
    // Another way asks for other fields: nobody has left those empty yet.
    actions.setForm({ attempted: false, arnProblem: undefined });
    actions.send({ type: 'setWay', way: id });
  };
  return html`<label class="choice plain">
    <input
      type="radio"
      name="way"
      value=${id}
      aria-describedby=${described}
      .checked=${unlessEditing(id === role.way)}
      @change=${choose}
    />
    <span class="choice-text">
      <span class="choice-label">${foreign(label)}</span>
      <span class="choice-detail" id=${described}>${foreign(description)}</span>
    </span>
  </label>`;
}

function modeToggle({ role, actions }: RoleForm): TemplateResult {
  return html`<fieldset class="segments">
    <legend class="visually-hidden">${text.role.mode}</legend>
    ${(['simple', 'advanced'] as const).map(
      (mode) =>
        html`<label class="segment">
          <input
            type="radio"
            name="mode"
            value=${mode}
            .checked=${unlessEditing(mode === role.mode)}
            @change=${() => actions.send({ type: 'setMode', mode })}
          />
          <span>${text.role.modes[mode]}</span>
        </label>`,
    )}
  </fieldset>`;
}
