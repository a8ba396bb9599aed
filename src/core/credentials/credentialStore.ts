import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { Failure, isCancelled, toFailure } from '../base/errors.ts';
import { Emitter, type Event } from '../base/event.ts';
import { parseCaller } from '../providers/arn.ts';
import type {
  AccessRoleProvider,
  AssumeRole,
  AssumeRoleRequest,
  AwsCredentials,
  LoadCallerIdentity,
  Provider,
  ProviderKind,
} from '../providers/provider.ts';
import { accessKeySecret, externalIdSecret, type SecretStore } from '../providers/secretStore.ts';
import type { StateFile } from '../providers/stateFile.ts';
import { assertAccount } from './accountPin.ts';
import { CachedCredentials, renewalWindowMs } from './refresh.ts';

/** Roles may be chained this deep: access role → access role → access role → something else. */
const maxChain = 3;
/** STS refuses more for a role assumed by a role session (AssumeRole, "role chaining"), in seconds. */
export const chainedSessionSeconds = 3600;
const defaultRegion = 'us-east-1';

export interface CredentialPorts {
  readonly state: StateFile;
  readonly secrets: SecretStore;
  readonly clock: Clock;
  readonly callerIdentity: LoadCallerIdentity;
  readonly assumeRole: AssumeRole;
  /** Reads a profile of the user's own files with the SDK's loader. Throws Failure `profile-unusable`. */
  readonly loadProfile: (profile: string, signal: AbortSignal) => Promise<AwsCredentials>;
}

/** What the views show of a provider's credentials; nothing is asked from AWS for it. */
export interface CredentialState {
  readonly state: 'idle' | 'ready' | 'expiring' | 'expired' | 'error';
  /** Milliseconds since the epoch. */
  readonly expiresAt?: number;
  readonly failure?: Failure;
}

/** Credentials of every provider, in memory only, each verified against its pinned account before anyone gets them. */
export class CredentialStore implements Disposable {
  readonly #ports: CredentialPorts;
  readonly #cached = new Map<string, CachedCredentials>();
  readonly #failures = new Map<string, Failure>();
  readonly #changed = new Emitter<string>();

  /** Fires the id of the provider whose {@link CredentialState} changed. */
  readonly onDidChange: Event<string> = this.#changed.event;

  constructor(ports: CredentialPorts) {
    this.#ports = ports;
  }

  /**
   * Verified credentials of a provider.
   *
   * @param minLifetimeSeconds life wanted, as far as this kind of provider can give it.
   * @throws Failure `provider-gone`, `account-mismatch`, `chain-too-long`, `secret-lost` or an AWS failure
   */
  async get(providerId: string, minLifetimeSeconds = 0): Promise<AwsCredentials> {
    await this.#assertChain(providerId);
    return this.#get(providerId, minLifetimeSeconds);
  }

  state(providerId: string): CredentialState {
    const held = this.#cached.get(providerId)?.held;
    const failure = this.#failures.get(providerId);
    const { expiresAt } = held ?? {};
    const leftMs = expiresAt === undefined ? Number.POSITIVE_INFINITY : expiresAt - this.#ports.clock.now();
    if (failure && (!held || leftMs <= 0)) return { state: 'error', failure };
    if (!held) return { state: 'idle' };
    if (expiresAt === undefined) return { state: 'ready' };
    if (leftMs <= 0) return { state: 'expired', expiresAt };
    return { state: leftMs < renewalWindowMs(3_600_000) ? 'expiring' : 'ready', expiresAt };
  }

  /** Drops what is held of a provider and gives up requests under way. */
  forget(providerId: string): void {
    this.#cached.get(providerId)?.clear();
    this.#cached.delete(providerId);
    this.#failures.delete(providerId);
    this.#changed.fire(providerId);
  }

  dispose(): void {
    for (const cached of this.#cached.values()) cached.clear();
    this.#cached.clear();
    this.#changed.dispose();
  }

  async #get(providerId: string, minLifetimeSeconds: number): Promise<AwsCredentials> {
    let cached = this.#cached.get(providerId);
    if (!cached) {
      cached = new CachedCredentials((signal) => this.#resolve(providerId, signal), this.#ports.clock);
      this.#cached.set(providerId, cached);
    }
    const before = cached.held;
    try {
      const credentials = await cached.get(minLifetimeSeconds);
      const recovered = this.#failures.delete(providerId);
      if (recovered || cached.held !== before) this.#changed.fire(providerId);
      return credentials;
    } catch (error) {
      if (!isCancelled(error)) {
        this.#failures.set(providerId, toFailure(error));
        this.#changed.fire(providerId);
      }
      throw error;
    }
  }

  async #resolve(providerId: string, signal: AbortSignal): Promise<AwsCredentials> {
    const provider = await this.#provider(providerId);
    const credentials = await this.#resolveKind(provider, signal);
    const identity = await this.#ports.callerIdentity(credentials, provider.region ?? defaultRegion, signal);
    assertAccount(provider, identity);
    return credentials;
  }

  /**
   * Looks at the whole chain before anything is asked: a loop would wait for itself.
   *
   * @throws Failure `chain-too-long`
   */
  async #assertChain(providerId: string): Promise<void> {
    const { providers } = await this.#ports.state.load();
    const names: string[] = [];
    let next: string | undefined = providerId;
    while (next !== undefined) {
      const id: string = next;
      const provider = providers.find((candidate) => candidate.id === id);
      if (provider?.kind !== 'access-role') return;
      names.push(provider.name);
      if (names.length > maxChain) {
        throw new Failure('chain-too-long', `“${names[0]}” leads back to itself or through too many roles.`, {
          hint: `At most ${maxChain} roles may follow one another: ${names.join(' → ')}. Choose another source.`,
        });
      }
      next = provider.sourceProviderId;
    }
  }

  async #provider(id: string): Promise<Provider> {
    const state = await this.#ports.state.load();
    const provider = state.providers.find((candidate) => candidate.id === id);
    if (provider) return provider;
    throw new Failure('provider-gone', 'This provider was removed.', {
      hint: 'Link the stage to another provider, or connect one.',
      action: { title: 'Connect AWS Provider', command: 'connect' },
    });
  }

  async #resolveKind(provider: Provider, signal: AbortSignal): Promise<AwsCredentials> {
    switch (provider.kind) {
      case 'access-key':
        return this.#loadKeys(provider.id, provider.name);
      case 'profile':
        return this.#ports.loadProfile(provider.profile, signal);
      case 'access-role':
        return this.#assume(provider, signal);
      case 'sso-role':
      case 'console':
        throw new Failure(
          'sign-in-needed',
          `“${provider.name}” needs a sign-in that this version cannot renew.`,
        );
    }
  }

  async #loadKeys(id: string, name: string): Promise<AwsCredentials> {
    const text = await this.#ports.secrets.load(accessKeySecret(id));
    if (text === undefined) {
      throw new Failure('secret-lost', `The keys of “${name}” are not in this editor’s secret store.`, {
        hint: 'Connect again with the keys; the provider itself is still here.',
        action: { title: 'Connect AWS Provider', command: 'connect' },
      });
    }
    return JSON.parse(text) as AwsCredentials;
  }

  async #assume(provider: AccessRoleProvider, signal: AbortSignal): Promise<AwsCredentials> {
    const source = await this.#provider(provider.sourceProviderId);
    const credentials = await this.#get(source.id, 0);
    const chained = givesRoleSession(source);
    const request: AssumeRoleRequest = {
      roleArn: provider.roleArn,
      externalId: await this.#ports.secrets.load(externalIdSecret(provider.id)),
      sessionName: 'stage-providers',
      durationSeconds: chained
        ? Math.min(provider.sessionSeconds, chainedSessionSeconds)
        : provider.sessionSeconds,
      region: provider.region ?? defaultRegion,
    };
    return this.#ports.assumeRole(credentials, request, signal);
  }
}

const roleKinds: readonly ProviderKind[] = ['access-role', 'sso-role'];

/** True when assuming a role from this provider is role chaining, which STS caps at one hour. */
export function givesRoleSession(source: Provider): boolean {
  if (source.kind === 'profile' || source.kind === 'console') {
    const caller = parseCaller(source.arn);
    return caller?.kind === 'role-session' || caller?.kind === 'sso-session';
  }
  return roleKinds.includes(source.kind);
}
