import { Failure } from '../../../core/base/errors.ts';
import { parseCaller } from '../../../core/providers/arn.ts';
import type { Provider } from '../../../core/providers/provider.ts';
import { confirmKeys, saveKeys, saveProfile, type AccessKeys } from '../../../core/signIn/addIdentity.ts';
import { refuseRoot } from '../../../core/signIn/identity.ts';
import type { ConnectPorts } from './ports.ts';
import type { Confirmed, ConnectModel } from './view.ts';

/** An identity that AWS confirmed, and how it becomes a provider once the person goes on with it. */
export interface Identified {
  readonly confirmed: Confirmed;
  readonly save: () => Promise<Provider>;
}

/**
 * Asks AWS who a choice of the identity step is.
 *
 * @param id `provider:<id>` or `profile:<name>`
 * @throws Failure, see {@link identifyProvider} and {@link identifyProfile}
 */
export function identifyChoice(id: string, model: ConnectModel, ports: ConnectPorts): Promise<Identified> {
  const at = id.indexOf(':');
  const name = id.slice(at + 1);
  if (id.slice(0, at) === 'provider') return identifyProvider(name, ports);
  const profile = model.choices?.profiles.find((each) => each.name === name);
  return identifyProfile(name, regionFor(profile?.region, ports), model.method === 'access-role', ports);
}

/** The identity's own region, else that of the active stage, else AWS's first. */
function regionFor(own: string | undefined, ports: ConnectPorts): string {
  const instances = ports.stages.instances();
  return own ?? (instances.find(({ active }) => active) ?? instances[0])?.region ?? 'us-east-1';
}

/** @throws Failure `provider-gone` or what resolving its credentials throws */
async function identifyProvider(id: string, ports: ConnectPorts): Promise<Identified> {
  const { providers } = await ports.state.load();
  const provider = providers.find((each) => each.id === id);
  if (!provider) throw new Failure('provider-gone', 'This provider was removed.');
  const credentials = await ports.credentials(id);
  const region = regionFor(provider.region, ports);
  const identity = await ports.identities.callerIdentity(credentials, region);
  return {
    confirmed: { identity, credentials, region, provider, root: undefined },
    save: () => Promise.resolve(provider),
  };
}

/**
 * A root session (never root keys) may create a role, but is not saved.
 *
 * @param rootMayCreate true where a role is going to be made
 * @throws Failure `profile-unusable`, `root-identity` or an AWS failure
 */
async function identifyProfile(
  name: string,
  region: string,
  rootMayCreate: boolean,
  ports: ConnectPorts,
): Promise<Identified> {
  const credentials = await ports.loadProfile(name);
  const identity = await ports.identities.callerIdentity(credentials, region);
  const isRoot = parseCaller(identity.arn)?.kind === 'root';
  if (!isRoot || !rootMayCreate || credentials.sessionToken === undefined) refuseRoot(identity);
  return {
    confirmed: {
      identity,
      credentials,
      region,
      provider: undefined,
      root: isRoot ? { kind: 'profile', name } : undefined,
    },
    save: () => saveProfile({ source: name, identity }, ports.identities),
  };
}

/** @throws Failure `invalid-keys`, `root-identity` or an AWS failure */
export async function identifyKeys(keys: AccessKeys, ports: ConnectPorts): Promise<Identified> {
  const region = regionFor(undefined, ports);
  const found = await confirmKeys(keys, region, ports.identities);
  return {
    confirmed: {
      identity: found.identity,
      credentials: found.source,
      region,
      provider: undefined,
      root: undefined,
    },
    save: () => saveKeys(found, ports.identities),
  };
}
