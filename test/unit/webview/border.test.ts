import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ConnectIntent, RoleField } from '../../../src/protocol/connect.ts';
import { parseConnectIntent } from '../../../src/ui/panels/connect/parseIntent.ts';
import { parseConnectSnapshot } from '../../../src/webview/connect/parseSnapshot.ts';
import { connectViews } from '../../fixtures/connectViews.ts';

/** How a value arrives at the other side of a channel that knows JSON only. */
function sent(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

for (const [name, view] of Object.entries(connectViews)) {
  void test(`the snapshot ${name} arrives as it was sent`, () => {
    const snapshot = { type: 'snapshot', view };
    assert.deepEqual(parseConnectSnapshot(structuredClone(snapshot)), sent(snapshot));
    assert.deepEqual(parseConnectSnapshot(sent(snapshot)), sent(snapshot));
  });

  void test(`the snapshot ${name} with any one part replaced is refused or still complete`, () => {
    fc.assert(
      fc.property(fc.constantFrom(...paths(view)), fc.jsonValue(), (path, value) => {
        const parsed = parseConnectSnapshot({ type: 'snapshot', view: replaced(view, path, value) });
        if (parsed) assert.ok(Array.isArray(parsed.view.methods) && Array.isArray(parsed.view.checks));
      }),
      { numRuns: 50 },
    );
  });
}

void test('the page ignores anything that is not a snapshot', () => {
  for (const message of [
    undefined,
    null,
    1,
    'snapshot',
    [],
    {},
    { type: 'snapshot' },
    { type: 'other', view: connectViews['method'] },
  ]) {
    assert.equal(parseConnectSnapshot(message), undefined);
  }
  fc.assert(fc.property(fc.anything(), (value) => parseConnectSnapshot(value) === undefined));
});

const lists: readonly RoleField[] = ['policyArns', 'services', 'passTo'];
const lines: readonly RoleField[] = [
  'alias',
  'region',
  'accountId',
  'roleName',
  'boundaryArn',
  'sessionHours',
  'roleArn',
];
const roleFields: readonly RoleField[] = [...lines, ...lists];

const intents: readonly ConnectIntent[] = [
  { type: 'ready' },
  { type: 'selectMethod', method: 'sso' },
  { type: 'signIn' },
  { type: 'selectIdentity', id: 'profile:default' },
  { type: 'submitKeys', accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x' },
  { type: 'confirmIdentity' },
  { type: 'useAsItIs' },
  { type: 'setWay', way: 'create' },
  { type: 'setWay', way: 'console' },
  { type: 'setWay', way: 'existing' },
  { type: 'setMode', mode: 'simple' },
  { type: 'setMode', mode: 'advanced' },
  ...roleFields.map((field): ConnectIntent => ({ type: 'setRole', field, value: 'dev' })),
  { type: 'setPermissionKind', kind: 'administrator' },
  { type: 'setPermissionKind', kind: 'policies' },
  { type: 'setPermissionKind', kind: 'limited' },
  { type: 'setOnlyMe', onlyMe: true },
  { type: 'setStageLinked', id: 's#dev', linked: false },
  { type: 'viewTemplate' },
  { type: 'create' },
  { type: 'useExisting', externalId: '' },
  { type: 'useExisting', externalId: '0123456789abcdef' },
  { type: 'openConsole' },
  { type: 'submitRoleArn', roleArn: 'arn:aws:iam::111122223333:role/deploy' },
  { type: 'adopt' },
  { type: 'cancel' },
  { type: 'retry' },
  { type: 'deleteLeftover' },
  { type: 'back' },
  { type: 'saveUnverified' },
  { type: 'deploy' },
  { type: 'openTerminal' },
  { type: 'copy', text: 'arn' },
  { type: 'startOver' },
  { type: 'showLog' },
];

void test('the host understands every intent and drops what does not belong to it', () => {
  for (const intent of intents) {
    assert.deepEqual(parseConnectIntent(intent), intent);
    assert.deepEqual(parseConnectIntent({ ...intent, extra: 1 }), intent);
  }
});

void test('the host refuses an intent with a field missing, of another type or too long', () => {
  for (const intent of intents) {
    for (const field of Object.keys(intent)) {
      for (const value of [undefined, null, 7, {}, ['x'], 'x'.repeat(25_000)]) {
        assert.equal(parseConnectIntent({ ...intent, [field]: value }), undefined, `${intent.type}.${field}`);
      }
    }
  }
  for (const type of ['constructor', 'toString', '__proto__', '', 'Create']) {
    assert.equal(parseConnectIntent({ type }), undefined);
  }
  fc.assert(fc.property(fc.anything(), (value) => parseConnectIntent(value) === undefined));
});

void test('a list of entries may be longer than a line, an ExternalId no longer than AWS takes', () => {
  const takes = (intent: ConnectIntent): boolean => parseConnectIntent(intent) !== undefined;
  for (const field of lists) {
    assert.ok(takes({ type: 'setRole', field, value: 'x'.repeat(20_000) }), field);
    assert.ok(!takes({ type: 'setRole', field, value: 'x'.repeat(20_001) }), field);
  }
  for (const field of lines) {
    assert.ok(takes({ type: 'setRole', field, value: 'x'.repeat(2048) }), field);
    assert.ok(!takes({ type: 'setRole', field, value: 'x'.repeat(2049) }), field);
  }
  assert.ok(takes({ type: 'useExisting', externalId: 'x'.repeat(1224) }));
  assert.ok(!takes({ type: 'useExisting', externalId: 'x'.repeat(1225) }));
});

void test('the host refuses values that are not among the known ones, also those every object has', () => {
  for (const value of ['', 'Create', 'constructor', 'toString', '__proto__', 'hasOwnProperty']) {
    assert.equal(parseConnectIntent({ type: 'setWay', way: value }), undefined);
    assert.equal(parseConnectIntent({ type: 'setMode', mode: value }), undefined);
    assert.equal(parseConnectIntent({ type: 'setPermissionKind', kind: value }), undefined);
    assert.equal(parseConnectIntent({ type: 'setRole', field: value, value: 'x' }), undefined);
    assert.equal(parseConnectIntent({ type: 'setOnlyMe', onlyMe: value }), undefined);
  }
});

void test('the page refuses a role step with an unknown way, kind or state, and drops unknown fields', () => {
  const view = connectViews['roleAdvanced'] ?? assert.fail();
  const parse = (path: Path, by: unknown) =>
    parseConnectSnapshot({ type: 'snapshot', view: replaced(view, path, by) });
  for (const path of [
    ['role', 'way'],
    ['role', 'mode'],
    ['role', 'permissionKind'],
    ['role', 'fields', 'roleArn'],
  ]) {
    assert.equal(parse(path, 7), undefined, path.join('.'));
  }
  assert.equal(parse(['role', 'way'], 'magic'), undefined);
  const parsed = parse(['role', 'problems'], { roleName: 'no', other: 'yes' });
  assert.deepEqual(parsed?.view.role?.problems, { roleName: 'no' });
});

type Path = readonly string[];

function paths(value: unknown, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([key, child]) => paths(child, [...at, key]))];
}

function replaced(value: unknown, [key, ...rest]: Path, by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value))
    return value.map((child, index) => (String(index) === key ? replaced(child, rest, by) : child));
  const object = value as Readonly<Record<string, unknown>>;
  return { ...object, [key]: replaced(object[key], rest, by) };
}
