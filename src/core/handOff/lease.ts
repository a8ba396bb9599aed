import type { Failure } from '../base/errors.ts';
import type { Event } from '../base/event.ts';
import type { AwsCredentials } from '../providers/provider.ts';

/** What a lease is for. */
export type LeaseKind = 'terminal' | 'task' | 'debug' | 'api';

/** One hand-off's right to credentials: bound for life to one provider and account, revocable. */
export interface Lease {
  /** Random. */
  readonly id: string;
  readonly kind: LeaseKind;
  readonly providerId: string;
  /** Credentials of any other account are refused for this lease, always. */
  readonly accountId: string;
  readonly serviceId: string;
  readonly stage: string;
  readonly region: string;
  /** Every profile name that must resolve to this lease beside `default`: the stage's own and those the config names. */
  readonly profiles: readonly string[];
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

/** Answers a lease's request for credentials; throws Failure, never waits for a person. */
export type AnswerLease = (lease: Lease, signal: AbortSignal) => Promise<AwsCredentials>;

/** Environment changes for a child process: set these, remove those. */
export interface EnvironmentChange {
  readonly set: Readonly<Record<string, string>>;
  readonly remove: readonly string[];
}

/** A lease that has been written to disk and is served. */
export interface OpenLease {
  readonly lease: Lease;
  /** Private directory (0700) with `config`, `credentials`, `token`, `lease.json`. */
  readonly directory: string;
  readonly environment: EnvironmentChange;
}

/** A tool asked for credentials and did not get them; the tool itself may hide the reason. */
export interface LeaseRefusal {
  readonly lease: Lease;
  readonly failure: Failure;
}

/** Opens, lists and revokes leases; the one owner of the socket and the lease directories. */
export interface LeaseDesk {
  /**
   * Writes the lease's directory and starts serving it. The first lease starts the socket.
   *
   * `staticCredentials` are for a tool that cannot use `credential_process` (Serverless Framework v3): they are
   * written into the lease instead of it and removed with it. Only temporary credentials are accepted.
   *
   * Throws Failure `lease-static-keys`, `lease-profile`, `lease-region`, `lease-path`, `socket-path`,
   * `lease-desk-closed`.
   */
  open(lease: Omit<Lease, 'id' | 'createdAt'>, staticCredentials?: AwsCredentials): Promise<OpenLease>;
  /** Ties the lease to a process: it ends with the process, and survives a restart of ours as long as that lives. */
  bindProcess(leaseId: string, pid: number): Promise<void>;
  /** Ends the lease: its token is refused from now on and its directory removed. Unknown ids are ignored. */
  revoke(leaseId: string): Promise<void>;
  /** Ends all leases of a provider (sign-out, removal), those of other windows included. */
  revokeProvider(providerId: string): Promise<void>;
  /** The leases this window serves. */
  leases(): readonly Lease[];
  readonly onDidRefuse: Event<LeaseRefusal>;
  /** Stops serving. Leases whose process is alive stay on disk for the window's next start; the others are removed. */
  dispose(): Promise<void>;
}
