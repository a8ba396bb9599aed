/** Bundled and run alone, as `credentials.js <providers>`: prints what is spent on credentials that are there already. */
import { CredentialStore } from '../../../src/core/credentials/credentialStore.ts';
import { emptyState, parseState, serializeState } from '../../../src/core/providers/schema.ts';
import { accessKeySecret } from '../../../src/core/providers/secretStore.ts';
import { systemClock } from '../../../src/platform/node/clock.ts';
import { providerRows } from '../../../src/ui/tree/providerRows.ts';
import { MemorySecrets, MemoryState } from '../../fakes/memory.ts';
import { accessRole } from './workspace.ts';

const count = Number(process.argv[2]);
const { id, name, accountId, partition, createdAt } = accessRole(0);
const user = {
  id,
  name,
  accountId,
  partition,
  createdAt,
  kind: 'access-key',
  arn: `arn:aws:iam::${accountId}:user/u`,
} as const;
const providers = [user, ...Array.from({ length: count - 1 }, (_, index) => accessRole(index + 1))];
const state = { ...emptyState('bench'), providers };
const secrets = new MemorySecrets();
await secrets.store(
  accessKeySecret(id),
  JSON.stringify({ accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x' }),
);
const store = new CredentialStore({
  state: new MemoryState(state),
  secrets,
  clock: systemClock,
  callerIdentity: ({ accessKeyId }) => {
    const account = accessKeyId.startsWith('ASIA') ? accessKeyId.slice(4) : accountId;
    return Promise.resolve({ accountId: account, arn: `arn:aws:iam::${account}:user/u`, userId: 'u' });
  },
  assumeRole: (_source, { roleArn }) =>
    Promise.resolve({
      accessKeyId: `ASIA${roleArn.split(':')[4] ?? ''}`,
      secretAccessKey: 'x',
      sessionToken: 'x',
      expiresAt: Date.now() + 3_600_000,
    }),
  loadProfile: () => Promise.reject(new Error('Not in the benchmark.')),
});
for (const provider of providers) await store.get(provider.id);

const getTimes: number[] = [];
for (let round = 0; round < 5000; round += 1) {
  const wanted = providers[(round * 13) % count]?.id ?? '';
  const start = performance.now();
  await store.get(wanted, 1800);
  getTimes.push(performance.now() - start);
}

const text = serializeState(state);
const rowTimes: number[] = [];
const parseTimes: number[] = [];
for (let round = 0; round < 7; round += 1) {
  const start = performance.now();
  const groups = providerRows(
    { providers, stages: [] },
    { now: Date.now(), credentialState: (provider) => store.state(provider) },
  );
  if (groups.flatMap((group) => group.children).length !== count) throw new Error('Rows are missing.');
  rowTimes.push(performance.now() - start);
  const parsing = performance.now();
  if (parseState(text).kind !== 'ok') throw new Error('The state cannot be read.');
  parseTimes.push(performance.now() - parsing);
}
store.dispose();
process.stdout.write(JSON.stringify({ getTimes, rowTimes, parseTimes }));
