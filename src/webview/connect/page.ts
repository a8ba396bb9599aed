import { html, nothing, type TemplateResult } from 'lit-html';
import type { ConnectView } from '../../protocol/connect.ts';
import { announcement } from './announcement.ts';
import { createStep } from './createStep.ts';
import { doneStep } from './doneStep.ts';
import { identityStep } from './identityStep.ts';
import { methodStep, methodSummary } from './methodStep.ts';
import { noticeBox } from './notice.ts';
import type { PageActions, PageState } from './pageState.ts';
import { roleStep } from './roleStep.ts';
import { stepper } from './stepper.ts';
import { text } from './text.ts';
import { verifyStep } from './verifyStep.ts';

/** Id of the heading that takes the focus when the step changes. */
export const headingId = 'step-heading';

/** The whole page as a pure function of its state. */
export function connectPage(state: PageState, actions: PageActions): TemplateResult {
  const { view } = state;
  const beforeSteps = view.step === 'method';
  const { notice } = view;
  return html`<main class="page">
    <header class="page-header">
      <h1>${text.title}</h1>
      ${beforeSteps ? html`<p class="page-lead">${text.lead}</p>` : methodSummary(state, actions)}
    </header>
    ${stepper(view)}
    <section class="step" aria-labelledby=${headingId}>
      <h2 id=${headingId} tabindex="-1">${heading(view)}</h2>
      <div role="alert">${notice?.severity === 'error' ? noticeBox(notice, actions) : nothing}</div>
      ${notice && notice.severity !== 'error' ? noticeBox(notice, actions) : nothing} ${body(state, actions)}
    </section>
    <div class="visually-hidden" role="status">${announcement(state)}</div>
  </main>`;
}

/** Before the first snapshot. */
export function loadingPage(): TemplateResult {
  return html`<main class="page">
    <h1>${text.title}</h1>
    <p class="quiet" role="status">${text.loading}</p>
  </main>`;
}

function heading({ step, method, create, checks }: ConnectView): string {
  if (step === 'identity') return text.identityHeadings[method];
  if (step === 'create' && create) return text.createHeadings[create.state];
  if (step === 'verify' && checks.some(({ state }) => state === 'failed')) return text.verifyFailed;
  return text.headings[step];
}

function body(state: PageState, actions: PageActions): TemplateResult | typeof nothing {
  switch (state.view.step) {
    case 'method':
      return methodStep(state, actions);
    case 'identity':
      return identityStep(state, actions);
    case 'role':
      return roleStep(state, actions);
    case 'create':
      return createStep(state, actions);
    case 'verify':
      return verifyStep(state, actions);
    case 'done':
      return doneStep(state, actions);
  }
}
