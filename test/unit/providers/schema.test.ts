import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { emptyState, parseState, serializeState } from '../../../src/core/providers/schema.ts';

test('any text is parsed without throwing', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void parseState(text)));
});

test('what was written is read back', () => {
  const state = { ...emptyState('id'), pendingWork: [{ id: 'w', kind: 'k', data: { a: 1 } }] };
  assert.deepEqual(parseState(serializeState(state)), { kind: 'ok', state });
});

test('records that make no sense are left out, the rest is kept', () => {
  const good = {
    kind: 'profile',
    id: 'p',
    name: 'n',
    accountId: '111122223333',
    partition: 'aws',
    profile: 'x',
    arn: 'a',
    createdAt: 0,
  };
  const text = JSON.stringify({
    version: 1,
    installId: 'i',
    providers: [good, { ...good, accountId: '1' }, 5],
    pendingWork: [null],
  });
  const parsed = parseState(text);
  assert.ok(parsed.kind === 'ok');
  assert.deepEqual(parsed.state.providers, [good]);
  assert.deepEqual(parsed.state.pendingWork, []);
});

test('a newer version is told from a damaged file', () => {
  assert.equal(parseState('{"version":2,"installId":"i"}').kind, 'newer');
  assert.equal(parseState('{"version":1').kind, 'damaged');
  assert.equal(parseState('{"version":1}').kind, 'damaged');
});
