import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Failure } from '../../../src/core/base/errors.ts';
import { withProvider } from '../../../src/core/providers/registry.ts';
import { QuickConnectRuns } from '../../../src/core/quickConnect/runs.ts';
import { isResting, parseWork, type QuickConnectWork } from '../../../src/core/quickConnect/work.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { FakeCloudFormation } from '../../fakes/cloudFormation.ts';
import { MemorySecrets, MemoryState } from '../../fakes/memory.ts';
import { rolePlan } from '../../fixtures/rolePlan.ts';

const plan = rolePlan();

/** A machine with one account behind it; `open` gives a new window on it. */
function machine() {
  const state = new MemoryState();
  const secrets = new MemorySecrets();
  const clock = new FakeClock();
  const cloud = new FakeCloudFormation();
  cloud.roleArn = plan.roleArn;
  let enforced = true;
  let ids = 0;
  const saveProvider = async (work: QuickConnectWork): Promise<void> => {
    await state.update((current) =>
      withProvider(current, {
        kind: 'access-role',
        id: work.plan.providerId,
        name: work.plan.alias,
        accountId: work.plan.accountId,
        partition: 'aws',
        roleArn: work.plan.roleArn,
        sourceProviderId: work.plan.sourceProviderId,
        sessionSeconds: 3600,
        externalIdEnforced: work.externalIdEnforced,
        createdAt: clock.now(),
      }),
    );
  };
  const open = () =>
    new QuickConnectRuns({
      state,
      secrets,
      clock,
      random: (count) => new Uint8Array(count).fill(7),
      claim: () => Promise.resolve(() => Promise.resolve()),
      newId: () => `id-${(ids += 1)}`,
      connect: () => ({
        stacks: cloud,
        saveProvider,
        makeUserKey: () => Promise.resolve(),
        deleteUserKeys: () => Promise.resolve(),
        providerOfStack: () => undefined,
        verification: {
          clock,
          callerIdentity: () =>
            Promise.resolve({
              accountId: plan.accountId,
              arn: 'arn:aws:sts::111122223333:assumed-role/x/y',
              userId: '',
            }),
          assume: (withExternalId) => {
            const ready = cloud.living().some(({ status }) => status === 'CREATE_COMPLETE');
            if (!ready || (enforced && !withExternalId))
              return Promise.reject(new Failure('access-denied', 'no'));
            return Promise.resolve({ accessKeyId: 'a', secretAccessKey: 's' });
          },
        },
      }),
    });
  return { state, secrets, clock, cloud, open, letEverybodyIn: () => (enforced = false) };
}

/** Resolves when the run rests. */
function rested(runs: QuickConnectRuns): Promise<QuickConnectWork> {
  return new Promise((resolve) => {
    const look = (): void => {
      const run = runs.get(plan.providerId);
      if (run && !run.running && isResting(run.work.phase)) {
        subscription.dispose();
        resolve(run.work);
      }
    };
    const subscription = runs.onDidChange(look);
    look();
  });
}

test('a plan ends connected, with one stack and nothing pending', async () => {
  const { open, cloud, state, secrets } = machine();
  const runs = open();
  await runs.start(plan);
  assert.equal((await rested(runs)).phase.name, 'connected');
  assert.equal(cloud.living().length, 1);
  assert.deepEqual(state.state.pendingWork, []);
  assert.equal(state.state.providers.length, 1);
  assert.equal(secrets.values.size, 1);
});

test('the work is in the state file before AWS is asked for anything', async () => {
  const { open, cloud, state } = machine();
  let pendingAtCreate = 0;
  cloud.fault = (call) => {
    if (call === 'create') pendingAtCreate = state.state.pendingWork.length;
    return undefined;
  };
  const runs = open();
  await runs.start(plan);
  await rested(runs);
  assert.equal(pendingAtCreate, 1);
});

test('a failed resource shows its reason; retry deletes the failed stack and makes a new one', async () => {
  const { open, cloud } = machine();
  cloud.failing = true;
  const runs = open();
  await runs.start(plan);
  const { phase } = await rested(runs);
  assert.ok(phase.name === 'failed');
  assert.match(phase.failure.message, /AccessRole .*not allowed here/);
  cloud.failing = false;
  await runs.retry(plan.providerId);
  assert.equal((await rested(runs)).phase.name, 'connected');
  assert.equal(cloud.living().length, 1);
});

test('a foreign stack of the same name is neither touched nor taken for ours', async () => {
  const { open, cloud } = machine();
  await cloud.create({
    name: plan.stackName,
    template: '',
    parameters: [],
    tags: {},
    requestToken: 'theirs',
  });
  const runs = open();
  await runs.start(plan);
  const { phase } = await rested(runs);
  assert.ok(
    phase.name === 'failed' && phase.failure.code === 'stack-name-taken' && phase.stackId === undefined,
  );
  assert.equal(cloud.living().length, 1);
  await runs.cleanUp(plan.providerId);
  assert.equal((await rested(runs)).phase.name, 'cancelled');
  assert.equal(cloud.living().length, 1);
});

test('a role that lets everybody in is saved only by choice, and marked', async () => {
  const { open, letEverybodyIn, state } = machine();
  letEverybodyIn();
  const runs = open();
  await runs.start(plan);
  assert.equal((await rested(runs)).phase.name, 'unverified');
  assert.equal(state.state.providers.length, 0);
  await runs.keepUnverified(plan.providerId);
  assert.equal((await rested(runs)).phase.name, 'connected');
  const [provider] = state.state.providers;
  assert.ok(provider?.kind === 'access-role' && !provider.externalIdEnforced);
});

type Action = 'reload' | 'cancel' | 'retry' | 'cleanUp' | 'keep';
const codes = ['network', 'throttled', 'server-error', 'access-denied', 'expired-credentials', 'unexpected'];

/** Faults by call number; then actions by a person at those call numbers. */
const story = fc.record({
  faults: fc.dictionary(
    fc.nat({ max: 25 }).map(String),
    fc.oneof(
      fc.record({ when: fc.constant('before' as const), code: fc.constantFrom(...codes) }),
      // A call that took effect is never answered with a refusal.
      fc.record({
        when: fc.constant('after' as const),
        code: fc.constantFrom('network', 'server-error', 'unexpected'),
      }),
    ),
    { maxKeys: 6 },
  ),
  failing: fc.boolean(),
  open: fc.boolean(),
  actions: fc.array(fc.constantFrom<Action>('reload', 'cancel', 'retry', 'cleanUp', 'keep'), {
    maxLength: 6,
  }),
  moments: fc.array(fc.nat({ max: 12 }), { minLength: 6, maxLength: 6 }),
});

test('faults, reloads and second thoughts: ends connected, cleanly over or resumable; never two stacks, never an unlisted leftover', async () => {
  await fc.assert(
    fc.asyncProperty(story, async ({ faults, failing, open: everybody, actions, moments }) => {
      const world = machine();
      if (everybody) world.letEverybodyIn();
      world.cloud.failing = failing;
      let calls = 0;
      let waiting: { readonly at: number; readonly resolve: () => void } | undefined;
      world.cloud.fault = () => {
        calls += 1;
        if (waiting && calls >= waiting.at) waiting.resolve();
        assert.ok(world.cloud.living().length <= 1, 'two stacks');
        return faults[String(calls)];
      };
      let runs = world.open();
      await runs.start(plan);
      for (const [index, action] of actions.entries()) {
        const moment = new Promise<void>((resolve) => {
          waiting = { at: calls + (moments[index] ?? 0), resolve };
        });
        await Promise.race([moment, rested(runs)]);
        if (action === 'reload') {
          runs.dispose();
          await new Promise(setImmediate);
          runs = world.open();
          const [work] = await runs.unfinished();
          if (!work) break;
          runs.resume(work);
        } else if (action === 'cancel') await runs.cancel(plan.providerId);
        else if (action === 'retry') await runs.retry(plan.providerId);
        else if (action === 'cleanUp') await runs.cleanUp(plan.providerId);
        else await runs.keepUnverified(plan.providerId);
      }
      if (runs.get(plan.providerId)) await rested(runs);
      const stacks = world.cloud.living();
      const pending = world.state.state.pendingWork.map(parseWork);
      const connected = world.state.state.providers.length === 1;
      assert.ok(stacks.length <= 1);
      if (stacks.length === 1) assert.ok(connected || pending.length === 1, 'a stack that nothing lists');
      if (connected) assert.equal(stacks.length, 1);
      assert.ok(pending.every((work) => work !== undefined && isResting(work.phase)));
    }),
    { numRuns: 2000 },
  );
});
