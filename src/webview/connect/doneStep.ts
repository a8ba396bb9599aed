import { html, nothing, type TemplateResult } from 'lit-html';
import { button } from '../button.ts';
import { foreign } from '../foreignText.ts';
import { icon } from '../icons.ts';
import { copyable } from './copyable.ts';
import type { PageActions, PageState } from './pageState.ts';
import { text } from './text.ts';

/** What is there now, and what to do with it. */
export function doneStep(state: PageState, actions: PageActions): TemplateResult | typeof nothing {
  const { done } = state.view;
  if (!done) return nothing;
  return html`
    <div class="card">
      <p class="card-main">${icon('passed', 'good')} <span>${text.done.lead(done.providerName)}</span></p>
      <dl class="facts">
        <dt>${text.done.provider}</dt>
        <dd>${foreign(done.providerName)}</dd>
        ${copyable(text.done.account, done.accountId, state, actions)}
        ${done.roleArn === undefined ? nothing : copyable(text.done.roleArn, done.roleArn, state, actions)}
        <dt>${text.done.stages}</dt>
        <dd>
          ${
            done.stages.length === 0
              ? html`<span class="quiet">${text.done.noStages}</span>`
              : html`<ul class="tags">
                  ${done.stages.map((stage) => html`<li class="tag">${foreign(stage)}</li>`)}
                </ul>`
          }
        </dd>
      </dl>
    </div>
    <div class="actions">
      ${
        done.canDeploy
          ? button({ label: text.done.deploy, kind: 'primary', working: state.view.busy }, () =>
              actions.send({ type: 'deploy' }),
            )
          : nothing
      }
      ${button({ label: text.done.openTerminal, kind: done.canDeploy ? 'secondary' : 'primary' }, () =>
        actions.send({ type: 'openTerminal' }),
      )}
      ${button({ label: text.done.another, kind: 'link' }, () => actions.send({ type: 'startOver' }))}
    </div>
  `;
}
