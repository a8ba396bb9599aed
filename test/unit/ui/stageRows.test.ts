import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Failure } from '../../../src/core/base/errors.ts';
import { providerRows } from '../../../src/ui/tree/providerRows.ts';
import type { Row } from '../../../src/ui/tree/row.ts';
import { healthOf, markdownText, plainText, timeLeft } from '../../../src/ui/tree/row.ts';
import { stageRows } from '../../../src/ui/tree/stageRows.ts';
import { accessKey, accessRole, ssoRole } from '../stages/providers.ts';
import { contextWith, flatten, inMinutes, now, service, snapshotOf } from './snapshots.ts';

const providers = [
  accessRole('p1', '111111111111', 'shop-dev'),
  accessRole('p2', '222222222222', 'shop-prod'),
];
const links = {
  dev: { account: '111111111111' },
  prod: { account: '222222222222', protected: true },
  qa: { account: '222222222222', provider: 'shop-dev' },
};
const shop = service('shop', ['dev', 'prod', 'qa', 'uat']);
const outline = (rows: readonly Row[]): readonly string[] =>
  rows.map(({ label, description }) => `${label}: ${description}`);

void test('a single service is not wrapped; each stage says what it is connected to', () => {
  const context = contextWith({
    p1: { state: 'ready', expiresAt: inMinutes(42) },
    p2: { state: 'expired', expiresAt: inMinutes(-1) },
  });
  const rows = stageRows(snapshotOf([shop], providers, links), context);
  assert.deepEqual(outline(rows), [
    'dev: active · shop-dev · 111111111111 · eu-west-1 · 42 min left',
    'prod: shop-prod · 222222222222 · eu-west-1 · expired',
    'qa: wrong account · 222222222222 · eu-west-1',
    'uat: not linked · eu-west-1',
  ]);
  assert.deepEqual(
    rows.map(({ contextValue }) => contextValue),
    ['stage;linked;active;', 'stage;linked;protected;', 'stage;unlinked;problem;', 'stage;unlinked;'],
  );
  assert.deepEqual(
    rows.map(({ icon }) => icon?.id),
    ['circle-filled', 'shield', 'error', 'circle-slash'],
  );
});

void test('several services are rows, the active one open', () => {
  const rows = stageRows(
    snapshotOf([service('a', ['dev']), service('b', ['dev'])], [], {}, '/w/b#dev'),
    contextWith(),
  );
  assert.deepEqual(
    rows.map(({ label, description, expanded }) => [label, description, expanded]),
    [
      ['a', 'a', false],
      ['b', 'b', true],
    ],
  );
});

void test('details: provider, account, role, region, link and where the stage was found', () => {
  const [dev, , qa] = stageRows(snapshotOf([shop], providers, links), contextWith());
  assert.deepEqual(
    dev?.children.map(({ contextValue }) => contextValue),
    [
      'detail;provider;',
      'detail;account;',
      'detail;role;',
      'detail;region;',
      'detail;link;',
      'detail;origin;',
    ],
  );
  assert.deepEqual(dev?.children.at(-1)?.open, { file: '/w/shop/serverless.yml', line: 2 });
  assert.equal(qa?.children[0]?.contextValue, 'detail;problem;');
  assert.match(qa?.children[0]?.description ?? '', /111111111111.*222222222222/);
});

void test('failures are rows: unreadable config, invalid link, failed search', () => {
  const broken = service('shop', [], { problem: { message: 'Nested mapping', line: 3 } });
  const rows = stageRows(
    { ...snapshotOf([broken], [], { 'a b': {} }), problem: 'search is broken' },
    contextWith(),
  );
  assert.deepEqual(outline(rows), [
    'The workspace could not be searched: search is broken',
    'a b: A key is a stage, a pattern with * and ?, or one of these after “service/”.',
    'serverless.yml:3: Nested mapping',
  ]);
  assert.deepEqual(rows[2]?.open, { file: '/w/shop/serverless.yml', line: 3 });
});

void test('nothing is shown before the stages are known', () => {
  const snapshot = { ...snapshotOf([shop]), state: 'loading' } as const;
  assert.deepEqual(stageRows(snapshot, contextWith()), []);
});

void test('providers: grouped by kind and session, with state, default and their stages', () => {
  const all = [...providers, ssoRole('s', '111111111111', 'Admin'), accessKey('k', '333333333333')];
  const { stages } = snapshotOf([shop], providers, links);
  const failure = new Failure('sign-in-needed', 'The session is over.');
  const rows = providerRows(
    { providers: all, stages, defaultProvider: 'shop-prod', sessionName: () => 'acme' },
    contextWith({
      p1: { state: 'expiring', expiresAt: inMinutes(5) },
      s: { state: 'error', failure },
      k: { state: 'ready' },
    }),
  );
  assert.deepEqual(outline(rows), ['Access role: 2', 'IAM Identity Center: acme', 'Access keys: ']);
  assert.deepEqual(
    rows.map(({ contextValue }) => contextValue),
    ['group;access-role;', 'session;sso-role;', 'group;access-key;'],
  );
  assert.deepEqual(
    rows.flatMap(({ children }) => outline(children)),
    [
      'shop-dev: 111111111111 · expiring · 5 min left',
      'shop-prod: 222222222222 · default',
      's: 111111111111 · needs sign-in',
      'k: 333333333333 · ready',
    ],
  );
  assert.deepEqual(
    rows.flatMap(({ children }) => children.map(({ contextValue }) => contextValue)),
    [
      'provider;access-role;expiring;linked;',
      'provider;access-role;idle;default;linked;',
      'provider;sso-role;needs-sign-in;',
      'provider;access-key;ready;',
    ],
  );
  assert.deepEqual(outline(rows[0]?.children[0]?.children ?? []), ['shop / dev: active · eu-west-1']);
  assert.deepEqual(outline(rows[1]?.children[0]?.children ?? []), ['Problem: The session is over.']);
});

const lefts: readonly (readonly [number, string])[] = [
  [-1, 'expired'],
  [0, 'expired'],
  [0.5, 'less than 1 min left'],
  [1, '1 min left'],
  [59.9, '59 min left'],
  [60, '1 h left'],
  [125, '2 h 5 min left'],
];
for (const [minutes, text] of lefts) {
  void test(`time left: ${minutes} min`, () => assert.equal(timeLeft(inMinutes(minutes), now), text));
}

void test('time left of permanent credentials is not shown; other failures are errors', () => {
  assert.equal(timeLeft(undefined, now), undefined);
  assert.equal(healthOf({ state: 'error', failure: new Failure('network', 'No network.') }), 'error');
});

void test('names from files cannot draw links, images or icons', () => {
  assert.equal(markdownText('[a](command:x)\n# b'), String.raw`\[a\]\(command\:x\) \# b`);
  assert.equal(plainText('$(sync~spin)'), String.raw`\$(sync~spin)`);
  const odd = service('<img src=x>', ['dev']);
  const [row] = stageRows(snapshotOf([odd, shop]), contextWith());
  assert.doesNotMatch(row?.tooltip ?? '', /(?<!\\)<img/);
});

const stageNames = fc.uniqueArray(fc.constantFrom('dev', 'prod', 'qa', 'a.b', '7'), { maxLength: 4 });
const serviceLists = fc.uniqueArray(
  fc.record({ name: fc.constantFrom('a', 'b', 'a/b', 'c#d'), stages: stageNames, broken: fc.boolean() }),
  { selector: ({ name }) => name, maxLength: 4 },
);

void test('property: row ids are unique, and stay when links, credentials and the active stage change', () => {
  fc.assert(
    fc.property(serviceLists, fc.boolean(), (list, linked) => {
      const services = list.map(({ name, stages, broken }) =>
        service(name, stages, broken ? { problem: { message: 'x' } } : {}),
      );
      const before = snapshotOf(
        services,
        providers,
        linked ? links : { '*': { account: '111111111111' }, 'x y': 1 },
      );
      const rows = stageRows(before, contextWith());
      const ids = flatten(rows).map(({ id }) => id);
      assert.equal(new Set(ids).size, ids.length);
      const later = stageRows(
        snapshotOf(services, [], {}, before.stages.at(-1)?.id),
        contextWith({ p1: { state: 'expired' } }),
      );
      const stageIds = (rows: readonly Row[]): readonly string[] =>
        flatten(rows)
          .filter(({ contextValue }) => /^(stage|service);/.test(contextValue))
          .map(({ id }) => id);
      assert.deepEqual(stageIds(rows), stageIds(later));
      const provided = flatten(providerRows({ providers, stages: before.stages }, contextWith())).map(
        ({ id }) => id,
      );
      assert.equal(new Set(provided).size, provided.length);
    }),
  );
});
