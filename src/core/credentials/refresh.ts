import type { Clock } from '../base/clock.ts';
import { Failure, isCancelled } from '../base/errors.ts';
import type { AwsCredentials } from '../providers/provider.ts';

/** Makes new credentials; may use the network. */
export type ResolveCredentials = (signal: AbortSignal) => Promise<AwsCredentials>;

/** Shortest time between two attempts to renew, in milliseconds (AWS SDK for JavaScript, memoize policy). */
export const retryGapMs = 30_000;

/** The same while nothing valid is held: a tool may not hammer AWS, a person who tries again must not wait. Milliseconds. */
export const failedRetryGapMs = 2000;

/** When credentials should be renewed: less than min(20 minutes, a third of their life) is left. Milliseconds. */
export function renewalWindowMs(lifeMs: number): number {
  return Math.min(20 * 60_000, lifeMs / 3);
}

interface Held {
  readonly credentials: AwsCredentials;
  /** Milliseconds since the epoch. */
  readonly issuedAt: number;
}

/**
 * The one wrapper around every provider: joins concurrent callers, renews within the window, tries at most once per
 * {@link retryGapMs}, and keeps what it has for as long as it is valid.
 */
export class CachedCredentials {
  readonly #resolve: ResolveCredentials;
  readonly #clock: Clock;
  #held: Held | undefined;
  #running: Promise<AwsCredentials> | undefined;
  #abort = new AbortController();
  #lastFailure: { readonly at: number; readonly error: unknown } | undefined;

  constructor(resolve: ResolveCredentials, clock: Clock) {
    this.#resolve = resolve;
    this.#clock = clock;
  }

  /** What is held now, valid or not; cheap. */
  get held(): AwsCredentials | undefined {
    return this.#held?.credentials;
  }

  /**
   * Credentials with at least `minLifetimeSeconds` left, as far as the provider gives that much: fresh ones are
   * returned as they are.
   *
   * @throws Failure of the provider when nothing valid is held.
   */
  async get(minLifetimeSeconds: number): Promise<AwsCredentials> {
    const held = this.#held;
    const leftMs = held ? this.#leftMs(held) : 0;
    if (held && leftMs > this.#neededMs(held, minLifetimeSeconds * 1000)) return held.credentials;
    const failure = this.#lastFailure;
    const sinceFailureMs = failure ? this.#clock.now() - failure.at : Number.POSITIVE_INFINITY;
    if (held && leftMs > 0 && sinceFailureMs < retryGapMs) return held.credentials;
    if (failure && sinceFailureMs < failedRetryGapMs) throw failure.error;
    try {
      return await (this.#running ??= this.#renew());
    } catch (error) {
      if (held && this.#leftMs(held) > 0 && !isCancelled(error)) return held.credentials;
      throw error;
    }
  }

  /** Forgets everything and gives up what is under way; the next call starts anew. */
  clear(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
    this.#held = undefined;
    this.#running = undefined;
    this.#lastFailure = undefined;
  }

  #leftMs(held: Held): number {
    return held.credentials.expiresAt === undefined
      ? Number.POSITIVE_INFINITY
      : held.credentials.expiresAt - this.#clock.now();
  }

  /** Asking for more life than was ever issued must not renew at each call. */
  #neededMs(held: Held, minLifetimeMs: number): number {
    const { expiresAt } = held.credentials;
    if (expiresAt === undefined) return 0;
    const lifeMs = expiresAt - held.issuedAt;
    return Math.max(renewalWindowMs(lifeMs), Math.min(minLifetimeMs, lifeMs - retryGapMs));
  }

  async #renew(): Promise<AwsCredentials> {
    const { signal } = this.#abort;
    try {
      const issuedAt = this.#clock.now();
      const credentials = await this.#resolve(signal);
      if (signal.aborted) throw new Failure('provider-gone', 'The provider was signed out or removed.');
      this.#held = { credentials, issuedAt };
      this.#lastFailure = undefined;
      return credentials;
    } catch (error) {
      if (!signal.aborted && !isCancelled(error)) this.#lastFailure = { at: this.#clock.now(), error };
      throw error;
    } finally {
      if (!signal.aborted) this.#running = undefined;
    }
  }
}
