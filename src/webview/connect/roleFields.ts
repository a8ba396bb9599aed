import { html, nothing, type TemplateResult } from 'lit-html';
import type { RoleField, RoleStep } from '../../protocol/connect.ts';
import { unlessEditing } from '../fieldValue.ts';
import { foreign } from '../foreignText.ts';
import { icon } from '../icons.ts';
import type { FormState, PageActions } from './pageState.ts';
import { text } from './text.ts';

/** What the fields of the role step are rendered from. */
export interface RoleForm {
  readonly role: RoleStep;
  readonly form: FormState;
  readonly actions: PageActions;
}

export interface FieldWords {
  readonly label: string;
  readonly hint?: string;
  /** Marked as such: everything else has to be filled in. */
  readonly optional?: boolean;
  /** Shown in the font of code; `wide` where it is as long as an ARN. */
  readonly code?: boolean | 'wide';
}

/** Longest text of a one-line field and of a list, in UTF-16 units; the host refuses more. */
const longest = { line: 2048, list: 20_000 } as const;

/** What is wrong with a field. An empty one that nobody has touched is not reproached before the main button is pressed. */
export function problemOf({ role, form }: RoleForm, field: RoleField): string | undefined {
  const due = form.attempted || form.touched.includes(field) || role.fields[field] !== '';
  const own = field === 'roleArn' ? form.arnProblem : undefined;
  return (due ? role.problems[field] : undefined) ?? own;
}

/** A field of one line. */
export function lineField(from: RoleForm, field: RoleField, words: FieldWords): TemplateResult {
  return html`<div class="field">
    ${labelOf(field, words)} ${lineInput(from, field, words, field)}
    ${afterField(field, words, problemOf(from, field))}
  </div>`;
}

/** The input alone, with the id given; the problem and the hint beside it belong to `field`. */
function lineInput(from: RoleForm, field: RoleField, words: FieldWords, id: string): TemplateResult {
  return html`<input
    id=${id}
    name=${field}
    type="text"
    class=${words.code === undefined ? '' : words.code === 'wide' ? 'code wide' : 'code'}
    maxlength=${longest.line}
    spellcheck="false"
    autocapitalize="off"
    autocomplete="off"
    aria-invalid=${problemOf(from, field) === undefined ? 'false' : 'true'}
    aria-describedby=${describedBy(field, words)}
    .value=${unlessEditing(from.role.fields[field])}
    @input=${(event: Event) => from.actions.edit(field, valueOf(event))}
  />`;
}

/** A field with one entry per line. */
export function listField(from: RoleForm, field: RoleField, words: FieldWords): TemplateResult {
  return html`<div class="field">
    ${labelOf(field, words)}
    <textarea
      id=${field}
      name=${field}
      class="code"
      rows="2"
      maxlength=${longest.list}
      spellcheck="false"
      autocapitalize="off"
      autocomplete="off"
      aria-invalid=${problemOf(from, field) === undefined ? 'false' : 'true'}
      aria-describedby=${describedBy(field, words)}
      .value=${unlessEditing(from.role.fields[field])}
      @input=${(event: Event) => from.actions.edit(field, valueOf(event))}
    ></textarea>
    ${afterField(field, words, problemOf(from, field))}
  </div>`;
}

/** Value of the choice that lets a region be typed; no region has it. */
const otherRegion = 'other';

/** The regions AWS is known to have, and any other by its name. */
export function regionField(from: RoleForm): TemplateResult {
  const { role, form, actions } = from;
  const hint = role.way === 'existing' ? text.role.regionHintExisting : text.role.regionHint;
  const words = { label: text.role.region, hint };
  const { region } = role.fields;
  const typed = form.otherRegion || !role.regions.includes(region);
  const choose = (event: Event): void => {
    const chosen = valueOf(event);
    actions.setForm({ otherRegion: chosen === otherRegion });
    if (chosen === otherRegion) document.getElementById('otherRegion')?.focus();
    else actions.edit('region', chosen);
  };
  const invalid = !typed && problemOf(from, 'region') !== undefined;
  return html`<div class="field">
    ${labelOf('region', words)}
    ${selectBox(
      html`<select
        id="region"
        name="region"
        aria-invalid=${invalid ? 'true' : 'false'}
        aria-describedby=${describedBy('region', words)}
        @change=${choose}
      >
        ${role.regions.map((each) => optionOf(each, each, !typed && each === region))}
        ${optionOf(otherRegion, text.role.otherRegion, typed)}
      </select>`,
    )}
    ${
      typed
        ? html`<label class="visually-hidden" for="otherRegion">${text.role.otherRegionName}</label>
            ${lineInput(from, 'region', { ...words, code: true }, 'otherRegion')}`
        : nothing
    }
    ${afterField('region', words, problemOf(from, 'region'))}
  </div>`;
}

/** Hours a session may last: AWS takes one to twelve (`MaxSessionDuration`, API reference of `iam:CreateRole`). */
export function sessionField(from: RoleForm, hint: string): TemplateResult {
  const { sessionHours } = from.role.fields;
  const words = { label: text.role.sessionHours, hint };
  const known = Array.from({ length: 12 }, (_, index) => String(index + 1));
  const hours = known.includes(sessionHours) ? known : [sessionHours, ...known];
  return html`<div class="field">
    ${labelOf('sessionHours', words)}
    ${selectBox(
      html`<select
        id="sessionHours"
        name="sessionHours"
        aria-invalid=${problemOf(from, 'sessionHours') === undefined ? 'false' : 'true'}
        aria-describedby=${describedBy('sessionHours', words)}
        @change=${(event: Event) => from.actions.edit('sessionHours', valueOf(event))}
      >
        ${hours.map((each) => optionOf(each, text.role.hours(each), each === sessionHours))}
      </select>`,
    )}
    ${afterField('sessionHours', words, problemOf(from, 'sessionHours'))}
  </div>`;
}

function selectBox(select: TemplateResult): TemplateResult {
  return html`<div class="select">${select} ${icon('chevron')}</div>`;
}

function optionOf(value: string, label: string, selected: boolean): TemplateResult {
  return html`<option value=${value} .selected=${unlessEditing(selected)}>${label}</option>`;
}

function labelOf(id: string, { label, optional }: FieldWords): TemplateResult {
  return html`<label for=${id}
    >${label}${optional === true ? html` <span class="quiet optional">${text.role.optional}</span>` : nothing}</label
  >`;
}

/** What stands below a field: its problem, spoken when it appears, and its hint. */
export function afterField(
  id: string,
  { hint }: Pick<FieldWords, 'hint'>,
  problem: string | undefined,
): TemplateResult {
  return html`<div id="${id}-problem" aria-live="polite">${problemLine(problem)}</div>
    ${hint === undefined ? nothing : html`<p class="quiet" id="${id}-hint">${hint}</p>`}`;
}

export function describedBy(id: string, { hint }: Pick<FieldWords, 'hint'>): string {
  return hint === undefined ? `${id}-problem` : `${id}-problem ${id}-hint`;
}

export function problemLine(problem: string | undefined): TemplateResult | typeof nothing {
  return problem === undefined
    ? nothing
    : html`<p class="problem">${icon('failed')} <span>${foreign(problem)}</span></p>`;
}

export function valueOf(event: Event): string {
  return (event.target as HTMLInputElement).value;
}
