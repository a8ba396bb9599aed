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
 * others the driver has something to do, now or after a restart.
 */
export type Phase =
  /** CreateStack has not been answered yet; it may have been sent. */
  | { readonly name: 'planned' }
  | { readonly name: 'creating'; readonly stackId: string }
  | { readonly name: 'verifying'; readonly stackId: string }
  /** The stack is being removed, to end there or to start afresh. */
  | { readonly name: 'deleting'; readonly stackId: string; readonly next: 'cancelled' | 'planned' }
  /** Like `deleting`, but it is not known yet whether a stack was made. */
  | { readonly name: 'undoing' }
  | { readonly name: 'linking'; readonly stackId: string }
  /** `resume` is the phase a retry goes on from; `stackId` names what was left in the account. */
  | {
      readonly name: 'failed';
      readonly failure: RecordedFailure;
      readonly resume: Resume;
      readonly stackId?: string;
    }
  /** The role works, but not its ExternalId guard: saved only by explicit choice. */
  | { readonly name: 'unverified'; readonly stackId: string; readonly failure: RecordedFailure }
  | { readonly name: 'cancelled' }
  | { readonly name: 'connected' };

/** `recreate`: the stack (if one is left) must go before a new one is asked for. */
export type Resume = 'planned' | 'recreate' | 'creating' | 'verifying' | 'deleting' | 'undoing' | 'linking';

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
    typeof work.plan.roleName === 'string';
  return complete ? (work as QuickConnectWork) : undefined;
}

/** ClientRequestToken of the current attempt (at most 128 characters). */
export function requestToken(work: QuickConnectWork): string {
  return `${work.token}-${work.attempt}`;
}

/** The work after the person asked to cancel; resting work and work past the stack's verification stays as it is. */
export function cancelled(work: QuickConnectWork): QuickConnectWork {
  const { phase } = work;
  switch (phase.name) {
    case 'planned':
      return { ...work, phase: { name: 'undoing' } };
    case 'creating':
    case 'verifying':
      return { ...work, phase: { name: 'deleting', stackId: phase.stackId, next: 'cancelled' } };
    case 'deleting':
      return phase.next === 'cancelled' ? work : { ...work, phase: { ...phase, next: 'cancelled' } };
    case 'undoing':
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
    case 'undoing':
      return { ...work, phase: { name: resume } };
    case 'recreate':
      return stackId === undefined
        ? { ...work, attempt: work.attempt + 1, phase: { name: 'planned' } }
        : { ...work, phase: { name: 'deleting', stackId, next: 'planned' } };
    case 'deleting':
      return stackId === undefined ? work : { ...work, phase: { name: resume, stackId, next: 'cancelled' } };
    case 'creating':
    case 'verifying':
    case 'linking':
      return stackId === undefined ? work : { ...work, phase: { name: resume, stackId } };
  }
}

/** The work after "Delete what was left" (or, with nothing left, after giving it up). */
export function cleanedUp(work: QuickConnectWork): QuickConnectWork {
  const { phase } = work;
  if (phase.name !== 'failed' && phase.name !== 'unverified') return work;
  const { stackId } = phase;
  return {
    ...work,
    phase: stackId === undefined ? { name: 'undoing' } : { name: 'deleting', stackId, next: 'cancelled' },
  };
}

/** The work after the explicit choice to keep a role whose ExternalId is not enforced. */
export function keptUnverified(work: QuickConnectWork): QuickConnectWork {
  const { phase } = work;
  if (phase.name !== 'unverified') return work;
  return { ...work, externalIdEnforced: false, phase: { name: 'linking', stackId: phase.stackId } };
}
