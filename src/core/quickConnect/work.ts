import type { PendingWork, State } from '../providers/stateFile.ts';
import type { RolePlan } from './plan.ts';

/** A failure as it is kept in the state file; the text never holds a secret. */
export interface RecordedFailure {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

/**
 * Where a Quick Connect stands. Resting phases (`failed`, `unverified`, `cancelled`, `connected`) wait for a person; in all
 * others the driver has something to do, now or after a restart. `stackId` is absent where the role has no stack of ours
 * (existing role, or made in the console without a way to see the stack).
 */
export type Phase =
  /** CreateStack has not been answered yet. `unsure`: an earlier call may have made the stack unseen. */
  | { readonly name: 'planned'; readonly unsure?: boolean }
  /** The person creates the stack in the AWS console. `since` in milliseconds since the epoch. */
  | { readonly name: 'awaiting'; readonly since: number }
  | { readonly name: 'creating'; readonly stackId: string }
  /** A stack of ours that had the name is being changed to this plan. */
  | { readonly name: 'adopting'; readonly stackId: string }
  /** The access key of the quick-start user is being made. */
  | { readonly name: 'keying'; readonly stackId: string }
  | { readonly name: 'verifying'; readonly stackId?: string }
  /** The stack is being removed, to end there or to start afresh. */
  | { readonly name: 'deleting'; readonly stackId: string; readonly next: 'cancelled' | 'planned' }
  /** Like `deleting`, but it is not known yet whether a stack was made. `unsure`: AWS may have, without our seeing it. */
  | { readonly name: 'undoing'; readonly unsure: boolean }
  | { readonly name: 'linking'; readonly stackId?: string }
  /** `resume` is the phase a retry goes on from; `stackId` names what was left in the account. */
  | {
      readonly name: 'failed';
      readonly failure: RecordedFailure;
      readonly resume: Resume;
      readonly stackId?: string;
      /** A stack of ours that is in the way and can be taken over. */
      readonly adoptable?: string;
      /** CreateStack was sent and not answered: there may be a stack. */
      readonly unsure?: boolean;
    }
  /** The role works, but not its ExternalId guard: saved only by explicit choice. */
  | { readonly name: 'unverified'; readonly stackId?: string; readonly failure: RecordedFailure }
  | { readonly name: 'cancelled' }
  | { readonly name: 'connected' };

/** `recreate`: the stack (if one is left) must go before a new one is asked for. */
export type Resume =
  | 'planned'
  | 'recreate'
  | 'awaiting'
  | 'creating'
  | 'adopting'
  | 'keying'
  | 'verifying'
  | 'deleting'
  | 'undoing'
  | 'linking';

/** One run of Quick Connect, kept in the state file from before the first AWS call until it rests for good. */
export interface QuickConnectWork {
  readonly plan: RolePlan;
  /** Stem of CreateStack's ClientRequestToken, see {@link requestToken}. */
  readonly token: string;
  /** Counts deliberate new creations; a repeated call of the same attempt never creates a second stack. */
  readonly attempt: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly phase: Phase;
  /** Set by the choice to keep a role whose ExternalId is not enforced. */
  readonly externalIdEnforced: boolean;
}

export const workKind = 'quick-connect';

type RestingPhase = Extract<Phase, { readonly name: 'failed' | 'unverified' | 'cancelled' | 'connected' }>;

export function isResting(phase: Phase): phase is RestingPhase {
  return (
    phase.name === 'failed' ||
    phase.name === 'unverified' ||
    phase.name === 'cancelled' ||
    phase.name === 'connected'
  );
}

/** True when nothing needs to be remembered any more. */
export function isOver(phase: Phase): boolean {
  return phase.name === 'cancelled' || phase.name === 'connected';
}

/** The state with this work written into it, or taken out when it is over. */
export function withWork(state: State, work: QuickConnectWork): State {
  const id = work.plan.providerId;
  const others = state.pendingWork.filter((pending) => pending.id !== id);
  if (isOver(work.phase)) return { ...state, pendingWork: others };
  return { ...state, pendingWork: [...others, { id, kind: workKind, data: work }] };
}

/** Reads back what {@link withWork} wrote; `undefined` for another kind or a damaged record. */
export function parseWork(pending: PendingWork): QuickConnectWork | undefined {
  if (pending.kind !== workKind) return undefined;
  const work = pending.data as Partial<QuickConnectWork> | null | undefined;
  const complete =
    typeof work?.token === 'string' &&
    typeof work.attempt === 'number' &&
    typeof work.startedAt === 'number' &&
    typeof work.phase?.name === 'string' &&
    typeof work.plan?.providerId === 'string' &&
    work.plan.providerId === pending.id &&
    typeof work.plan.roleArn === 'string' &&
    typeof work.plan.way === 'string';
  return complete ? (work as QuickConnectWork) : undefined;
}

/** ClientRequestToken of the current attempt (at most 128 characters). */
export function requestToken(work: QuickConnectWork): string {
  return `${work.token}-${work.attempt}`;
}

/** Where the work of a plan begins. */
export function firstPhase(plan: RolePlan, now: number): Phase {
  switch (plan.way) {
    case 'create':
      return { name: 'planned' };
    case 'console':
      return { name: 'awaiting', since: now };
    case 'existing':
      return { name: 'verifying' };
  }
}

/** The stack of a plan is ours to delete only when we made it. */
function undone(work: QuickConnectWork, stackId: string | undefined): Phase {
  // What a person made in the console themselves is theirs to delete.
  if (work.plan.way !== 'create') return { name: 'cancelled' };
  if (stackId !== undefined) return { name: 'deleting', stackId, next: 'cancelled' };
  return { name: 'undoing', unsure: work.phase.name === 'failed' && work.phase.unsure === true };
}

/** The work after the person asked to cancel; resting work and work past the stack's verification stays as it is. */
export function cancelled(work: QuickConnectWork): QuickConnectWork {
  const { phase } = work;
  switch (phase.name) {
    case 'planned':
      return { ...work, phase: { name: 'undoing', unsure: true } };
    case 'awaiting':
      return { ...work, phase: { name: 'cancelled' } };
    case 'creating':
    case 'keying':
    case 'verifying':
      return { ...work, phase: undone(work, phase.stackId) };
    case 'deleting':
      return phase.next === 'cancelled' ? work : { ...work, phase: { ...phase, next: 'cancelled' } };
    case 'undoing':
    // A stack that was there before is not deleted by a change of mind.
    case 'adopting':
    case 'linking':
    case 'failed':
    case 'unverified':
    case 'cancelled':
    case 'connected':
      return work;
  }
}

/** The work after "Retry"; only failed work changes. */
export function retried(work: QuickConnectWork): QuickConnectWork {
  const { phase } = work;
  if (phase.name !== 'failed') return work;
  const { resume, stackId } = phase;
  switch (resume) {
    case 'planned':
      return { ...work, phase: { name: resume, unsure: phase.unsure === true } };
    case 'undoing':
      return { ...work, phase: { name: resume, unsure: phase.unsure ?? true } };
    case 'awaiting':
      return { ...work, phase: { name: resume, since: work.startedAt } };
    case 'recreate':
      return stackId === undefined || work.plan.way !== 'create'
        ? { ...work, attempt: work.attempt + 1, phase: firstPhase(work.plan, work.startedAt) }
        : { ...work, phase: { name: 'deleting', stackId, next: 'planned' } };
    case 'deleting':
      return stackId === undefined ? work : { ...work, phase: { name: resume, stackId, next: 'cancelled' } };
    case 'creating':
    case 'adopting':
    case 'keying':
      return stackId === undefined ? work : { ...work, phase: { name: resume, stackId } };
    case 'verifying':
    case 'linking':
      return { ...work, phase: { name: resume, ...(stackId === undefined ? {} : { stackId }) } };
  }
}

/** The work after "Delete what was left" (or, with nothing left, after giving it up). */
export function cleanedUp(work: QuickConnectWork): QuickConnectWork {
  const { phase } = work;
  if (phase.name !== 'failed' && phase.name !== 'unverified') return work;
  return { ...work, phase: undone(work, phase.stackId) };
}

/** The work after the explicit choice to keep a role whose ExternalId is not enforced. */
export function keptUnverified(work: QuickConnectWork): QuickConnectWork {
  const { phase } = work;
  if (phase.name !== 'unverified') return work;
  const { stackId } = phase;
  return {
    ...work,
    externalIdEnforced: false,
    phase: { name: 'linking', ...(stackId === undefined ? {} : { stackId }) },
  };
}

/** The work after the choice to take over the stack of ours that has the name. */
export function adopted(work: QuickConnectWork): QuickConnectWork {
  const { phase } = work;
  if (phase.name !== 'failed' || phase.adoptable === undefined) return work;
  return { ...work, attempt: work.attempt + 1, phase: { name: 'adopting', stackId: phase.adoptable } };
}

/** The work after the person pasted the ARN of the role they made in the console. */
export function withRoleArn(work: QuickConnectWork, roleArn: string): QuickConnectWork {
  if (work.phase.name !== 'awaiting') return work;
  return { ...work, plan: { ...work.plan, roleArn }, phase: { name: 'verifying' } };
}
