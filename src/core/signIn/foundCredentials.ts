import type { Disposable } from '../base/disposable.ts';
import { Failure, isCancelled, toFailure } from '../base/errors.ts';
import { Emitter, type Event } from '../base/event.ts';
import { SingleFlight } from '../base/queue.ts';
import { parseCaller } from '../providers/arn.ts';
import type { AwsCredentials, CallerIdentity, Provider } from '../providers/provider.ts';
import { defaultRegionOf } from '../providers/regions.ts';
import { assertKeyFormat, saveKeys, saveProfile, type AddIdentityPorts } from './addIdentity.ts';
import { areTemporary, environmentKeys, shortKeyId, type EnvironmentKeys } from './environmentKeys.ts';
import { refuseRoot } from './identity.ts';
import type { LocalProfile, ProfileOrigin } from './localProfile.ts';

/** Who a found credential is, as far as the person asked. */
export type Inquiry =
  | { readonly state: 'not-asked' }
  | { readonly state: 'asking' }
  | { readonly state: 'known'; readonly identity: CallerIdentity; readonly temporary: boolean }
  | { readonly state: 'failed'; readonly failure: Failure };

/** Credentials that are on this machine already: a profile, or the keys of the editor's environment. */
export interface FoundCredential {
  /** `profile:<name>` (as the Connect panel names its choices) or `environment:<access key id>`. */
  readonly id: string;
  readonly kind: 'profile' | 'environment';
  /** The profile's name, or the shortened access key id. */
  readonly name: string;
  readonly region?: string;
  readonly origin: ProfileOrigin;
  readonly inquiry: Inquiry;
}

/** What is remembered over windows; ids only, never a secret. */
export interface FoundMemory {
  /** Ids the person does not want to be asked about. */
  readonly hidden: readonly string[];
  /** Ids of environment keys → the provider made of them: nothing but its secret would say that it is the same key. */
  readonly used: Readonly<Record<string, string>>;
}

export interface FoundPorts extends AddIdentityPorts {
  readonly loadProfiles: () => Promise<readonly LocalProfile[]>;
  /** Resolves a profile. Throws Failure `profile-unusable`, `sign-in-needed` or an AWS failure. */
  readonly loadProfile: (name: string) => Promise<AwsCredentials>;
  /** The environment of the editor. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly foundMemory: { load(): Promise<FoundMemory>; save(memory: FoundMemory): Promise<void> };
}

const notAsked: Inquiry = { state: 'not-asked' };
const nothing: FoundMemory = { hidden: [], used: {} };

/**
 * The credentials found on this machine. Files are read by {@link load} only, AWS is asked by {@link identify} and
 * {@link use} only, and nothing is ever written to where they were found.
 */
export class FoundCredentials implements Disposable {
  readonly #ports: FoundPorts;
  readonly #changed = new Emitter<void>();
  readonly #reading = new SingleFlight<void>();
  readonly #keys: EnvironmentKeys | undefined;
  #profiles: readonly LocalProfile[] | undefined;
  #memory: FoundMemory = nothing;
  #inquiries: ReadonlyMap<string, Inquiry> = new Map();

  readonly onDidChange: Event<void> = this.#changed.event;

  constructor(ports: FoundPorts) {
    this.#ports = ports;
    this.#keys = environmentKeys(ports.env);
  }

  /** What is found, used by no provider and not hidden; empty until loaded. */
  get offered(): readonly FoundCredential[] {
    return this.unused.filter(({ id }) => !this.#memory.hidden.includes(id));
  }

  /** What is found and used by no provider, hidden or not; empty until loaded. */
  get unused(): readonly FoundCredential[] {
    const { state } = this.#ports.state;
    if (!this.#profiles || !state) return [];
    return this.#all().filter((found) => !this.#isUsed(found, state.providers));
  }

  /** Reads the profiles, unless they were read before. What keeps that from working is for {@link reload} to tell. */
  async load(): Promise<void> {
    if (!this.#profiles) await this.reload().catch(() => undefined);
  }

  /** Reads the profiles anew. Rejects when they cannot be read. */
  reload(): Promise<void> {
    return this.#reading.run('', async () => {
      const text = (): string => JSON.stringify([this.#profiles, this.#memory]);
      const before = text();
      const { foundMemory, loadProfiles, state } = this.#ports;
      try {
        [this.#profiles, this.#memory] = await Promise.all([
          loadProfiles(),
          foundMemory.load(),
          state.load(),
        ]);
      } catch (error) {
        this.#profiles ??= [];
        throw error;
      } finally {
        if (text() !== before) this.#changed.fire();
      }
    });
  }

  /**
   * Asks AWS who it is.
   *
   * @throws Failure `found-gone`, `profile-unusable`, `sign-in-needed` or an AWS failure
   */
  async identify(id: string, signal?: AbortSignal): Promise<FoundCredential> {
    const found = this.#find(id);
    this.#inquire(id, { state: 'asking' });
    try {
      const credentials = await this.#credentials(found);
      const region = found.region ?? this.#keys?.region ?? defaultRegionOf('aws');
      const identity = await this.#ports.callerIdentity(credentials, region, signal);
      this.#inquire(id, { state: 'known', identity, temporary: areTemporary(credentials) });
      return this.#find(id);
    } catch (error) {
      this.#inquire(id, isCancelled(error) ? notAsked : { state: 'failed', failure: toFailure(error) });
      throw error;
    }
  }

  /**
   * Makes a provider of it, after AWS said who it is.
   *
   * @throws Failure `root-identity`, `temporary-keys`, `invalid-keys` or what {@link identify} throws
   */
  async use(id: string, signal?: AbortSignal): Promise<Provider> {
    const known = this.#find(id).inquiry.state === 'known' ? this.#find(id) : await this.identify(id, signal);
    if (known.inquiry.state !== 'known') throw gone();
    const { identity, temporary } = known.inquiry;
    refuseRoot(identity);
    if (known.kind === 'profile') return saveProfile({ source: known.name, identity }, this.#ports);
    const keys = this.#keys?.credentials;
    if (!keys) throw gone();
    if (temporary) throw temporaryKeys();
    assertKeyFormat(keys);
    const { accessKeyId, secretAccessKey } = keys;
    const provider = await saveKeys({ source: { accessKeyId, secretAccessKey }, identity }, this.#ports);
    await this.#remember((memory) => ({ ...memory, used: { ...memory.used, [id]: provider.id } }));
    return provider;
  }

  /** Does not offer these any more, in any window. */
  async hide(ids: readonly string[]): Promise<void> {
    await this.#remember((memory) => ({ ...memory, hidden: [...new Set([...memory.hidden, ...ids])] }));
  }

  /** Forgets what was hidden and used. */
  async forget(): Promise<void> {
    await this.#remember(() => nothing);
  }

  dispose(): void {
    this.#changed.dispose();
  }

  #all(): readonly FoundCredential[] {
    const profiles = (this.#profiles ?? []).map(({ name, origin, region }): FoundCredential => {
      const id = `profile:${name}`;
      return { id, kind: 'profile', name, origin, ...(region && { region }), inquiry: this.#inquiry(id) };
    });
    if (!this.#keys) return profiles;
    const { credentials, region } = this.#keys;
    const id = `environment:${credentials.accessKeyId}`;
    return [
      ...profiles,
      {
        id,
        kind: 'environment',
        name: shortKeyId(credentials.accessKeyId),
        origin: areTemporary(credentials) ? 'temporary-keys' : 'keys',
        ...(region && { region }),
        inquiry: this.#inquiry(id),
      },
    ];
  }

  #isUsed({ id, kind, name, inquiry }: FoundCredential, providers: readonly Provider[]): boolean {
    if (kind === 'profile') {
      return providers.some((each) => each.kind === 'profile' && each.profile === name);
    }
    const usedBy = this.#memory.used[id];
    const arn = inquiry.state === 'known' ? inquiry.identity.arn : undefined;
    return providers.some((each) => each.id === usedBy || (each.kind === 'access-key' && each.arn === arn));
  }

  #credentials(found: FoundCredential): Promise<AwsCredentials> {
    if (found.kind === 'profile') return this.#ports.loadProfile(found.name);
    return this.#keys ? Promise.resolve(this.#keys.credentials) : Promise.reject(gone());
  }

  #find(id: string): FoundCredential {
    const found = this.#all().find((each) => each.id === id);
    if (!found) throw gone();
    return found;
  }

  #inquiry(id: string): Inquiry {
    return this.#inquiries.get(id) ?? notAsked;
  }

  #inquire(id: string, inquiry: Inquiry): void {
    this.#inquiries = new Map(this.#inquiries).set(id, inquiry);
    this.#changed.fire();
  }

  /** Changes what is on disk, which another window may have changed since. */
  async #remember(change: (memory: FoundMemory) => FoundMemory): Promise<void> {
    const { foundMemory } = this.#ports;
    this.#memory = change(await foundMemory.load());
    await foundMemory.save(this.#memory);
    this.#changed.fire();
  }
}

/** Whether it is the root user, which never becomes a provider. */
export function isRoot(identity: CallerIdentity): boolean {
  return parseCaller(identity.arn)?.kind === 'root';
}

function gone(): Failure {
  return new Failure('found-gone', 'These credentials are not on this machine any more.');
}

function temporaryKeys(): Failure {
  return new Failure(
    'temporary-keys',
    'These keys are temporary: they stop working within hours and cannot be kept.',
    {
      hint: 'Connect the account by an access role instead, with an identity that lasts.',
      action: { title: 'Connect AWS Provider', command: 'connect' },
    },
  );
}
