import { render } from 'lit-html';
import type { ConnectIntent, ConnectView, Step } from '../../protocol/connect.ts';
import { createEdits } from './edits.ts';
import { isRunning } from './createStep.ts';
import { connectPage, headingId, loadingPage } from './page.ts';
import { emptyForm, emptyKeys, type FormState, type KeysState, type PageActions } from './pageState.ts';
import { parseConnectSnapshot } from './parseSnapshot.ts';

declare function acquireVsCodeApi(): { readonly postMessage: (message: ConnectIntent) => void };

/** How long a copy button says so, in milliseconds. */
const copiedMs = 2000;

// The page keeps nothing beyond its own life (no `setState`): the host sends everything again after `ready`.
const { postMessage: tellHost } = acquireVsCodeApi();
const root = document.getElementById('page') ?? document.body;
let view: ConnectView | undefined;
let keys: KeysState = emptyKeys;
let form: FormState = emptyForm;
let copied: { readonly text: string; readonly timer: number } | undefined;
let clock: number | undefined;

const edits = createEdits(tellHost);

const actions: PageActions = {
  send(intent) {
    edits.flush();
    tellHost(intent);
  },
  edit(field, value) {
    edits.edit(field, value);
    const { touched } = form;
    form = {
      ...form,
      touched: touched.includes(field) ? touched : [...touched, field],
      arnProblem: field === 'roleArn' ? undefined : form.arnProblem,
    };
  },
  copy(text) {
    actions.send({ type: 'copy', text });
    if (copied) clearTimeout(copied.timer);
    const timer = window.setTimeout(() => {
      copied = undefined;
      paint();
    }, copiedMs);
    copied = { text, timer };
    paint();
  },
  setKeys(change) {
    keys = { ...keys, ...change };
    paint();
  },
  setForm(change) {
    form = { ...form, ...change };
    paint();
  },
};

function paint(): void {
  if (!view) {
    render(loadingPage(), root);
    return;
  }
  const before = document.activeElement;
  const shown = view.role ? { ...view, role: { ...view.role, fields: edits.over(view.role.fields) } } : view;
  render(connectPage({ view: shown, now: Date.now(), keys, form, copied: copied?.text }, actions), root);
  // A removed control takes the focus with it; the heading of its step is the nearest place left.
  if (before && before !== document.body && !before.isConnected) focusHeading();
}

function show(next: ConnectView): void {
  const previous: Step | undefined = view?.step;
  const knewWho = view?.identity?.who !== undefined;
  const followsEnd = isAtEnd();
  view = next;
  if (previous !== next.step) {
    edits.forget();
    form = emptyForm;
  }
  paint();
  if (!document.getElementById('secret-access-key')) keys = emptyKeys;
  if (previous !== undefined && previous !== next.step) {
    window.scrollTo(0, 0);
    focusHeading();
  } else if (next.step === 'create' && followsEnd) {
    window.scrollTo(0, document.documentElement.scrollHeight);
  } else if (!knewWho && next.identity?.who) {
    document.getElementById('who-title')?.closest('section')?.scrollIntoView({ block: 'nearest' });
  }
  const ticks = next.step === 'create' && next.create !== undefined && isRunning(next.create.state);
  if (ticks) clock ??= window.setInterval(paint, 1000);
  else {
    clearInterval(clock);
    clock = undefined;
  }
}

/** The last line of a page that is longer than the window is in sight, so new lines should be, too. */
function isAtEnd(): boolean {
  const { scrollHeight, clientHeight } = document.documentElement;
  return scrollHeight > clientHeight && window.scrollY + clientHeight >= scrollHeight - 4;
}

function focusHeading(): void {
  document.getElementById(headingId)?.focus({ preventScroll: true });
}

root.addEventListener('focusout', edits.flush);
window.addEventListener('message', (event: MessageEvent<unknown>) => {
  const snapshot = parseConnectSnapshot(event.data);
  if (snapshot) show(snapshot.view);
});
paint();
tellHost({ type: 'ready' });
