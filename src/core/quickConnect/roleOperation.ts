import type { PendingWork, State } from '../providers/stateFile.ts';
import type { Creator } from './plan.ts';
import type { RecordedFailure } from './work.ts';

/** What can be done to a role of ours later in its life. */
export type OperationKind = 'update' | 'rotate' | 'delete';

/** Every step can be repeated: after a crash the operation goes on with the step it was at. */
export type OperationStep =
  /** The stack gets today's template and parameters. */
  | 'change-template'
  /** The stack accepts the present ExternalId and the next one. */
  | 'accept-both'
  /** The role lets us in with the next ExternalId. */
  | 'verify-next'
  /** The secret store's ExternalId becomes the next one. */
  | 'switch'
  /** The stack accepts the new ExternalId only. */
  | 'accept-new-only'
  /** The role lets us in, and nobody with the former ExternalId or none. */
  | 'verify'
  | 'forget-former'
  /** The quick-start user's keys are deleted: a user with keys cannot be. */
  | 'delete-keys'
  | 'delete-stack'
  /** Provider and secrets are removed from this editor. */
  | 'forget-provider';

export const operationSteps: Readonly<Record<OperationKind, readonly OperationStep[]>> = {
  update: ['change-template', 'verify'],
  rotate: ['accept-both', 'verify-next', 'switch', 'accept-new-only', 'verify', 'forget-former'],
  delete: ['delete-keys', 'delete-stack', 'forget-provider'],
};

/** What each step says while it runs. */
export const stepTexts: Readonly<Record<OperationStep, string>> = {
  'change-template': 'Updating the stack…',
  'accept-both': 'Letting the role accept both ExternalIds…',
  'verify-next': 'Trying the new ExternalId…',
  switch: 'Storing the new ExternalId…',
  'accept-new-only': 'Letting the role accept only the new ExternalId…',
  verify: 'Verifying the role…',
  'forget-former': 'Forgetting the former ExternalId…',
  'delete-keys': 'Deleting the user’s keys…',
  'delete-stack': 'Deleting the stack…',
  'forget-provider': 'Removing the provider…',
};

/** One operation, kept in the state file from before its first call until it is done or given up. */
export interface RoleOperation {
  readonly id: string;
  readonly kind: OperationKind;
  readonly providerId: string;
  /** Whose credentials change the stack. */
  readonly operator: Creator;
  /** Stem of the ClientRequestTokens. */
  readonly token: string;
  /** Counts deliberate retries; the same attempt never changes the stack twice. */
  readonly attempt: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly step: OperationStep | 'done';
  /** Set while the operation rests after a failure. */
  readonly failure?: RecordedFailure;
}

export const operationKind = 'role-operation';

export function nextStep(operation: RoleOperation): OperationStep | 'done' {
  const steps = operationSteps[operation.kind];
  const at = steps.findIndex((step) => step === operation.step);
  return steps[at + 1] ?? 'done';
}

/** The state with this operation written into it, or taken out when it is done. */
export function withOperation(state: State, operation: RoleOperation): State {
  const others = state.pendingWork.filter(({ id }) => id !== operation.id);
  if (operation.step === 'done') return { ...state, pendingWork: others };
  return { ...state, pendingWork: [...others, { id: operation.id, kind: operationKind, data: operation }] };
}

/** Reads back what {@link withOperation} wrote; `undefined` for another kind or a damaged record. */
export function parseOperation(pending: PendingWork): RoleOperation | undefined {
  if (pending.kind !== operationKind) return undefined;
  const data = pending.data as Partial<RoleOperation> | null | undefined;
  const known =
    data?.id === pending.id &&
    typeof data.providerId === 'string' &&
    typeof data.token === 'string' &&
    typeof data.attempt === 'number' &&
    data.kind !== undefined &&
    Object.hasOwn(operationSteps, data.kind) &&
    operationSteps[data.kind].some((step) => step === data.step);
  return known ? (data as RoleOperation) : undefined;
}
