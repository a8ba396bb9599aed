import type { Provider } from '../providers/provider.ts';
import type { Origin } from './service.ts';

/** One value of `awsProviders.stages`: what a team commits. Account ids are public, secrets never stand here. */
export interface LinkEntry {
  readonly account: string;
  readonly role?: string;
  /** Name or id of a provider, where several reach the account. */
  readonly provider?: string;
  readonly startUrl?: string;
  readonly region?: string;
  readonly protected?: boolean;
}

/** Which scope of the settings an entry came from. */
export type LinkScope = 'user' | 'workspace' | 'folder';

/** The settings an entry came from; `folder` (a workspace folder's absolute path) goes with scope `folder`. */
export interface LinkSource {
  readonly scope: LinkScope;
  readonly folder?: string;
}

/**
 * An entry with its key. Keys of `awsProviders.stages`: `<stage or glob>`, `<service>/<stage or glob>` or
 * `<service>/<stage>@<region>`.
 */
export interface Link {
  readonly key: string;
  readonly service?: string;
  readonly pattern: string;
  readonly region?: string;
  readonly entry: LinkEntry;
  readonly scope: LinkScope;
  /** The workspace folder whose settings hold the entry; it links only services of that folder. */
  readonly folder?: string;
  /**
   * Why the entry cannot be used. It stays a link, because a stage it is meant for must be refused: falling through to a
   * weaker link would deploy to an account nobody chose.
   */
  readonly invalid?: string;
}

/** An entry of the setting that a person has to correct. */
export interface LinkProblem extends LinkSource {
  readonly key: string;
  readonly message: string;
}

export type LinkLevel =
  | 'service-stage-region'
  | 'service-stage'
  | 'workspace-stage'
  | 'pattern'
  | 'default-provider'
  | 'none';

/** What a stage is connected to, and why. */
export interface ResolvedLink {
  readonly level: LinkLevel;
  readonly link?: Link;
  readonly provider?: Provider;
  readonly accountId?: string;
  readonly region?: string;
  readonly protected: boolean;
  /** Set when the link cannot be used; then `provider` is absent. */
  readonly problem?: {
    readonly code: 'no-provider' | 'account-mismatch' | 'ambiguous-provider' | 'untrusted' | 'invalid-entry';
    readonly message: string;
  };
  /** A sentence that answers "where does this come from?". */
  readonly explanation: string;
}

/** One row of the stages view: a stage of a service with what it resolves to. */
export interface StageInstance {
  /** Stable: `<service id>#<stage>`. */
  readonly id: string;
  readonly serviceId: string;
  readonly serviceName: string;
  readonly name: string;
  readonly region: string;
  readonly origins: readonly Origin[];
  readonly link: ResolvedLink;
  readonly active: boolean;
}
