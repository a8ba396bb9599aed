import type { Clock } from '../base/clock.ts';
import { Failure, isCancelled, throwIfAborted, toFailure } from '../base/errors.ts';
import { isPassing, type AwsFailureCode } from '../providers/awsFailure.ts';
import { awaitConsole } from './awaitConsole.ts';
import {
  firstFailure,
  stackLife,
  type Stack,
  type StackApi,
  type StackEvent,
  type StackRequest,
} from './stack.ts';
import { roleTemplate, stackParameters, stackTags } from './template.ts';
import type { CheckResult, VerificationPorts } from './verification.ts';
import { verifyRole } from './verification.ts';
import { watchStack, type WatchPorts } from './watchStack.ts';
import {
  isResting,
  requestToken,
  type Phase,
  type QuickConnectWork,
  type RecordedFailure,
  type Resume,
} from './work.ts';

export interface StepPorts extends WatchPorts {
  readonly stacks: StackApi;
  readonly verification: VerificationPorts;
  readonly clock: Clock;
  /** The ExternalId of this work; throws when the secret store lost it. */
  readonly loadExternalId: () => Promise<string>;
  /** Saves the provider and its links; safe to repeat. */
  readonly saveProvider: (work: QuickConnectWork) => Promise<void>;
  /** Makes the quick-start user's only key, stores it and its provider; safe to repeat. */
  readonly makeUserKey: (work: QuickConnectWork, signal: AbortSignal) => Promise<void>;
  /** Deletes every key of the quick-start user, in AWS and here: a user with keys cannot be deleted. */
  readonly deleteUserKeys: (work: QuickConnectWork, signal: AbortSignal) => Promise<void>;
  /** Name of the provider of this editor that uses the stack already. */
  readonly providerOfStack: (stackId: string) => string | undefined;
  readonly onCheck: (check: CheckResult) => void;
}

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
      case 'awaiting':
        return await awaitConsole(phase.since, work, ports, signal);
      case 'creating':
        return await watchCreation(phase.stackId, work, ports, signal);
      case 'adopting':
        return await adopt(phase.stackId, work, ports, signal);
      case 'keying':
        await ports.makeUserKey(work, signal);
        return { name: 'verifying', stackId: phase.stackId };
      case 'verifying':
        return await verify(phase.stackId, work, ports, signal);
      case 'deleting':
        return await remove(phase, work, ports, signal);
      case 'undoing':
        return await undo(phase.unsure, work, ports, signal);
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
    const rest = failed(toFailure(error), phase.name, 'stackId' in phase ? phase.stackId : undefined);
    return 'unsure' in phase && phase.unsure ? { ...rest, unsure: true } : rest;
  }
}

type FailedPhase = Extract<Phase, { readonly name: 'failed' }>;

function failed(failure: Failure, resume: Resume, stackId?: string): FailedPhase {
  return { name: 'failed', failure: record(failure), resume, ...(stackId === undefined ? {} : { stackId }) };
}

function record({ code, message, hint }: Failure): RecordedFailure {
  return { code, message, ...(hint === undefined ? {} : { hint }) };
}

async function stackRequest(work: QuickConnectWork, ports: StepPorts): Promise<StackRequest> {
  const { plan } = work;
  return {
    name: plan.stackName,
    template: roleTemplate(plan),
    parameters: stackParameters(plan, await ports.loadExternalId()),
    tags: { [stackTags.product]: 'access-role', [stackTags.work]: plan.providerId },
    requestToken: requestToken(work),
  };
}

/** Answers after which it is certain that this call made nothing. */
const refusals: ReadonlySet<string> = new Set<AwsFailureCode>([
  'access-denied',
  'invalid-credentials',
  'expired-credentials',
  'clock-skew',
  'capability-refused',
  'limit-exceeded',
  'validation',
  'already-exists',
]);

async function create(work: QuickConnectWork, ports: StepPorts, signal: AbortSignal): Promise<Phase> {
  const { plan } = work;
  const request = await stackRequest(work, ports);
  throwIfAborted(signal);
  try {
    const { stackId } = await ports.stacks.create(request, signal);
    return { name: 'creating', stackId };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (!refusals.has(error.code)) return { ...failed(error, 'planned'), unsure: true };
    if (error.code !== 'already-exists') throw error;
    // Our own call of before a crash may have made it; a stack of anybody else is never taken for ours.
    const existing = await ports.stacks.find(plan.stackName, signal);
    if (existing && isOurs(existing, work)) return { name: 'creating', stackId: existing.id };
    return nameTaken(work, existing, ports, error);
  }
}

function isOurs(stack: Stack, work: QuickConnectWork): boolean {
  return stack.tags[stackTags.work] === work.plan.providerId;
}

function nameTaken(
  { plan }: QuickConnectWork,
  existing: Stack | undefined,
  ports: StepPorts,
  cause: Failure,
): Phase {
  const message = `A stack named ${plan.stackName} already exists in ${plan.region}.`;
  const user = existing && ports.providerOfStack(existing.id);
  if (user !== undefined) {
    const hint = `“${user}” uses it. Choose another name, or remove that provider with its stack first.`;
    return failed(new Failure('stack-in-use', message, { hint, cause }), 'planned');
  }
  const adoptable =
    existing && existing.tags[stackTags.product] !== undefined && stackLife(existing.status) === 'ready';
  if (!adoptable) {
    const hint =
      'It was not touched. Choose another name, or delete that stack in the CloudFormation console.';
    return failed(new Failure('stack-name-taken', message, { hint, cause }), 'planned');
  }
  const hint =
    'It was made by this extension before. Taking it over gives it a new ExternalId: another editor that uses it is locked out.';
  return {
    ...failed(new Failure('stack-adoptable', message, { hint, cause }), 'planned'),
    adoptable: existing.id,
  };
}

async function adopt(
  stackId: string,
  work: QuickConnectWork,
  ports: StepPorts,
  signal: AbortSignal,
): Promise<Phase> {
  const { plan } = work;
  const before = await ports.stacks.find(stackId, signal);
  if (!before) return failed(new Failure('stack-deleted', 'The stack was deleted meanwhile.'), 'recreate');
  if (stackLife(before.status) === 'ready' && !isOurs(before, work)) {
    await ports.stacks.update({ ...(await stackRequest(work, ports)), name: stackId }, signal);
  }
  const stack = await watchStack(
    stackId,
    ports,
    signal,
    (now) => !now || stackLife(now.status) !== 'working',
  );
  if (stack && stackLife(stack.status) === 'ready' && stack.outputs['RoleArn'] === plan.roleArn) {
    return { name: 'verifying', stackId };
  }
  const reason = firstFailure((await ports.stacks.events(stackId, signal)).toReversed());
  return failed(
    new Failure(
      'stack-failed',
      `The stack could not be taken over: ${reason?.reason ?? stack?.statusReason ?? 'CloudFormation gives no reason.'}`,
      {
        hint: 'CloudFormation put back what was there before. Choose another name instead.',
      },
    ),
    'planned',
  );
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
    if (stack.outputs['RoleArn'] === plan.roleArn) {
      return plan.user === undefined ? { name: 'verifying', stackId } : { name: 'keying', stackId };
    }
    const reported = stack.outputs['RoleArn'] ?? 'no role';
    const edited = new Failure('role-differs', `The stack made ${reported}, not ${plan.roleArn}.`, {
      hint: 'Its parameters were changed. Delete the stack and start again.',
    });
    return failed(edited, 'recreate', stackId);
  }
  if (life === 'gone') {
    return failed(
      new Failure('stack-deleted', 'Somebody deleted the stack while it was being created.'),
      'recreate',
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
    hint: 'CloudFormation took back what it had made. Retry deletes the failed stack and creates it anew.',
  });
}

async function verify(
  stackId: string | undefined,
  work: QuickConnectWork,
  ports: StepPorts,
  signal: AbortSignal,
): Promise<Phase> {
  const { plan } = work;
  const left = stackId === undefined ? {} : { stackId };
  try {
    const expectation = {
      accountId: plan.accountId,
      createdNow: plan.way !== 'existing',
      hasExternalId: plan.hasExternalId,
    };
    await verifyRole(expectation, ports.verification, ports.onCheck, signal);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (error.code === 'external-id-not-enforced')
      return { name: 'unverified', failure: record(error), ...left };
    throw error;
  }
  return { name: 'linking', ...left };
}

async function remove(
  phase: Phase & { readonly name: 'deleting' },
  work: QuickConnectWork,
  ports: StepPorts,
  signal: AbortSignal,
): Promise<Phase> {
  const { stackId } = phase;
  if (work.plan.user !== undefined) await ports.deleteUserKeys(work, signal);
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

/**
 * Cancelled before CreateStack was answered, or given up after it failed: looks for what that call may have made. Who may
 * not look, and whose call was refused outright, has made nothing.
 */
async function undo(
  unsure: boolean,
  work: QuickConnectWork,
  ports: StepPorts,
  signal: AbortSignal,
): Promise<Phase> {
  try {
    const stack = await ports.stacks.find(work.plan.stackName, signal);
    if (stack && isOurs(stack, work)) return { name: 'deleting', stackId: stack.id, next: 'cancelled' };
  } catch (error) {
    const refused = error instanceof Failure && !isPassing(error.code);
    if (unsure || !refused) throw error;
  }
  return { name: 'cancelled' };
}
