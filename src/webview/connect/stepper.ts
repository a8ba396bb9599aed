import { html, nothing, type TemplateResult } from 'lit-html';
import type { ConnectView, Step } from '../../protocol/connect.ts';
import { icon } from '../icons.ts';
import { text } from './text.ts';

/** The steps the chosen method goes through; the method choice itself comes before the first. */
export function stepsOf(view: ConnectView): readonly Step[] {
  return view.method === 'access-role'
    ? ['identity', 'role', 'create', 'verify', 'done']
    : ['identity', 'done'];
}

/** Where the view stands, counted from 1; 0 before the first step. */
export function position(view: ConnectView): { readonly at: number; readonly of: number } {
  const steps = stepsOf(view);
  return { at: steps.indexOf(view.step) + 1, of: steps.length };
}

export function stepper(view: ConnectView): TemplateResult | typeof nothing {
  if (view.step === 'method') return nothing;
  const { at } = position(view);
  return html`<nav class="stepper" aria-label=${text.progress}>
    <ol>
      ${stepsOf(view).map((step, index) => stepItem(step, index + 1, at, view.step === 'done'))}
    </ol>
  </nav>`;
}

function stepItem(step: Step, number: number, at: number, finished: boolean): TemplateResult {
  const done = number < at || (finished && number === at);
  const state = number === at ? 'current' : done ? 'past' : 'future';
  return html`<li class="stepper-item ${state}" aria-current=${number === at ? 'step' : nothing}>
    <span class="stepper-mark" aria-hidden="true">${done ? icon('check') : number}</span>
    <span class="stepper-label">${text.stepLabels[step]}</span>
    ${done ? html`<span class="visually-hidden">(${text.stepDone})</span>` : nothing}
  </li>`;
}
