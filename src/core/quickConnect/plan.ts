import { Failure } from '../base/errors.ts';
import type { Partition } from '../providers/provider.ts';
import type { TrustPrincipal } from './trust.ts';

/** What the role may do. */
export type Permissions = { readonly kind: 'administrator' };

/** A stage to link to the new provider. */
export interface StageRef {
  readonly serviceId: string;
  readonly stage: string;
}

/** Everything a person decided before anything is created; holds no secret. */
export interface RolePlan {
  /** Id the provider will get; also names its ExternalId in the secret store. */
  readonly providerId: string;
  readonly alias: string;
  readonly sourceProviderId: string;
  readonly accountId: string;
  readonly partition: Partition;
  readonly region: string;
  readonly stackName: string;
  readonly roleName: string;
  readonly trust: TrustPrincipal;
  readonly permissions: Permissions;
  /** Session length to ask for and the role's MaxSessionDuration, in seconds. */
  readonly sessionSeconds: number;
  readonly stages: readonly StageRef[];
}

export function roleArn(plan: Pick<RolePlan, 'partition' | 'accountId' | 'roleName'>): string {
  return `arn:${plan.partition}:iam::${plan.accountId}:role/${plan.roleName}`;
}

/** Names derived from an alias, within AWS's limits (role 64, stack 128 characters). */
export function namesFor(alias: string): { readonly roleName: string; readonly stackName: string } {
  const slug = alias
    .normalize('NFKD')
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40);
  const name = `stage-providers-${slug === '' ? 'access' : slug}`.replace(/-+$/, '');
  return { roleName: name, stackName: name };
}

/** Message per field that AWS would refuse; empty when all is well. */
export function planProblems(fields: { alias: string; region: string }): Readonly<Record<string, string>> {
  const problems: Record<string, string> = {};
  if (fields.alias.trim() === '') problems['alias'] = 'Give the provider a name.';
  else if (fields.alias.length > 60) problems['alias'] = 'At most 60 characters.';
  if (!/^[a-z]{2,}(-[a-z]+)+-\d$/.test(fields.region))
    problems['region'] = 'This is not a region, such as eu-central-1.';
  return problems;
}

/** @throws Failure `invalid-plan` when a field cannot be used. */
export function assertPlan(plan: RolePlan): void {
  const [problem] = Object.values(planProblems(plan));
  if (problem !== undefined) throw new Failure('invalid-plan', problem);
}
