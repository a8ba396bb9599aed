import { Failure } from '../base/errors.ts';
import type { AwsCredentials } from '../providers/provider.ts';
import { withProvider } from '../providers/registry.ts';
import { accessKeySecret, type SecretStore } from '../providers/secretStore.ts';
import type { StateFile } from '../providers/stateFile.ts';
import type { QuickConnectWork } from './work.ts';

/** Access keys of one IAM user, with the creator's identity. Throws Failure (`AwsFailureCode`); no user = no keys. */
export interface UserKeyApi {
  list(userName: string, signal?: AbortSignal): Promise<readonly string[]>;
  create(userName: string, signal?: AbortSignal): Promise<AwsCredentials>;
  delete(userName: string, accessKeyId: string, signal?: AbortSignal): Promise<void>;
}

export interface UserKeyPorts {
  readonly state: StateFile;
  readonly secrets: SecretStore;
  readonly keys: UserKeyApi;
  readonly now: () => number;
}

/**
 * Makes the quick-start user's one key and stores it: first the secret, then the provider. A key left over from a crash
 * between AWS's answer and the secret store is of no use to anyone and is deleted before a new one is made.
 */
export async function makeUserKey(
  work: QuickConnectWork,
  ports: UserKeyPorts,
  signal: AbortSignal,
): Promise<void> {
  const { plan } = work;
  const { user } = plan;
  if (user === undefined) throw new Failure('unexpected', 'This plan has no user of its own.');
  const secret = accessKeySecret(plan.sourceProviderId);
  const stored = await ports.secrets.load(secret);
  const storedId = stored === undefined ? undefined : (JSON.parse(stored) as AwsCredentials).accessKeyId;
  const existing = await ports.keys.list(user, signal);
  for (const id of existing) if (id !== storedId) await ports.keys.delete(user, id, signal);
  if (storedId === undefined || !existing.includes(storedId)) {
    const { accessKeyId, secretAccessKey } = await ports.keys.create(user, signal);
    await ports.secrets.store(secret, JSON.stringify({ accessKeyId, secretAccessKey }));
  }
  await ports.state.update((state) =>
    withProvider(state, {
      kind: 'access-key',
      id: plan.sourceProviderId,
      name: user,
      accountId: plan.accountId,
      partition: plan.partition,
      arn: `arn:${plan.partition}:iam::${plan.accountId}:user/${user}`,
      createdAt: ports.now(),
    }),
  );
}

/** Deletes every key of the quick-start user in AWS, then the secret and the provider here. */
export async function deleteUserKeys(
  work: QuickConnectWork,
  ports: UserKeyPorts,
  signal: AbortSignal,
): Promise<void> {
  const { user, sourceProviderId } = work.plan;
  if (user === undefined) return;
  for (const id of await ports.keys.list(user, signal)) await ports.keys.delete(user, id, signal);
  await ports.secrets.delete(accessKeySecret(sourceProviderId));
  await ports.state.update((state) => ({
    ...state,
    providers: state.providers.filter(({ id }) => id !== sourceProviderId),
  }));
}
