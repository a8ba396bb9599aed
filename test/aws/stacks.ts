/** The stacks this emulator owns (those made by CreateStack), and how they are shown. */
import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import type { World } from './service.ts';
import {
  happened,
  lastOf,
  resourceStatus,
  stackState,
  STACK_TYPE,
  type Stack,
  type StackEvent,
} from './stackLife.ts';
import type { Params } from './wire.ts';

export interface Stacks {
  readonly all: Stack[];
  /** By id any stack, also a deleted one; by name the living one. */
  find(accountId: string, region: string, nameOrId: string): Stack | undefined;
  /** Whether this id belongs to a stack of ours. */
  owns(stackId: string | undefined): boolean;
}

export function createStacks(now: () => number): Stacks {
  const all: Stack[] = [];
  return {
    all,
    find(accountId, region, nameOrId) {
      const here = all.filter((stack) => stack.accountId === accountId && stack.region === region);
      return (
        here.find(({ id }) => id === nameOrId) ??
        here.findLast(
          (stack) => stack.name === nameOrId && stackState(stack, now()).status !== 'DELETE_COMPLETE',
        )
      );
    },
    owns: (stackId) => all.some(({ id }) => id === stackId),
  };
}

/** As DescribeStacks shows it. Outputs are moto's, once the stack is complete. */
export async function describeStack(stack: Stack, { clock, moto }: World): Promise<Params> {
  const now = clock.now();
  const { status, reason } = stackState(stack, now);
  const past = happened(stack, now).filter(({ type }) => type === STACK_TYPE);
  const updated = past.find(({ status: at }) => at === 'UPDATE_IN_PROGRESS');
  const deleted = past.find(({ status: at }) => at === 'DELETE_IN_PROGRESS');
  const complete = /^(CREATE|UPDATE|UPDATE_ROLLBACK)_COMPLETE$/.test(status);
  const real =
    complete && stack.real
      ? await moto
          .cloudFormation(stack.accountId, stack.region)
          .send(new DescribeStacksCommand({ StackName: stack.id }))
      : undefined;
  return {
    StackId: stack.id,
    StackName: stack.name,
    Description: stack.template.Description,
    Parameters: Object.entries(shownParameters(stack)).map(([ParameterKey, ParameterValue]) => ({
      ParameterKey,
      ParameterValue,
    })),
    CreationTime: new Date(stack.events[0]?.at ?? now),
    LastUpdatedTime: updated === undefined ? undefined : new Date(updated.at),
    DeletionTime: deleted === undefined ? undefined : new Date(deleted.at),
    StackStatus: status,
    StackStatusReason: reason,
    DisableRollback: stack.disableRollback,
    EnableTerminationProtection: stack.terminationProtection,
    NotificationARNs: stack.notificationArns,
    Capabilities: stack.capabilities,
    RoleARN: stack.roleArn,
    Outputs: real?.Stacks?.[0]?.Outputs,
    Tags: stack.tags,
    DriftInformation: { StackDriftStatus: 'NOT_CHECKED' },
  };
}

function shownParameters(stack: Stack): Record<string, string> {
  return Object.fromEntries(
    Object.entries(stack.template.Parameters ?? {}).map(([name, parameter]) => [
      name,
      String(parameter.NoEcho) === 'true'
        ? '****'
        : (stack.parameters[name] ?? String(parameter.Default ?? '')),
    ]),
  );
}

export function describeEvent(stack: Stack, event: StackEvent): Params {
  return {
    StackId: stack.id,
    EventId: event.id,
    StackName: stack.name,
    LogicalResourceId: event.logicalId,
    PhysicalResourceId: event.physicalId,
    ResourceType: event.type,
    Timestamp: new Date(event.at),
    ResourceStatus: event.status,
    ResourceStatusReason: event.reason,
    ClientRequestToken: event.token,
  };
}

/** As DescribeStackResources shows the stack's resources: those to which something has happened. */
export function describeResources(stack: Stack, now: number): readonly Params[] {
  return stack.resources
    .filter(({ logicalId }) => resourceStatus(stack, logicalId, now) !== undefined)
    .map(({ logicalId, type }) => {
      const last = lastOf(stack, logicalId, now);
      return {
        StackName: stack.name,
        StackId: stack.id,
        LogicalResourceId: logicalId,
        PhysicalResourceId: last?.physicalId,
        ResourceType: type,
        Timestamp: new Date(last?.at ?? now),
        ResourceStatus: last?.status,
        ResourceStatusReason: last?.reason,
        DriftInformation: { StackResourceDriftStatus: 'NOT_CHECKED' },
      };
    });
}
