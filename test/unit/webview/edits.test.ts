import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import type { ConnectIntent } from '../../../src/protocol/connect.ts';
import { createEdits, type Edits } from '../../../src/webview/connect/edits.ts';
import { role } from '../../fixtures/connectParts.ts';

const { fields } = role;

void test('sends the last value once typing pauses, and at once when something else is sent', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const sent: ConnectIntent[] = [];
    const edits = createEdits((intent) => sent.push(intent));
    edits.edit('alias', 'd');
    mock.timers.tick(100);
    edits.edit('alias', 'de');
    mock.timers.tick(100);
    assert.deepEqual(sent, []);
    mock.timers.tick(100);
    assert.deepEqual(sent, [{ type: 'setRole', field: 'alias', value: 'de' }]);
    edits.edit('region', 'eu-west-1');
    edits.flush();
    mock.timers.tick(1000);
    assert.deepEqual(sent.slice(1), [{ type: 'setRole', field: 'region', value: 'eu-west-1' }]);
  } finally {
    mock.timers.reset();
  }
});

/** Edits that are sent by `flush` only. */
function editsOf(): Edits & { readonly sent: ConnectIntent[] } {
  const sent: ConnectIntent[] = [];
  return { ...createEdits((intent) => sent.push(intent)), sent };
}

void test('a snapshot that was on its way takes nothing back that was typed since', () => {
  const edits = editsOf();
  assert.deepEqual(edits.over(fields), fields);
  edits.edit('alias', 'a');
  assert.equal(edits.over(fields).alias, 'a', 'not sent yet');
  edits.flush();
  assert.equal(edits.over(fields).alias, 'a', 'sent, not answered yet');
  edits.edit('alias', 'ab');
  edits.flush();
  assert.equal(edits.over({ ...fields, alias: 'a' }).alias, 'ab', 'only the first was answered');
  assert.equal(edits.over({ ...fields, alias: 'ab' }).alias, 'ab');
  assert.equal(edits.over({ ...fields, alias: 'other' }).alias, 'other', 'answered: the host decides again');
});

void test('what the host makes of a value wins over what was typed', () => {
  const edits = editsOf();
  edits.over(fields);
  edits.edit('roleName', 'mine');
  edits.edit('alias', 'shop-test');
  edits.flush();
  const shown = edits.over({ ...fields, alias: 'shop-test', roleName: 'stage-providers-shop-test' });
  assert.equal(shown.roleName, 'stage-providers-shop-test');
  assert.equal(shown.alias, 'shop-test');
});

void test('a step that is over sends nothing more and leaves nothing behind', () => {
  const edits = editsOf();
  edits.over(fields);
  edits.edit('alias', 'x');
  edits.forget();
  edits.flush();
  assert.deepEqual(edits.sent, []);
  assert.deepEqual(edits.over(fields), fields);
});
