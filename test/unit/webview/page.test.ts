import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConnectIntent, ConnectView } from '../../../src/protocol/connect.ts';
import { parseConnectIntent } from '../../../src/ui/panels/connect/parseIntent.ts';
import { announcement } from '../../../src/webview/connect/announcement.ts';
import { connectPage, loadingPage } from '../../../src/webview/connect/page.ts';
import { emptyKeys, type PageActions, type PageState } from '../../../src/webview/connect/pageState.ts';
import { connectViews, fixtureNow, hostileText } from '../../fixtures/connectViews.ts';
import { renderText, type Rendered } from './renderText.ts';

function page(view: ConnectView): Rendered & { readonly sent: readonly ConnectIntent[] } {
  const sent: ConnectIntent[] = [];
  const actions: PageActions = {
    send: (intent) => sent.push(intent),
    edit: (field, value) => sent.push({ type: 'setRole', field, value }),
    copy: (text) => sent.push({ type: 'copy', text }),
    setKeys: () => undefined,
  };
  return { ...renderText(connectPage(stateOf(view), actions)), sent };
}

function stateOf(view: ConnectView): PageState {
  return { view, now: fixtureNow, keys: emptyKeys, copied: undefined };
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
  assert.match(said('verifyRunning'), /Without the ExternalId the same call is refused: Checking…$/);
  assert.match(said('doneWithoutService'), /^Step 2 of 2: Done\. deployer is ready/);
});

void test('before the first snapshot there is a page, too', () => {
  assert.match(renderText(loadingPage()).html, /<main/);
});
