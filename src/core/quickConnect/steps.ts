import { backOff, type Clock } from '../base/clock.ts';
import { Failure, isCancelled, throwIfAborted, toFailure } from '../base/errors.ts';
import { isPassing } from '../providers/awsFailure.ts';
import { roleArn } from './plan.ts';
import { firstFailure, stackLife, type Stack, type StackApi, type StackEvent } from './stack.ts';
import { roleTemplate, stackParameters, stackTags } from './template.ts';
import type { VerificationPorts, CheckResult } from './verification.ts';
import { verifyRole } from './verification.ts';
import {
  isResting,
  requestToken,
  type Phase,
  type QuickConnectWork,
  type RecordedFailure,
  type Resume,
} from './work.ts';

export interface StepPorts {
  readonly stacks: StackApi;
  readonly verification: VerificationPorts;
  readonly clock: Clock;
  /** The ExternalId of this work; throws when the secret store lost it. */
  readonly loadExternalId: () => Promise<string>;
  /** Saves the provider and its links; safe to repeat. */
  readonly saveProvider: (work: QuickConnectWork) => Promise<void>;
  readonly onEvents: (events: readonly StackEvent[]) => void;
  readonly onCheck: (check: CheckResult) => void;
  /** AWS does not answer for the moment (`undefined`: it does again). */
  readonly onTrouble: (failure: Failure | undefined) => void;
}

/** How long a stack may take before we stop watching (it can be resumed), in milliseconds. */
const stackLimitMs = 30 * 60_000;
/** How long AWS may be unreachable before the work rests (it can be resumed), in milliseconds. */
const troubleLimitMs = 5 * 60_000;

/** Does what the work's phase asks for and says which phase comes next. Never throws but for cancellation. */
export async function nextPhase(
  work: QuickConnectWork,
  ports: StepPorts,
  signal: AbortSignal,
): Promise<Phase> {
  const { phase } = work;
  try {
    switch (phase.name) {
      case 'planned':
        return await create(work, ports, signal);
      case 'creating':
        return await watchCreation(phase.stackId, work, ports, signal);
      case 'verifying':
        return await verify(phase.stackId, work, ports, signal);
      case 'deleting':
        return await remove(phase, work, ports, signal);
      case 'undoing':
        return await undo(work, ports, signal);
      case 'linking':
        await ports.saveProvider(work);
        return { name: 'connected' };
      case 'failed':
      case 'unverified':
      case 'cancelled':
      case 'connected':
        return phase;
    }
  } catch (error) {
    if (isCancelled(error)) throw error;
    if (isResting(phase)) throw error;
    return failed(toFailure(error), phase.name, 'stackId' in phase ? phase.stackId : undefined);
  }
}

function failed(failure: Failure, resume: Resume, stackId?: string): Phase {
  return { name: 'failed', failure: record(failure), resume, ...(stackId === undefined ? {} : { stackId }) };
}

function record({ code, message, hint }: Failure): RecordedFailure {
  return { code, message, ...(hint === undefined ? {} : { hint }) };
}

async function create(work: QuickConnectWork, ports: StepPorts, signal: AbortSignal): Promise<Phase> {
  const { plan } = work;
  const externalId = await ports.loadExternalId();
  throwIfAborted(signal);
  try {
    const { stackId } = await ports.stacks.create(
      {
        name: plan.stackName,
        template: roleTemplate(plan),
        parameters: stackParameters(plan, externalId),
        tags: { [stackTags.product]: 'access-role', [stackTags.work]: plan.providerId },
        requestToken: requestToken(work),
      },
      signal,
    );
    return { name: 'creating', stackId };
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'already-exists') throw error;
    // Our own call of before a crash may have made it; a stack of anybody else is never taken for ours.
    const existing = await ports.stacks.find(plan.stackName, signal);
    if (existing && isOurs(existing, work)) return { name: 'creating', stackId: existing.id };
    throw nameTaken(plan.stackName, plan.region, error);
  }
}

function isOurs(stack: Stack, work: QuickConnectWork): boolean {
  return stack.tags[stackTags.work] === work.plan.providerId;
}

function nameTaken(stackName: string, region: string, cause: Failure): Failure {
  return new Failure('stack-name-taken', `A stack named ${stackName} already exists in ${region}.`, {
    hint: 'It was not touched. Go back and choose another name, or delete that stack in the CloudFormation console.',
    cause,
  });
}

/** Reads the stack until `done` says so, waiting longer while AWS does not answer, within the limits. */
async function watchStack(
  stackId: string,
  ports: StepPorts,
  signal: AbortSignal,
  done: (stack: Stack | undefined) => boolean,
): Promise<Stack | undefined> {
  const { clock, stacks } = ports;
  const deadline = clock.now() + stackLimitMs;
  let troubleSince: number | undefined;
  let waits = backOff({ first: 1000, factor: 1.2, cap: 4000, limit: stackLimitMs });
  for (;;) {
    throwIfAborted(signal);
    try {
      const stack = await stacks.find(stackId, signal);
      ports.onEvents(await stacks.events(stackId, signal));
      if (troubleSince !== undefined) {
        troubleSince = undefined;
        waits = backOff({ first: 1000, factor: 1.2, cap: 4000, limit: stackLimitMs });
        ports.onTrouble(undefined);
      }
      if (done(stack)) return stack;
    } catch (error) {
      if (!(error instanceof Failure) || !isPassing(error.code)) throw error;
      troubleSince ??= clock.now();
      ports.onTrouble(error);
      if (clock.now() - troubleSince >= troubleLimitMs) throw error;
    }
    const wait = waits.next();
    if (wait.done || clock.now() > deadline) {
      throw new Failure('stack-timeout', 'CloudFormation is still working on the stack after 30 minutes.', {
        hint: 'Nothing is lost: choose Retry to go on watching, or look at the stack in the console.',
      });
    }
    await clock.wait(wait.value, signal);
  }
}

async function watchCreation(
  stackId: string,
  work: QuickConnectWork,
  ports: StepPorts,
  signal: AbortSignal,
): Promise<Phase> {
  const { plan } = work;
  const stack = await watchStack(
    stackId,
    ports,
    signal,
    (now) => !now || stackLife(now.status) !== 'working',
  );
  const life = stack ? stackLife(stack.status) : 'gone';
  if (stack && life === 'ready') {
    if (stack.outputs['RoleArn'] === roleArn(plan)) return { name: 'verifying', stackId };
    const reported = stack.outputs['RoleArn'] ?? 'no role';
    const edited = new Failure('role-differs', `The stack made ${reported}, not ${roleArn(plan)}.`, {
      hint: 'Its parameters were changed. Delete the stack and start again.',
    });
    return failed(edited, 'recreate', stackId);
  }
  if (life === 'gone') {
    return failed(
      new Failure('stack-deleted', 'Somebody deleted the stack while it was being created.'),
      'planned',
    );
  }
  const reason = firstFailure(await ports.stacks.events(stackId, signal));
  return failed(creationFailed(reason, stack), 'recreate', stackId);
}

function creationFailed(event: StackEvent | undefined, stack: Stack | undefined): Failure {
  const reason = event?.reason ?? stack?.statusReason ?? 'CloudFormation gives no reason.';
  const what = event
    ? `${event.logicalId} (${event.resourceType}) could not be created`
    : 'The stack could not be created';
  return new Failure('stack-failed', `${what}: ${reason}`, {
    hint: 'CloudFormation took back what it had made. Delete the failed stack, then try again.',
  });
}

async function verify(
  stackId: string,
  work: QuickConnectWork,
  ports: StepPorts,
  signal: AbortSignal,
): Promise<Phase> {
  try {
    await verifyRole(work.plan.accountId, true, ports.verification, ports.onCheck, signal);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (error.code === 'external-id-not-enforced') {
      const { code, message, hint } = error;
      return {
        name: 'unverified',
        stackId,
        failure: { code, message, ...(hint === undefined ? {} : { hint }) },
      };
    }
    throw error;
  }
  return { name: 'linking', stackId };
}

async function remove(
  phase: Phase & { readonly name: 'deleting' },
  work: QuickConnectWork,
  ports: StepPorts,
  signal: AbortSignal,
): Promise<Phase> {
  const { stackId } = phase;
  await ports.stacks.delete(stackId, `${requestToken(work)}-delete`, signal);
  const stack = await watchStack(stackId, ports, signal, (now) => !now || !isBeingDeleted(now.status));
  const life = stack ? stackLife(stack.status) : 'gone';
  if (life === 'gone') return phase.next === 'planned' ? { name: 'planned' } : { name: 'cancelled' };
  const reason = stack?.statusReason ?? 'CloudFormation gives no reason.';
  return failed(
    new Failure('delete-failed', `The stack could not be deleted: ${reason}`, {
      hint: 'It is still in your account. Retry, or delete it in the CloudFormation console.',
    }),
    'deleting',
    stackId,
  );
}

/** DeleteStack is answered before the status changes, so a stack that still reads as created is being deleted, too. */
function isBeingDeleted(status: string): boolean {
  return status !== 'DELETE_COMPLETE' && status !== 'DELETE_FAILED';
}

/** Cancelled before CreateStack was answered: looks for what that call may have made. */
async function undo(work: QuickConnectWork, ports: StepPorts, signal: AbortSignal): Promise<Phase> {
  const stack = await ports.stacks.find(work.plan.stackName, signal);
  if (stack && isOurs(stack, work)) return { name: 'deleting', stackId: stack.id, next: 'cancelled' };
  return { name: 'cancelled' };
}
