/**
 * The life of a stack as a timetable: every event of an operation is laid down when it starts, each with its time,
 * and what is visible follows from the clock. Nothing runs in the background.
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
 */
import { randomUUID } from 'node:crypto';
import type { Template } from './template.ts';

export interface StackEvent {
  readonly id: string;
  /** Milliseconds, emulator time. */
  readonly at: number;
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly token?: string;
}

export interface StackResource {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
}

export interface Stack {
  readonly id: string;
  readonly name: string;
  readonly accountId: string;
  readonly region: string;
  templateBody: string;
  template: Template;
  parameters: Readonly<Record<string, string>>;
  capabilities: readonly string[];
  tags: readonly { readonly Key: string; readonly Value: string }[];
  roleArn: string | undefined;
  readonly disableRollback: boolean;
  terminationProtection: boolean;
  readonly notificationArns: readonly string[];
  /** Token of the CreateStack call. */
  readonly token: string | undefined;
  /** Oldest first; those in the future have not happened yet. */
  events: StackEvent[];
  resources: readonly StackResource[];
  /** Whether moto holds the stack's resources. */
  real: boolean;
}

export const STACK_TYPE = 'AWS::CloudFormation::Stack';

type Step = Omit<StackEvent, 'id' | 'at' | 'token'>;

/** The failure of one resource during an operation. */
export interface Failure {
  readonly logicalId: string;
  readonly reason: string;
}

/** Spreads steps over `ms` from `start`: the first at once, the last at the end. */
function spread(steps: readonly Step[], start: number, ms: number, token: string | undefined): StackEvent[] {
  const last = Math.max(steps.length - 1, 1);
  return steps.map((step, i) => ({
    ...step,
    id: step.type === STACK_TYPE ? randomUUID() : `${step.logicalId}-${step.status}-${randomUUID()}`,
    at: start + Math.round((ms * i) / last),
    ...(token === undefined ? {} : { token }),
  }));
}

const stackStep = (stack: Stack, status: string, reason?: string): Step => ({
  logicalId: stack.name,
  physicalId: stack.id,
  type: STACK_TYPE,
  status,
  ...(reason === undefined ? {} : { reason }),
});

const resourceStep = (resource: StackResource, status: string, reason?: string): Step => ({
  ...resource,
  status,
  ...(reason === undefined ? {} : { reason }),
});

export interface Schedule {
  readonly start: number;
  readonly ms: number;
  readonly token: string | undefined;
}

/** Events of a creation, ending in CREATE_COMPLETE or, with a failure, as `onFailure` says. */
export function creation(
  stack: Stack,
  schedule: Schedule,
  failure: Failure | undefined,
  onFailure: 'ROLLBACK' | 'DELETE' | 'DO_NOTHING',
): StackEvent[] {
  const steps: Step[] = [stackStep(stack, 'CREATE_IN_PROGRESS', 'User Initiated')];
  const made: StackResource[] = [];
  for (const resource of stack.resources) {
    steps.push(resourceStep({ ...resource, physicalId: '' }, 'CREATE_IN_PROGRESS'));
    if (resource.logicalId === failure?.logicalId) {
      steps.push(resourceStep({ ...resource, physicalId: '' }, 'CREATE_FAILED', failure.reason));
      break;
    }
    steps.push(resourceStep(resource, 'CREATE_IN_PROGRESS', 'Resource creation Initiated'));
    steps.push(resourceStep(resource, 'CREATE_COMPLETE'));
    made.push(resource);
  }
  if (failure === undefined) {
    steps.push(stackStep(stack, 'CREATE_COMPLETE'));
  } else {
    const why = `The following resource(s) failed to create: [${failure.logicalId}]. `;
    if (onFailure === 'DO_NOTHING') steps.push(stackStep(stack, 'CREATE_FAILED', why.trim()));
    else {
      const verb = onFailure === 'DELETE' ? 'Delete' : 'Rollback';
      const state = onFailure === 'DELETE' ? 'DELETE' : 'ROLLBACK';
      steps.push(stackStep(stack, `${state}_IN_PROGRESS`, `${why}${verb} requested by user.`));
      steps.push(...deletions(made), stackStep(stack, `${state}_COMPLETE`));
    }
  }
  return spread(steps, schedule.start, schedule.ms, schedule.token);
}

/** Events of a deletion, ending in DELETE_COMPLETE or, with a failure, in DELETE_FAILED. */
export function deletion(stack: Stack, schedule: Schedule, failure: Failure | undefined): StackEvent[] {
  const steps: Step[] = [stackStep(stack, 'DELETE_IN_PROGRESS', 'User Initiated')];
  const present = stack.resources.filter(({ logicalId }) => {
    const status = resourceStatus(stack, logicalId, schedule.start);
    return status !== undefined && !status.startsWith('DELETE_COMPLETE');
  });
  if (failure === undefined) {
    steps.push(...deletions(present), stackStep(stack, 'DELETE_COMPLETE'));
  } else {
    const failing = present.find(({ logicalId }) => logicalId === failure.logicalId);
    if (failing !== undefined)
      steps.push(
        resourceStep(failing, 'DELETE_IN_PROGRESS'),
        resourceStep(failing, 'DELETE_FAILED', failure.reason),
      );
    steps.push(
      stackStep(
        stack,
        'DELETE_FAILED',
        `The following resource(s) failed to delete: [${failure.logicalId}]. `,
      ),
    );
  }
  return spread(steps, schedule.start, schedule.ms, schedule.token);
}

/** Events of an update of `changed` resources, ending in UPDATE_COMPLETE or UPDATE_ROLLBACK_COMPLETE. */
export function update(
  stack: Stack,
  changed: readonly StackResource[],
  schedule: Schedule,
  failure: Failure | undefined,
): StackEvent[] {
  const steps: Step[] = [stackStep(stack, 'UPDATE_IN_PROGRESS', 'User Initiated')];
  for (const resource of changed) {
    steps.push(resourceStep(resource, 'UPDATE_IN_PROGRESS'));
    if (resource.logicalId === failure?.logicalId) {
      steps.push(resourceStep(resource, 'UPDATE_FAILED', failure.reason));
      break;
    }
    steps.push(resourceStep(resource, 'UPDATE_COMPLETE'));
  }
  if (failure === undefined) {
    steps.push(stackStep(stack, 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'), stackStep(stack, 'UPDATE_COMPLETE'));
  } else {
    const why = `The following resource(s) failed to update: [${failure.logicalId}]. `;
    steps.push(
      stackStep(stack, 'UPDATE_ROLLBACK_IN_PROGRESS', why),
      ...changed
        .filter(({ logicalId }) => logicalId === failure.logicalId)
        .map((resource) => resourceStep(resource, 'UPDATE_COMPLETE')),
      stackStep(stack, 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS'),
      stackStep(stack, 'UPDATE_ROLLBACK_COMPLETE'),
    );
  }
  return spread(steps, schedule.start, schedule.ms, schedule.token);
}

function deletions(resources: readonly StackResource[]): Step[] {
  return resources
    .toReversed()
    .flatMap((resource) => [
      resourceStep(resource, 'DELETE_IN_PROGRESS'),
      resourceStep(resource, 'DELETE_COMPLETE'),
    ]);
}

/** What has happened by `now`, oldest first. */
export function happened(stack: Stack, now: number): readonly StackEvent[] {
  return stack.events.filter(({ at }) => at <= now);
}

/** The stack's own last event. */
export function stackState(stack: Stack, now: number): { readonly status: string; readonly reason?: string } {
  const last = happened(stack, now).findLast(
    ({ type, physicalId }) => type === STACK_TYPE && physicalId === stack.id,
  );
  return {
    status: last?.status ?? 'CREATE_IN_PROGRESS',
    ...(last?.reason === undefined ? {} : { reason: last.reason }),
  };
}

/** A resource's status, undefined while nothing happened to it. */
export function resourceStatus(stack: Stack, logicalId: string, now: number): string | undefined {
  return lastOf(stack, logicalId, now)?.status;
}

export function lastOf(stack: Stack, logicalId: string, now: number): StackEvent | undefined {
  return happened(stack, now).findLast((event) => event.logicalId === logicalId && event.type !== STACK_TYPE);
}

/** Forgets what was going to happen, as when a deletion overtakes a creation. */
export function cutShort(stack: Stack, now: number): void {
  stack.events = stack.events.filter(({ at }) => at <= now);
}
