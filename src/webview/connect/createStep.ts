import { html, nothing, type TemplateResult } from 'lit-html';
import type { ConnectView, CreateStep, StackEventRow } from '../../protocol/connect.ts';
import { button } from '../button.ts';
import { foreign } from '../foreignText.ts';
import { icon } from '../icons.ts';
import { consoleWait } from './consoleWait.ts';
import type { PageActions, PageState } from './pageState.ts';
import { text } from './text.ts';
import { elapsed, timeOfDay } from './time.ts';

const toneGlyphs = { progress: 'started', good: 'passed', bad: 'failed' } as const;

const ended: readonly CreateStep['state'][] = ['failed', 'cancelled', 'created'];

/** True while CloudFormation works or the stack is awaited, that is while the clock on the page runs. */
export function isRunning(state: CreateStep['state']): boolean {
  return !ended.includes(state);
}

/** The stack as it is being made: where it stands, its events as they come, and the way out. */
export function createStep(state: PageState, actions: PageActions): TemplateResult | typeof nothing {
  const { view, now } = state;
  const { create } = view;
  if (!create) return nothing;
  if (create.state === 'awaiting') return consoleWait(state, create, actions);
  const running = isRunning(create.state);
  return html`
    <div class="card">
      <p class="card-main">${stateIcon(create.state)} <span>${text.create.states[create.state]}</span></p>
      <dl class="facts">
        <dt>${text.create.stack}</dt>
        <dd>${foreign(create.stackName, 'code')}</dd>
        <dt>${text.create.region}</dt>
        <dd>${foreign(create.region, 'code')}</dd>
        <dt>${text.create.elapsed}</dt>
        <dd class="time">${elapsed((running ? now : lastEventAt(create)) - create.startedAt)}</dd>
      </dl>
    </div>
    <h3 id="events-title">${text.create.events}</h3>
    ${
      create.events.length === 0
        ? html`<p class="quiet">${text.create.noEvents}</p>`
        : html`<ol class="events" aria-labelledby="events-title">
            ${create.events.map(eventRow)}
          </ol>`
    }
    ${running ? html`<p class="quiet">${text.create.leave}</p>` : nothing} ${footer(view, create, actions)}
  `;
}

function lastEventAt({ events, startedAt }: CreateStep): number {
  return events.at(-1)?.at ?? startedAt;
}

function stateIcon(state: CreateStep['state']): TemplateResult {
  if (isRunning(state)) return icon('running', 'spinning');
  return state === 'created'
    ? icon('passed', 'good')
    : state === 'failed'
      ? icon('failed', 'bad')
      : icon('info');
}

function eventRow(event: StackEventRow): TemplateResult {
  const at = new Date(event.at);
  return html`<li class="event">
    ${icon(toneGlyphs[event.tone], event.tone)}
    <div class="event-what">
      <span class="event-resource">${foreign(event.resource)}</span>
      <span class="event-type">${foreign(event.type)}</span>
    </div>
    <div class="event-status">${foreign(event.status)}</div>
    <time class="event-time time" datetime=${at.toISOString()}>${timeOfDay(at)}</time>
    ${
      event.reason === undefined
        ? nothing
        : html`<p class="event-reason ${event.tone}">${foreign(event.reason)}</p>`
    }
  </li>`;
}

/** The way out of a running creation; in every other state the notice has the buttons, if there is one. */
function footer(
  view: ConnectView,
  create: CreateStep,
  actions: PageActions,
): TemplateResult | typeof nothing {
  if (isRunning(create.state)) {
    const stopping = create.state === 'cancelling' || create.state === 'deleting';
    const label = stopping ? text.create.cancelling : text.create.cancel;
    return html`<div class="actions">
      ${button({ label, working: stopping }, () => actions.send({ type: 'cancel' }))}
    </div>`;
  }
  if (create.state !== 'cancelled' || view.notice) return nothing;
  return html`<div class="actions">
    ${button({ label: text.create.startOver, kind: 'primary' }, () => actions.send({ type: 'startOver' }))}
  </div>`;
}
