/**
 * Drift of IAM roles: trust document, managed policies and session length against the template.
 * Other resource types are reported as NOT_CHECKED.
 */
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { GetRoleCommand, ListAttachedRolePoliciesCommand } from '@aws-sdk/client-iam';
import { parse } from './permissions.ts';
import type { World } from './service.ts';
import { iamResources, type IamResource } from './stackIam.ts';
import type { Stack } from './stackLife.ts';

export interface Detection {
  readonly id: string;
  readonly stackId: string;
  /** Milliseconds, emulator time. */
  readonly startedAt: number;
  readonly doneAt: number;
  readonly drifts: readonly ResourceDrift[];
}

interface PropertyDifference {
  readonly PropertyPath: string;
  readonly ExpectedValue: string;
  readonly ActualValue: string;
  readonly DifferenceType: 'NOT_EQUAL' | 'ADD' | 'REMOVE';
}

export interface ResourceDrift {
  readonly StackId: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId: string;
  readonly ResourceType: string;
  readonly ExpectedProperties: string;
  readonly ActualProperties?: string;
  readonly PropertyDifferences: readonly PropertyDifference[];
  readonly StackResourceDriftStatus: 'IN_SYNC' | 'MODIFIED' | 'DELETED';
  readonly Timestamp: Date;
}

/** Compares now; the result is told after a third of a stack operation's time. */
export async function detectDrift(stack: Stack, world: World): Promise<Detection> {
  const roles = iamResources(stack).filter(({ type }) => type === 'AWS::IAM::Role');
  const startedAt = world.clock.now();
  return {
    id: randomUUID(),
    stackId: stack.id,
    startedAt,
    doneAt: startedAt + (world.timing.stackSeconds * 1000) / 3,
    drifts: await Promise.all(roles.map((role) => driftOf(role, stack, world))),
  };
}

export function isDrifted({ drifts }: Detection): boolean {
  return drifts.some(({ StackResourceDriftStatus }) => StackResourceDriftStatus !== 'IN_SYNC');
}

async function driftOf(resource: IamResource, stack: Stack, { moto, clock }: World): Promise<ResourceDrift> {
  const iam = moto.iam(stack.accountId);
  const RoleName = resource.physicalId;
  const { properties } = resource;
  const expected = {
    AssumeRolePolicyDocument: properties.AssumeRolePolicyDocument,
    ManagedPolicyArns: [...(properties.ManagedPolicyArns ?? [])].toSorted(),
    MaxSessionDuration: Number(properties.MaxSessionDuration ?? 3600),
  };
  const base = {
    StackId: stack.id,
    LogicalResourceId: resource.logicalId,
    PhysicalResourceId: resource.physicalId,
    ResourceType: resource.type,
    ExpectedProperties: JSON.stringify(expected),
    Timestamp: new Date(clock.now()),
  };
  const found = await iam.send(new GetRoleCommand({ RoleName })).catch(() => undefined);
  if (found?.Role === undefined)
    return { ...base, PropertyDifferences: [], StackResourceDriftStatus: 'DELETED' };
  const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
  const actual = {
    AssumeRolePolicyDocument: parse(found.Role.AssumeRolePolicyDocument),
    ManagedPolicyArns: AttachedPolicies.map(({ PolicyArn = '' }) => PolicyArn).toSorted(),
    MaxSessionDuration: found.Role.MaxSessionDuration ?? 3600,
  };
  const differences = (['AssumeRolePolicyDocument', 'ManagedPolicyArns', 'MaxSessionDuration'] as const)
    .filter((name) => !isDeepStrictEqual(expected[name], actual[name]))
    .map((name) => ({
      PropertyPath: `/${name}`,
      ExpectedValue: JSON.stringify(expected[name]),
      ActualValue: JSON.stringify(actual[name]),
      DifferenceType: 'NOT_EQUAL' as const,
    }));
  return {
    ...base,
    ActualProperties: JSON.stringify(actual),
    PropertyDifferences: differences,
    StackResourceDriftStatus: differences.length === 0 ? 'IN_SYNC' : 'MODIFIED',
  };
}
