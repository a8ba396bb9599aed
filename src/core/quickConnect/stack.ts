import type { StackParameter } from './template.ts';

/** A CloudFormation stack as far as we look at it. */
export interface Stack {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly statusReason?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, string>>;
}

export interface StackEvent {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly logicalId: string;
  readonly resourceType: string;
  readonly status: string;
  readonly reason?: string;
  readonly requestToken?: string;
}

export interface StackRequest {
  readonly name: string;
  readonly template: string;
  readonly parameters: readonly StackParameter[];
  readonly tags: Readonly<Record<string, string>>;
  readonly requestToken: string;
}

/** CloudFormation with one identity in one region. All calls throw Failure with the codes of `AwsFailureCode`. */
export interface StackApi {
  create(request: StackRequest, signal?: AbortSignal): Promise<{ readonly stackId: string }>;
  /** `name` may be an id. CloudFormation refuses (`validation`) when nothing would change: compare before. */
  update(request: StackRequest, signal?: AbortSignal): Promise<void>;
  /** The stack's template as it was sent. */
  template(nameOrId: string, signal?: AbortSignal): Promise<string>;
  /** Logical ids of what was changed outside of the stack; waits for CloudFormation's detection, a minute at most. */
  drift(stackId: string, signal?: AbortSignal): Promise<readonly string[]>;
  /** By name or id; `undefined` when there is none. A deleted stack is found by id only. */
  find(nameOrId: string, signal?: AbortSignal): Promise<Stack | undefined>;
  /** Oldest first. */
  events(stackId: string, signal?: AbortSignal): Promise<readonly StackEvent[]>;
  delete(stackId: string, requestToken: string, signal?: AbortSignal): Promise<void>;
}

/** Where a stack is in its life. */
export type StackLife = 'working' | 'ready' | 'failed' | 'gone';

/** Sorts every stack status into what it means for a stack that is being created or deleted. */
export function stackLife(status: string): StackLife {
  if (status === 'DELETE_COMPLETE') return 'gone';
  if (status.endsWith('_IN_PROGRESS')) return 'working';
  if (status === 'CREATE_COMPLETE' || status === 'UPDATE_COMPLETE' || status === 'IMPORT_COMPLETE')
    return 'ready';
  return 'failed';
}

/** The first thing that went wrong: later failures are only consequences of it. */
export function firstFailure(events: readonly StackEvent[]): StackEvent | undefined {
  return events.find((event) => event.status.endsWith('_FAILED'));
}
