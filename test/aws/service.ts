/** What a service module gets and gives: the contract between the front server and `sts.ts`, `iam.ts` … */
import type { EmulatorClock, Timing } from './clock.ts';
import type { Faults } from './faults.ts';
import type { Identity, Keys } from './keys.ts';
import type { Moto } from './moto.ts';
import type { Permissions } from './permissions.ts';
import type { Trusts } from './trust.ts';
import type { AwsRequest, Params, Reply } from './wire.ts';

/** Shared state of one emulator. */
export interface World {
  readonly moto: Moto;
  readonly keys: Keys;
  readonly clock: EmulatorClock;
  readonly timing: Timing;
  readonly faults: Faults;
  readonly permissions: Permissions;
  readonly trusts: Trusts;
  /** Account id → name. */
  readonly accounts: Map<string, string>;
}

export interface Call {
  readonly request: AwsRequest;
  readonly params: Params;
  readonly identity: Identity;
  readonly accountId: string;
  readonly requestId: string;
  /** Lets moto answer, optionally with other parameters (query protocol). */
  forward(form?: URLSearchParams): Promise<Reply>;
}

/** Answers one operation; throws AwsError. A plain object is rendered as the operation's query-protocol result. */
export type Operation = (call: Call, world: World) => Promise<Reply | Params | undefined>;

/** A service: its operations by name. Operations that are not listed are moto's. */
export interface Service {
  readonly operations: Readonly<Record<string, Operation>>;
  /** Actions that need no permission. */
  readonly open?: readonly string[];
  /** Actions whose permission the operation checks by itself. */
  readonly selfChecked?: readonly string[];
}

export function isReply(result: Reply | Params | undefined): result is Reply {
  return result !== undefined && 'status' in result && 'headers' in result && 'body' in result;
}
