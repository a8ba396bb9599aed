import type { Clock } from '../base/clock.ts';
import { Failure } from '../base/errors.ts';
import type {
  AccessKeyProvider,
  CallerIdentity,
  LoadCallerIdentity,
  ProfileProvider,
} from '../providers/provider.ts';
import { freeName, withProvider } from '../providers/registry.ts';
import { accessKeySecret, type SecretStore } from '../providers/secretStore.ts';
import type { StateFile } from '../providers/stateFile.ts';
import { partitionOf, refuseRoot, suggestedName } from './identity.ts';

export interface AddIdentityPorts {
  readonly state: StateFile;
  readonly secrets: SecretStore;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly callerIdentity: LoadCallerIdentity;
}

export interface AccessKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** An identity that AWS has confirmed but that is not saved yet. */
export interface ConfirmedIdentity<Source> {
  readonly source: Source;
  readonly identity: CallerIdentity;
}

/** @throws Failure `invalid-keys` when AWS could not have issued them. */
export function assertKeyFormat(keys: AccessKeys): void {
  if (keys.accessKeyId.startsWith('ASIA')) {
    throw new Failure(
      'invalid-keys',
      'These are temporary keys (ASIA…): they would stop working within hours.',
      {
        hint: 'Use the long-lived keys of an IAM user (AKIA…), a local profile or IAM Identity Center.',
      },
    );
  }
  if (!/^AKIA[A-Z0-9]{12,124}$/.test(keys.accessKeyId)) {
    throw new Failure(
      'invalid-keys',
      'This is not an access key id: it starts with AKIA and has 20 characters.',
      {
        hint: 'Find it in the IAM console under “Security credentials” of the user.',
      },
    );
  }
  if (!/^[A-Za-z0-9/+=]{40}$/.test(keys.secretAccessKey)) {
    throw new Failure('invalid-keys', 'This is not a secret access key: it has 40 characters.', {
      hint: 'It is shown only once, when the key is created. Create a new key if you do not have it.',
    });
  }
}

/** Asks AWS who the keys are before anything is saved. Throws Failure `invalid-keys`, `root-identity` or an AWS failure. */
export async function confirmKeys(
  keys: AccessKeys,
  region: string,
  ports: AddIdentityPorts,
  signal?: AbortSignal,
): Promise<ConfirmedIdentity<AccessKeys>> {
  const trimmed = { accessKeyId: keys.accessKeyId.trim(), secretAccessKey: keys.secretAccessKey.trim() };
  assertKeyFormat(trimmed);
  const identity = await ports.callerIdentity(trimmed, region, signal);
  refuseRoot(identity);
  return { source: trimmed, identity };
}

/** Saves confirmed keys: the secret first, then the provider, so that no provider is ever without its keys. */
export async function saveKeys(
  confirmed: ConfirmedIdentity<AccessKeys>,
  ports: AddIdentityPorts,
): Promise<AccessKeyProvider> {
  const { identity, source } = confirmed;
  const known = (await ports.state.load()).providers.find(
    (each): each is AccessKeyProvider => each.kind === 'access-key' && each.arn === identity.arn,
  );
  const id = known?.id ?? ports.newId();
  await ports.secrets.store(accessKeySecret(id), JSON.stringify(source));
  if (known) return known;
  return saveNew(
    ports,
    (name) => ({
      kind: 'access-key',
      id,
      name,
      accountId: identity.accountId,
      partition: partitionOf(identity),
      arn: identity.arn,
      createdAt: ports.clock.now(),
    }),
    suggestedName(identity),
  );
}

/** Saves a confirmed profile as a provider; the profile's files are only ever read. */
export async function saveProfile(
  confirmed: ConfirmedIdentity<string>,
  ports: AddIdentityPorts,
): Promise<ProfileProvider> {
  const { identity, source } = confirmed;
  const known = (await ports.state.load()).providers.find(
    (each): each is ProfileProvider =>
      each.kind === 'profile' && each.profile === source && each.accountId === identity.accountId,
  );
  if (known) return known;
  const id = ports.newId();
  return saveNew(
    ports,
    (name) => ({
      kind: 'profile',
      id,
      name,
      accountId: identity.accountId,
      partition: partitionOf(identity),
      profile: source,
      arn: identity.arn,
      createdAt: ports.clock.now(),
    }),
    source,
  );
}

async function saveNew<P extends AccessKeyProvider | ProfileProvider>(
  ports: AddIdentityPorts,
  make: (name: string) => P,
  wantedName: string,
): Promise<P> {
  let provider = make(wantedName);
  await ports.state.update((state) => {
    provider = make(freeName(wantedName, state.providers));
    return withProvider(state, provider);
  });
  return provider;
}
