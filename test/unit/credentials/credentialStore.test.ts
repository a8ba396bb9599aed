import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CredentialStore } from '../../../src/core/credentials/credentialStore.ts';
import type { AssumeRoleRequest, AwsCredentials, Provider } from '../../../src/core/providers/provider.ts';
import { emptyState } from '../../../src/core/providers/schema.ts';
import { accessKeySecret, externalIdSecret } from '../../../src/core/providers/secretStore.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { MemorySecrets, MemoryState } from '../../fakes/memory.ts';

const base = { partition: 'aws' as const, createdAt: 0, accountId: '111122223333' };
const keys: Provider = {
  ...base,
  kind: 'access-key',
  id: 'keys',
  name: 'deployer',
  arn: 'arn:aws:iam::111122223333:user/deployer',
};
const role = (id: string, sourceProviderId: string): Provider => ({
  ...base,
  kind: 'access-role',
  id,
  name: id,
  roleArn: `arn:aws:iam::111122223333:role/${id}`,
  sourceProviderId,
  sessionSeconds: 14_400,
  externalIdEnforced: true,
});

async function store(providers: readonly Provider[], account = '111122223333') {
  const state = new MemoryState({ ...emptyState('test'), providers });
  const secrets = new MemorySecrets();
  const clock = new FakeClock();
  await secrets.store(accessKeySecret('keys'), JSON.stringify({ accessKeyId: 'AKIA', secretAccessKey: 's' }));
  const requests: AssumeRoleRequest[] = [];
  const credentials = new CredentialStore({
    state,
    secrets,
    clock,
    callerIdentity: () => Promise.resolve({ accountId: account, arn: '', userId: '' }),
    loadProfile: (name) => Promise.resolve({ accessKeyId: name, secretAccessKey: 's' }),
    assumeRole: (source, request): Promise<AwsCredentials> => {
      requests.push(request);
      return Promise.resolve({
        ...source,
        sessionToken: request.roleArn,
        expiresAt: clock.now() + 3_600_000,
      });
    },
  });
  return { credentials, requests, state, secrets };
}

test('a role asks for its own session length with its ExternalId', async () => {
  const { credentials, requests, secrets } = await store([keys, role('a', 'keys')]);
  await secrets.store(externalIdSecret('a'), 'shared');
  await credentials.get('a');
  assert.deepEqual(
    requests.map(({ externalId, durationSeconds }) => ({ externalId, durationSeconds })),
    [{ externalId: 'shared', durationSeconds: 14_400 }],
  );
});

test('a chained role asks for an hour at most', async () => {
  const { credentials, requests } = await store([keys, role('a', 'keys'), role('b', 'a')]);
  await credentials.get('b');
  assert.deepEqual(
    requests.map(({ durationSeconds }) => durationSeconds),
    [14_400, 3600],
  );
});

test('three roles may follow one another, a fourth and a loop are refused', async () => {
  const chain = [
    keys,
    role('a', 'keys'),
    role('b', 'a'),
    role('c', 'b'),
    role('d', 'c'),
    role('x', 'y'),
    role('y', 'x'),
  ];
  const { credentials } = await store(chain);
  await credentials.get('c');
  const { credentials: fresh } = await store(chain);
  await assert.rejects(fresh.get('d'), { code: 'chain-too-long' });
  await assert.rejects(fresh.get('x'), { code: 'chain-too-long' });
});

test('credentials of another account reach nobody, and the provider shows why', async () => {
  const { credentials } = await store([keys], '999999999999');
  await assert.rejects(credentials.get('keys'), (error: Error & { code?: string }) => {
    assert.equal(error.code, 'account-mismatch');
    assert.match(error.message, /111122223333.*999999999999/);
    return true;
  });
  assert.equal(credentials.state('keys').state, 'error');
});

test('a removed provider and lost keys are said as such', async () => {
  const { credentials, secrets } = await store([keys]);
  await assert.rejects(credentials.get('gone'), { code: 'provider-gone' });
  await secrets.delete(accessKeySecret('keys'));
  await assert.rejects(credentials.get('keys'), { code: 'secret-lost' });
});
