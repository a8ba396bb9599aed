import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CredentialState } from '../../../src/core/credentials/credentialStore.ts';
import { Failure } from '../../../src/core/base/errors.ts';
import type { Clock } from '../../../src/core/base/clock.ts';
import { statusBarItem } from '../../../src/ui/statusBar/activeStage.ts';
import { minuteTick } from '../../../src/ui/statusBar/minuteTick.ts';
import { pickStage } from '../../../src/ui/statusBar/stagePick.ts';
import { accessRole } from '../stages/providers.ts';
import { contextWith, inMinutes, service, snapshotOf } from './snapshots.ts';

const provider = accessRole('p1', '111111111111', 'shop-dev');
const account = { account: '111111111111' };

const cases: readonly {
  name: string;
  links: unknown;
  state?: CredentialState;
  text: string;
  background: string;
}[] = [
  {
    name: 'linked, not used yet',
    links: { dev: account },
    text: '$(cloud) dev · shop-dev',
    background: 'none',
  },
  {
    name: 'ready',
    links: { dev: account },
    state: { state: 'ready', expiresAt: inMinutes(42) },
    text: '$(cloud) dev · shop-dev · 42 min left',
    background: 'none',
  },
  {
    name: 'protected',
    links: { dev: { ...account, protected: true } },
    state: { state: 'ready', expiresAt: inMinutes(42) },
    text: '$(shield) dev · shop-dev · 42 min left',
    background: 'warning',
  },
  {
    name: 'expired, even when protected',
    links: { dev: { ...account, protected: true } },
    state: { state: 'expired', expiresAt: inMinutes(-1) },
    text: '$(error) dev · shop-dev · expired',
    background: 'error',
  },
  {
    name: 'signed out',
    links: { dev: account },
    state: { state: 'error', failure: new Failure('sign-in-needed', 'Over.') },
    text: '$(error) dev · shop-dev · needs sign-in',
    background: 'error',
  },
  {
    name: 'mismatched',
    links: { dev: { account: '222222222222', provider: 'shop-dev' } },
    text: '$(error) dev · wrong account',
    background: 'error',
  },
  {
    name: 'no provider yet',
    links: { dev: { account: '222222222222' } },
    text: '$(circle-slash) dev · no provider yet',
    background: 'none',
  },
  { name: 'not linked', links: {}, text: '$(circle-slash) dev · not linked', background: 'none' },
];
for (const { name, links, state, text, background } of cases) {
  void test(`status bar: ${name}`, () => {
    const item = statusBarItem(
      snapshotOf([service('shop', ['dev'])], [provider], links),
      contextWith(state ? { p1: state } : {}),
    );
    assert.equal(item?.text, text);
    assert.equal(item?.background, background);
    assert.equal(item?.command, 'awsProviders.switchStage');
  });
}

void test('status bar: tooltip and spoken label hold the whole identity and the origin of the link', () => {
  const item = statusBarItem(
    snapshotOf([service('shop', ['dev'])], [provider], { dev: { ...account, protected: true } }),
    contextWith({ p1: { state: 'ready', expiresAt: inMinutes(42) } }),
  );
  for (const part of [
    /shop\\-dev/,
    /111111111111/,
    /eu\\-west\\-1/,
    /workspace settings/,
    /serverless\\.yml\\:2/,
  ]) {
    assert.match(item?.tooltip ?? '', part);
  }
  assert.equal(
    item?.accessibilityLabel,
    'AWS stage dev of shop, provider shop-dev, account 111111111111, 42 min left, protected',
  );
});

void test('status bar: the service is named where there are several; nothing without a stage', () => {
  const several = snapshotOf([service('a', ['dev']), service('b', ['dev'])]);
  assert.match(statusBarItem(several, contextWith())?.text ?? '', /a\/dev/);
  assert.equal(statusBarItem(snapshotOf([]), contextWith()), undefined);
});

void test('pick: services as headings, account and state, only usable buttons', () => {
  const snapshot = snapshotOf([service('a', ['dev', 'prod']), service('b', ['dev'])], [provider], {
    'a/dev': account,
    'a/prod': { account: '222222222222', protected: true },
  });
  const items = pickStage(snapshot, contextWith({ p1: { state: 'ready', expiresAt: inMinutes(42) } }));
  assert.deepEqual(
    items.map((item) =>
      item.kind === 'service' ? item.label : [item.label, item.description, item.buttons.length],
    ),
    [
      'a',
      ['dev', 'active · shop-dev · 111111111111 · eu-west-1 · 42 min left', 3],
      ['$(shield) prod', 'no provider yet · 222222222222 · eu-west-1', 1],
      'b',
      ['dev', 'not linked · eu-west-1', 1],
    ],
  );
});

void test('the minute tick fires each minute and ends with its listener', async () => {
  const waits: { ms: number; resolve: () => void }[] = [];
  const clock: Clock = {
    now: () => 0,
    wait: (ms, signal) =>
      new Promise((resolve, reject) => {
        waits.push({ ms, resolve });
        signal?.addEventListener('abort', () => reject(new Error('aborted')));
      }),
  };
  let ticks = 0;
  const listening = minuteTick(clock)(() => (ticks += 1));
  assert.equal(waits[0]?.ms, 60_000);
  waits[0]?.resolve();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(ticks, 1);
  listening.dispose();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(waits.length, 2);
});
