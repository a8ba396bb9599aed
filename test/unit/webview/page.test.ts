import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConnectIntent, ConnectView } from '../../../src/protocol/connect.ts';
import { parseConnectIntent } from '../../../src/ui/panels/connect/parseIntent.ts';
import { announcement } from '../../../src/webview/connect/announcement.ts';
import { connectPage, loadingPage } from '../../../src/webview/connect/page.ts';
import {
  emptyForm,
  emptyKeys,
  type FormState,
  type PageActions,
  type PageState,
} from '../../../src/webview/connect/pageState.ts';
import { fixtureNow, hostileText } from '../../fixtures/connectParts.ts';
import { connectViews } from '../../fixtures/connectViews.ts';
import { renderText, type Rendered } from './renderText.ts';

interface Page extends Rendered {
  readonly sent: readonly ConnectIntent[];
  /** What the page decided to remember, merged. */
  readonly remembered: Partial<FormState>;
}

function page(view: ConnectView, form: FormState = emptyForm): Page {
  const sent: ConnectIntent[] = [];
  const remembered: Partial<FormState> = {};
  const actions: PageActions = {
    send: (intent) => sent.push(intent),
    edit: (field, value) => sent.push({ type: 'setRole', field, value }),
    copy: (text) => sent.push({ type: 'copy', text }),
    setKeys: () => undefined,
    setForm: (change) => Object.assign(remembered, change),
  };
  return { ...renderText(connectPage(stateOf(view, form), actions)), sent, remembered };
}

function stateOf(view: ConnectView, form: FormState = emptyForm): PageState {
  return { view, now: fixtureNow, keys: emptyKeys, form, copied: undefined };
}

function viewOf(name: string): ConnectView {
  return connectViews[name] ?? assert.fail(`no fixture ${name}`);
}

/** A form element as the submit handlers use it: named fields with values, and the first invalid one. */
function formOf(values: Readonly<Record<string, string>>) {
  const fields = new Map(
    Object.entries(values).map(([name, value]) => [
      name,
      {
        value,
        focused: 0,
        focus() {
          this.focused++;
        },
      },
    ]),
  );
  const currentTarget = {
    elements: { namedItem: (name: string) => fields.get(name) },
    querySelector: () => undefined,
  };
  return { fields, event: { currentTarget, preventDefault() {} } };
}

function submit({ listeners }: Page, event: unknown): void {
  for (const { event: name, listener } of listeners) if (name === 'submit') listener(event);
}

function attributes(html: string, name: string): readonly string[] {
  return [...html.matchAll(new RegExp(`\\s${name}="([^"]*)"`, 'g'))].map((match) => match[1] ?? '');
}

for (const [name, view] of Object.entries(connectViews)) {
  void test(`${name}: one heading per level, unique ids, every reference has its target`, () => {
    const { html } = page(view);
    assert.equal(html.match(/<h1[\s>]/g)?.length, 1);
    assert.equal(html.match(/<h2[\s>]/g)?.length, 1);
    const ids = attributes(html, 'id');
    assert.deepEqual(ids, [...new Set(ids)]);
    for (const reference of ['for', 'form', 'aria-labelledby', 'aria-describedby']) {
      for (const id of attributes(html, reference).flatMap((value) => value.split(' '))) {
        assert.ok(ids.includes(id), `${reference}="${id}" has no target`);
      }
    }
  });

  void test(`${name}: nothing the page's policy would have to forbid`, () => {
    const { html } = page(view);
    assert.doesNotMatch(html, /\sstyle=|\son\w+="|javascript:|command:|<script|<a\s|<img/);
  });

  void test(`${name}: every button and choice sends an intent the host understands`, () => {
    const { listeners, sent } = page(view);
    const target = { checked: true, value: 'eu-west-1' };
    for (const { event, listener } of listeners) {
      if (event !== 'submit' && event !== 'paste') listener({ target, preventDefault() {} });
    }
    for (const intent of sent) assert.deepEqual(parseConnectIntent(intent), intent);
  });

  void test(`${name}: one main button at most in the step's footer`, () => {
    const footer = page(view).html.split('class="actions"')[1] ?? '';
    assert.ok((footer.match(/class="button primary"/g)?.length ?? 0) <= 1);
  });
}

void test('an unavailable button stays focusable and does nothing', () => {
  const { html, listeners, sent } = page(connectViews['identityChecking'] ?? assert.fail());
  assert.match(html, /aria-disabled="true"/);
  assert.doesNotMatch(html, /\sdisabled/);
  for (const { event, listener } of listeners) if (event === 'click') listener({});
  assert.deepEqual(sent, [{ type: 'back' }, { type: 'back' }]);
});

void test('text from outside is shown as text, with what cannot be seen written out', () => {
  const view = connectViews['hostile'] ?? assert.fail();
  const { html } = page(view);
  const said = announcement(
    stateOf({ ...view, notice: { severity: 'info', message: hostileText, actions: [] } }),
  );
  for (const shown of [html, said]) {
    assert.doesNotMatch(shown, /[\u200B-\u200F\u202A-\u202E\u2066-\u2069\u0007]/);
    assert.match(shown, /U\+202E/);
  }
  assert.match(html, /<bdi[^>]*>&lt;U\+202E&gt;gnihton/);
});

void test('says where things stand in one sentence', () => {
  const said = (name: string): string => announcement(stateOf(connectViews[name] ?? assert.fail()));
  assert.equal(said('method'), '');
  assert.equal(said('identityChecking'), 'Step 1 of 5: Who are you?. Asking AWS who this is…');
  assert.match(said('identityKnown'), /^Step 1 of 5: .* in account 111122223333\.$/);
  assert.equal(said('createRunning'), 'Step 3 of 5: Create. Creating the stack. AccessRole: CREATE_COMPLETE');
  assert.match(said('identityRoot'), /You are the root user in account 111122223333\. The root user cannot/);
  assert.match(said('createAwaitingLink'), /Waiting for the stack\. The stack is looked for/);
  assert.match(said('createUpdating'), /Updating the stack\. AccessRole: CREATE_IN_PROGRESS$/);
  assert.match(said('verifyRunning'), /Without the ExternalId the same call is refused: Checking…$/);
  assert.match(said('doneWithoutService'), /^Step 2 of 2: Done\. deployer is ready/);
});

void test('the simple way shows what it showed before there were others: no further field, one main button', () => {
  const { html } = page(viewOf('role'));
  assert.deepEqual(
    [...html.matchAll(/<(input|select|textarea)[^>]*\sname="(\w+)"/g)].map((match) => match[2]),
    ['mode', 'mode', 'alias', 'region'],
  );
  assert.equal(html.match(/class="button primary"/g)?.length, 1);
  assert.match(html, /aria-expanded="false"/);
  assert.doesNotMatch(html, /name="way"/);
});

void test('other ways come into sight on request, and stay while another is taken', () => {
  const before = page(viewOf('role'));
  for (const { event, listener } of before.listeners) if (event === 'click') listener({});
  assert.equal(before.remembered.waysShown, true);
  assert.match(page(viewOf('role'), { ...emptyForm, waysShown: true }).html, /name="way"/);
  assert.match(page(viewOf('roleConsole')).html, /aria-expanded="true"[\s\S]*name="way"/);
});

void test('every field of Advanced has a label, its problem and says so', () => {
  const { html } = page(viewOf('roleAdvancedProblems'));
  for (const field of ['roleName', 'policyArns', 'boundaryArn', 'sessionHours']) {
    const element = new RegExp(`<(?:input|select|textarea)[^>]*\\sid="${field}"[^>]*>`).exec(html)?.[0] ?? '';
    assert.match(element, /aria-invalid="true"/, field);
    assert.match(element, new RegExp(`aria-describedby="${field}-problem[ "]`), field);
    assert.match(html, new RegExp(`<div id="${field}-problem" aria-live="polite"><p class="problem"`), field);
  }
});

void test('an empty field is not reproached before it was touched or the main button was pressed', () => {
  const view = viewOf('roleExisting');
  const problem = /Give the ARN of the role\./;
  assert.doesNotMatch(page(view).html, problem);
  assert.match(page(view, { ...emptyForm, touched: ['roleArn'] }).html, problem);
  assert.match(page(view, { ...emptyForm, attempted: true }).html, problem);
});

void test('problems of fields that are not in sight are told, with the way to them', () => {
  const problems = { roleName: 'A role with this name exists already.' };
  const simple = viewOf('role');
  const role = simple.role ?? assert.fail();
  const { html } = page({ ...simple, role: { ...role, problems } });
  assert.match(html, /role="alert">\s*<p class="problem"[\s\S]*exists already[\s\S]*Show all fields/);
  const advanced = page({ ...simple, role: { ...role, problems, mode: 'advanced' } });
  assert.doesNotMatch(advanced.html, /Show all fields/);
});

void test('an existing role: the ExternalId is sent once and wiped, and kept while something is wrong', () => {
  const wrong = formOf({ roleArn: 'arn:aws:iam::111122223333:user/x', externalId: 'secret' });
  const refused = page(viewOf('roleExisting'));
  submit(refused, wrong.event);
  assert.deepEqual(refused.sent, []);
  assert.equal(wrong.fields.get('externalId')?.value, 'secret');
  assert.match(refused.remembered.arnProblem ?? '', /not the ARN of a role/);

  const right = formOf({ roleArn: ' arn:aws:iam::111122223333:role/team/x ', externalId: ' secret ' });
  const taken = page(viewOf('roleExisting'));
  submit(taken, right.event);
  assert.deepEqual(taken.sent, [{ type: 'useExisting', externalId: 'secret' }]);
  assert.equal(right.fields.get('externalId')?.value, '');
});

void test('the console way starts by opening the console, and takes an ARN while it waits', () => {
  const start = page(viewOf('roleConsole'));
  submit(start, formOf({}).event);
  assert.deepEqual(start.sent, [{ type: 'create' }]);

  const refused = page(viewOf('createAwaitingLink'));
  const wrong = formOf({ roleArn: 'stage-providers-shop-dev' });
  submit(refused, wrong.event);
  assert.deepEqual(refused.sent, []);
  assert.equal(wrong.fields.get('roleArn')?.focused, 1);

  const roleArn = 'arn:aws:iam::111122223333:role/stage-providers-shop-dev';
  const taken = page(viewOf('createAwaitingTemplate'));
  submit(taken, formOf({ roleArn: `${roleArn}\n` }).event);
  assert.deepEqual(taken.sent, [{ type: 'submitRoleArn', roleArn }]);
});

void test('a region that is not in the list is typed', () => {
  assert.doesNotMatch(page(viewOf('role')).html, /id="otherRegion"/);
  assert.match(page(viewOf('role'), { ...emptyForm, otherRegion: true }).html, /id="otherRegion"/);
  assert.match(page(viewOf('roleProblems')).html, /id="otherRegion"[\s\S]*aria-invalid="true"/);
});

void test('while the host is at work nothing is submitted', () => {
  for (const name of ['role', 'roleConsole', 'roleExisting']) {
    const busy = page({ ...viewOf(name), busy: true });
    submit(busy, formOf({ roleArn: 'arn:aws:iam::111122223333:role/x', externalId: '' }).event);
    assert.deepEqual(busy.sent, []);
  }
});

void test('before the first snapshot there is a page, too', () => {
  assert.match(renderText(loadingPage()).html, /<main/);
});
