import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Failure } from '../../../src/core/base/errors.ts';
import { CachedCredentials, failedRetryGapMs, retryGapMs } from '../../../src/core/credentials/refresh.ts';
import type { AwsCredentials } from '../../../src/core/providers/provider.ts';
import { FakeClock } from '../../fakes/clock.ts';

const minute = 60_000;

/** A source of numbered credentials that live for `lifeMs`; `fail` makes the next calls fail. */
function source(lifeMs: number | undefined) {
  const clock = new FakeClock();
  const state = { calls: 0, fail: undefined as Failure | undefined };
  const cached = new CachedCredentials(async () => {
    state.calls += 1;
    await Promise.resolve();
    if (state.fail) throw state.fail;
    const credentials: AwsCredentials = { accessKeyId: `key-${state.calls}`, secretAccessKey: 's' };
    return lifeMs === undefined ? credentials : { ...credentials, expiresAt: clock.now() + lifeMs };
  }, clock);
  return { clock, state, cached };
}

test('concurrent callers share one request', async () => {
  const { cached, state } = source(60 * minute);
  const answers = await Promise.all(Array.from({ length: 50 }, () => cached.get(0)));
  assert.equal(state.calls, 1);
  assert.equal(new Set(answers).size, 1);
});

test('an hour is renewed when less than 20 minutes are left, 15 minutes when less than 5', async () => {
  for (const [life, kept, renewed] of [
    [60, 39, 41],
    [15, 9, 11],
  ] as const) {
    const { cached, clock, state } = source(life * minute);
    await cached.get(0);
    clock.advance(kept * minute);
    await cached.get(0);
    assert.equal(state.calls, 1);
    clock.advance((renewed - kept) * minute);
    await cached.get(0);
    assert.equal(state.calls, 2);
  }
});

test('asking for more life than is ever given does not renew at each call', async () => {
  const { cached, clock, state } = source(15 * minute);
  await cached.get(30 * 60);
  clock.advance(retryGapMs / 2);
  await cached.get(30 * 60);
  assert.equal(state.calls, 1);
});

test('what is valid is kept while renewing fails, and one attempt is made per gap', async () => {
  const { cached, clock, state } = source(60 * minute);
  const first = await cached.get(0);
  clock.advance(50 * minute);
  state.fail = new Failure('network', 'offline');
  assert.equal(await cached.get(0), first);
  assert.equal(await cached.get(0), first);
  assert.equal(state.calls, 2);
  clock.advance(retryGapMs);
  assert.equal(await cached.get(0), first);
  assert.equal(state.calls, 3);
  clock.advance(10 * minute);
  await assert.rejects(cached.get(0), { code: 'network' });
});

test('a person who tries again after a failure is not kept waiting, a tool cannot hammer', async () => {
  const { cached, clock, state } = source(undefined);
  state.fail = new Failure('network', 'offline');
  await assert.rejects(cached.get(0));
  await assert.rejects(cached.get(0));
  assert.equal(state.calls, 1);
  state.fail = undefined;
  clock.advance(failedRetryGapMs);
  assert.equal((await cached.get(0)).accessKeyId, 'key-2');
});

test('permanent credentials are asked for once', async () => {
  const { cached, clock, state } = source(undefined);
  await cached.get(0);
  clock.advance(365 * 24 * 60 * minute);
  await cached.get(3600);
  assert.equal(state.calls, 1);
});

test('after clear, an answer under way reaches nobody and is not kept', async () => {
  const { cached } = source(60 * minute);
  const asked = cached.get(0);
  cached.clear();
  await assert.rejects(asked, { code: 'provider-gone' });
  assert.equal(cached.held, undefined);
});

test('whatever the order of waits and failures, nothing expired is handed out', async () => {
  const step = fc.record({ waitMs: fc.nat({ max: 90 * minute }), fails: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 15, max: 720 }), fc.array(step), async (lifeMinutes, steps) => {
      const { cached, clock, state } = source(lifeMinutes * minute);
      for (const { waitMs, fails } of steps) {
        clock.advance(waitMs);
        state.fail = fails ? new Failure('network', 'offline') : undefined;
        const credentials = await cached.get(0).catch(() => undefined);
        if (credentials) assert.ok((credentials.expiresAt ?? 0) > clock.now());
      }
    }),
  );
});
