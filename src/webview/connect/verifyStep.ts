import { html, nothing, type TemplateResult } from 'lit-html';
import type { Check } from '../../protocol/connect.ts';
import { button } from '../button.ts';
import { foreign } from '../foreignText.ts';
import { icon } from '../icons.ts';
import type { PageActions, PageState } from './pageState.ts';
import { text } from './text.ts';

/** What the new role has to prove before it is saved. */
export function verifyStep({ view }: PageState, actions: PageActions): TemplateResult {
  const failed = view.notice?.severity === 'error' || view.checks.some(({ state }) => state === 'failed');
  const running = !failed && view.checks.some(({ state }) => state !== 'passed');
  return html`
    ${running ? html`<p class="step-lead">${text.verify.lead}</p>` : nothing}
    <ul class="checks" aria-label=${text.verify.checks}>
      ${view.checks.map(checkRow)}
    </ul>
    ${
      running
        ? html`<div class="actions">
            ${button({ label: text.create.cancel }, () => actions.send({ type: 'cancel' }))}
          </div>`
        : nothing
    }
  `;
}

function checkRow(check: Check): TemplateResult {
  return html`<li class="check ${check.state}">
    ${icon(check.state, check.state === 'running' ? 'spinning' : '')}
    <div class="check-text">
      <span class="check-label">${foreign(check.label)}</span>
      ${check.detail === undefined ? nothing : html`<span class="check-detail">${foreign(check.detail)}</span>`}
    </div>
    <span class="check-state">${text.verify.states[check.state]}</span>
  </li>`;
}
