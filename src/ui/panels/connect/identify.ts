import { Failure } from '../../../core/base/errors.ts';
import type { AwsCredentials, Provider } from '../../../core/providers/provider.ts';
import {
  confirmKeys,
  confirmProfile,
  saveKeys,
  saveProfile,
  type AccessKeys,
} from '../../../core/signIn/addIdentity.ts';
import type { ConnectPorts } from './controller.ts';
import type { Confirmed } from './view.ts';

/** An identity that AWS confirmed, and how it becomes a provider once the person goes on with it. */
export interface Identified {
  readonly confirmed: Confirmed;
  readonly save: () => Promise<Provider>;
}

/** @throws Failure `provider-gone` or what resolving its credentials throws */
export async function identifyProvider(
  id: string,
  regionFor: (own: string | undefined) => string,
  ports: ConnectPorts,
): Promise<Identified> {
  const { providers } = await ports.state.load();
  const provider = providers.find((each) => each.id === id);
  if (!provider) throw new Failure('provider-gone', 'This provider was removed.');
  const credentials = await ports.credentials(id);
  const region = regionFor(provider.region);
  const identity = await ports.identities.callerIdentity(credentials, region);
  return { confirmed: { identity, credentials, region }, save: () => Promise.resolve(provider) };
}

/** @throws Failure `profile-unusable`, `root-identity` or an AWS failure */
export async function identifyProfile(
  name: string,
  region: string,
  ports: ConnectPorts,
): Promise<Identified> {
  const credentials: AwsCredentials = await ports.loadProfile(name);
  const found = await confirmProfile(name, region, () => Promise.resolve(credentials), ports.identities);
  return {
    confirmed: { identity: found.identity, credentials, region },
    save: () => saveProfile(found, ports.identities),
  };
}

/** @throws Failure `invalid-keys`, `root-identity` or an AWS failure */
export async function identifyKeys(
  keys: AccessKeys,
  region: string,
  ports: ConnectPorts,
): Promise<Identified> {
  const found = await confirmKeys(keys, region, ports.identities);
  return {
    confirmed: { identity: found.identity, credentials: found.source, region },
    save: () => saveKeys(found, ports.identities),
  };
}
