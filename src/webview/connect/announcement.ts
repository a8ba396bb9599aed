import type { ConnectView } from '../../protocol/connect.ts';
import { showUnseen } from '../foreignText.ts';
import type { PageState } from './pageState.ts';
import { position } from './stepper.ts';
import { text } from './text.ts';

/**
 * What the polite live region says now. It is one short sentence made anew for every state, so that a screen reader hears
 * where things stand and not every detail; errors are alerts of their own.
 */
export function announcement({ view, copied }: PageState): string {
  if (copied !== undefined) return text.copied;
  const { at, of } = position(view);
  const step = at === 0 ? '' : text.announce.step(at, of, text.stepLabels[view.step]);
  return showUnseen([step, progress(view)].filter((part) => part !== '').join('. '));
}

function progress(view: ConnectView): string {
  if (view.notice && view.notice.severity !== 'error') {
    return [view.notice.message, view.notice.hint ?? ''].join(' ').trim();
  }
  switch (view.step) {
    case 'identity':
      return identityProgress(view);
    case 'create':
      return createProgress(view);
    case 'verify': {
      const latest = view.checks.findLast(({ state }) => state !== 'waiting');
      return latest ? text.announce.check(latest.label, text.verify.states[latest.state]) : '';
    }
    case 'done':
      return view.done ? text.done.lead(view.done.providerName) : '';
    case 'method':
    case 'role':
      return '';
  }
}

function identityProgress({ identity }: ConnectView): string {
  if (!identity) return text.identity.loading;
  if (identity.checking) return text.identity.checking;
  const { who } = identity;
  if (!who) return '';
  return [text.announce.who(who.description, who.accountId), who.note ?? ''].join(' ').trim();
}

function createProgress({ create }: ConnectView): string {
  if (!create) return '';
  const latest = create.events.at(-1);
  const state = text.create.states[create.state];
  if (create.state === 'awaiting') return `${state}. ${create.console?.detection ?? ''}`.trim();
  return latest && (create.state === 'creating' || create.state === 'updating')
    ? `${state}. ${text.announce.event(latest.resource, latest.status)}`
    : state;
}
