import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Failure } from '../../../src/core/base/errors.ts';
import { emptyState } from '../../../src/core/providers/schema.ts';
import { externalIdSecret } from '../../../src/core/providers/secretStore.ts';
import type { AccessRoleProvider } from '../../../src/core/providers/provider.ts';
import { RoleOperations } from '../../../src/core/quickConnect/operations.ts';
import { parseOperation, type OperationKind } from '../../../src/core/quickConnect/roleOperation.ts';
import { roleTemplate, stackParameters } from '../../../src/core/quickConnect/template.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { FakeCloudFormation } from '../../fakes/cloudFormation.ts';
import { MemorySecrets, MemoryState } from '../../fakes/memory.ts';
import { rolePlan } from '../../fixtures/rolePlan.ts';

const plan = rolePlan();
const firstId = 'first-external-id';

/** A connected access role with its stack; the role accepts what the stack's parameters say. */
async function connected() {
  const cloud = new FakeCloudFormation();
  cloud.roleArn = plan.roleArn;
  const { stackId } = await cloud.create({
    name: plan.stackName,
    template: roleTemplate(plan),
    parameters: stackParameters(plan, firstId),
    tags: {},
    requestToken: 'first',
  });
  await cloud.find(stackId);
  const provider: AccessRoleProvider = {
    kind: 'access-role',
    id: plan.providerId,
    name: plan.alias,
    accountId: plan.accountId,
    partition: 'aws',
    roleArn: plan.roleArn,
    sourceProviderId: plan.sourceProviderId,
    stack: { id: stackId, name: plan.stackName, region: plan.region },
    plan,
    sessionSeconds: 3600,
    externalIdEnforced: true,
    createdAt: 0,
  };
  const state = new MemoryState({ ...emptyState('test'), providers: [provider] });
  const secrets = new MemorySecrets();
  await secrets.store(externalIdSecret(provider.id), firstId);
  const clock = new FakeClock();
  let ids = 0;
  const accepted = (): readonly string[] => {
    const parameters = cloud.living()[0]?.parameters ?? {};
    return [parameters['ExternalId'], parameters['NextExternalId']].filter(
      (id) => id !== undefined && id !== '',
    ) as string[];
  };
  const revoked: string[] = [];
  const open = () =>
    new RoleOperations({
      state,
      secrets,
      clock,
      random: (count) => crypto.getRandomValues(new Uint8Array(count)),
      newId: () => `id-${(ids += 1)}`,
      claim: () => Promise.resolve(() => Promise.resolve()),
      connect: () => ({
        stacks: cloud,
        keys: {
          list: () => Promise.resolve([]),
          create: () => Promise.reject(new Error()),
          delete: () => Promise.resolve(),
        },
        forgetCredentials: () => undefined,
        revokeLeases: (id) => Promise.resolve(void revoked.push(id)),
        callerIdentity: () => Promise.resolve({ accountId: plan.accountId, arn: '', userId: '' }),
        assume: (externalId) =>
          externalId !== undefined && accepted().includes(externalId)
            ? Promise.resolve({ accessKeyId: 'a', secretAccessKey: 's' })
            : Promise.reject(new Failure('access-denied', 'no')),
      }),
    });
  const stored = (): string | undefined => secrets.values.get(externalIdSecret(provider.id));
  return { cloud, state, secrets, provider, open, accepted, stored, revoked };
}

test('a new ExternalId: the role accepts it alone, and nothing of the change is left', async () => {
  const { open, provider, accepted, stored, secrets, state } = await connected();
  await open().run('rotate', provider.id);
  assert.notEqual(stored(), firstId);
  assert.deepEqual(accepted(), [stored()]);
  assert.deepEqual([...secrets.values.keys()], [externalIdSecret(provider.id)]);
  assert.deepEqual(state.state.pendingWork, []);
});

test('an update of a stack that is as it should be asks CloudFormation for nothing', async () => {
  const { open, provider, cloud } = await connected();
  let updates = 0;
  cloud.fault = (call) => {
    if (call === 'update') updates += 1;
    return undefined;
  };
  await open().run('update', provider.id);
  assert.equal(updates, 0);
});

test('an update brings the stack to the present template', async () => {
  const { open, provider, cloud } = await connected();
  const [stack] = cloud.stacks;
  assert.ok(stack);
  stack.text = 'of another version';
  await open().run('update', provider.id);
  assert.equal(stack.text, roleTemplate(plan));
});

test('deletion takes stack, provider, secrets and leases', async () => {
  const { open, provider, cloud, state, secrets, revoked } = await connected();
  await open().run('delete', provider.id);
  assert.deepEqual(cloud.living(), []);
  assert.deepEqual(state.state.providers, []);
  assert.equal(secrets.values.size, 0);
  assert.deepEqual(revoked, [provider.id]);
});

test('a role that others are assumed through is not deleted', async () => {
  const { open, provider, state, cloud } = await connected();
  await state.update((current) => ({
    ...current,
    providers: [...current.providers, { ...provider, id: 'other', sourceProviderId: provider.id }],
  }));
  await assert.rejects(open().run('delete', provider.id), { code: 'provider-in-use' });
  assert.equal(cloud.living().length, 1);
});

const story = fc.record({
  kind: fc.constantFrom<OperationKind>('update', 'rotate', 'delete'),
  faults: fc.dictionary(
    fc.nat({ max: 20 }).map(String),
    fc.record({
      when: fc.constantFrom('before' as const, 'after' as const),
      code: fc.constantFrom('network', 'server-error', 'unexpected'),
    }),
    { maxKeys: 6 },
  ),
});

test('with faults and restarts at any call: never locked out in between, and done in the end', async () => {
  await fc.assert(
    fc.asyncProperty(story, async ({ kind, faults }) => {
      const { open, provider, cloud, accepted, stored, state } = await connected();
      let calls = 0;
      cloud.fault = () => {
        calls += 1;
        const id = stored();
        if (cloud.living().length === 1 && id !== undefined && kind !== 'delete') {
          assert.ok(accepted().includes(id), 'the stored ExternalId is refused');
        }
        return faults[String(calls)];
      };
      for (let attempt = 0; attempt < 30; attempt += 1) {
        try {
          // Each attempt is a new window.
          await open().run(kind, provider.id);
          break;
        } catch (error) {
          assert.ok(error instanceof Failure);
          const [pending] = state.state.pendingWork;
          assert.ok(
            pending && parseOperation(pending)?.failure?.code === error.code,
            'a failure nothing lists',
          );
        }
      }
      assert.deepEqual(state.state.pendingWork, []);
      if (kind === 'delete') assert.deepEqual(cloud.living(), []);
      else assert.deepEqual(accepted(), [stored()]);
    }),
    { numRuns: 1000 },
  );
});
