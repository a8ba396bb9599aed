import { Failure } from '../base/errors.ts';
import { parseArn } from '../providers/arn.ts';
import type { Partition } from '../providers/provider.ts';
import type { TrustPrincipal } from './trust.ts';

/** What the role may do. */
export type Permissions =
  | { readonly kind: 'administrator' }
  /** Managed policies the person names. */
  | { readonly kind: 'policies'; readonly arns: readonly string[] }
  /** What a Serverless deploy of these services needs, kept in by a boundary that the same stack makes. */
  | {
      readonly kind: 'limited';
      readonly services: readonly string[];
      /** AWS services (beside Lambda) to which roles of the services may be passed, e.g. `states.amazonaws.com`. */
      readonly passTo: readonly string[];
    };

/** How the role comes into being; see the panel's protocol. */
export type RoleWay = 'create' | 'console' | 'existing';

/** Who asks AWS for the stack. */
export type Creator =
  | { readonly kind: 'provider'; readonly id: string }
  /** A profile whose identity is not kept as a provider (root). */
  | { readonly kind: 'profile'; readonly name: string };

/** A stage to link to the new provider. */
export interface StageRef {
  readonly serviceId: string;
  readonly stage: string;
}

/** Everything a person decided before anything is created; holds no secret. */
export interface RolePlan {
  /** Id the provider will get; also names its ExternalId in the secret store. */
  readonly providerId: string;
  readonly way: RoleWay;
  readonly alias: string;
  readonly creator: Creator;
  /** Who assumes the role: a provider that exists, or the one made for `user`. */
  readonly sourceProviderId: string;
  /** Quick start of a root identity: the stack also makes this IAM user, which may do nothing but assume the role. */
  readonly user?: string;
  readonly accountId: string;
  readonly partition: Partition;
  readonly region: string;
  readonly stackName: string;
  readonly roleArn: string;
  readonly trust: TrustPrincipal;
  readonly permissions: Permissions;
  /** A permission boundary of the person's own, for the access role itself. */
  readonly boundaryArn?: string;
  /** False only for an existing role that asks for none. */
  readonly hasExternalId: boolean;
  /** Session length to ask for and the role's MaxSessionDuration, in seconds. */
  readonly sessionSeconds: number;
  readonly stages: readonly StageRef[];
}

export function roleArnFor(partition: Partition, accountId: string, roleName: string): string {
  return `arn:${partition}:iam::${accountId}:role/${roleName}`;
}

/** The role's name without its path. */
export function roleNameOf(plan: Pick<RolePlan, 'roleArn'>): string {
  return plan.roleArn.slice(plan.roleArn.lastIndexOf('/') + 1);
}

/** Names derived from an alias, within AWS's limits (role and user 64, stack 128 characters). */
export function namesFor(alias: string): {
  readonly roleName: string;
  readonly stackName: string;
  readonly userName: string;
} {
  const slug = alias
    .normalize('NFKD')
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40);
  const name = `stage-providers-${slug === '' ? 'access' : slug}`.replace(/-+$/, '');
  return { roleName: name, stackName: name, userName: `${name}-user` };
}

/** Field values of the role step as typed; see the panel's protocol. */
export interface PlanFields {
  readonly alias: string;
  readonly region: string;
  readonly accountId: string;
  readonly roleName: string;
  readonly policyArns: string;
  readonly services: string;
  readonly passTo: string;
  readonly boundaryArn: string;
  readonly sessionHours: string;
  readonly roleArn: string;
}

type Problems = Readonly<Partial<Record<keyof PlanFields, string>>>;

/** Entries of a field that holds one per line; commas separate, too. */
export function linesOf(text: string): readonly string[] {
  return text
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** Message per field that AWS would refuse; empty when all is well. Only the fields that count for the way are looked at. */
export function planProblems(
  fields: PlanFields,
  way: RoleWay,
  kind: Permissions['kind'],
  known: { readonly accountId: string },
): Problems {
  const problems: Partial<Record<keyof PlanFields, string>> = {};
  const check = (name: keyof PlanFields, problem: string | undefined): void => {
    if (problem !== undefined) problems[name] = problem;
  };
  check('alias', aliasProblem(fields.alias));
  check('region', regionProblem(fields.region));
  if (way === 'existing') {
    check('roleArn', roleArnProblem(fields.roleArn));
    return problems;
  }
  check('roleName', roleNameProblem(fields.roleName));
  check('sessionHours', hoursProblem(fields.sessionHours));
  check('boundaryArn', policyArnProblem(fields.boundaryArn.trim(), true));
  if (
    way === 'console' &&
    !/^\d{12}$/.test(fields.accountId.trim()) &&
    known.accountId !== fields.accountId
  ) {
    check('accountId', 'An account id has 12 digits.');
  }
  if (kind === 'policies') check('policyArns', policyArnsProblem(linesOf(fields.policyArns)));
  if (kind === 'limited') {
    check('services', servicesProblem(linesOf(fields.services)));
    const bad = linesOf(fields.passTo).find(
      (service) => !/^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/.test(service),
    );
    check(
      'passTo',
      bad === undefined ? undefined : `“${bad}” is not a service principal, such as states.amazonaws.com.`,
    );
  }
  return problems;
}

function aliasProblem(alias: string): string | undefined {
  if (alias.trim() === '') return 'Give the provider a name.';
  return alias.length > 60 ? 'At most 60 characters.' : undefined;
}

function regionProblem(region: string): string | undefined {
  return /^[a-z]{2,}(-[a-z]+)+-\d$/.test(region.trim())
    ? undefined
    : 'This is not a region, such as eu-central-1.';
}

/** IAM: 1–64 characters of `[\w+=,.@-]`. */
function roleNameProblem(name: string): string | undefined {
  if (/^[\w+=,.@-]{1,64}$/.test(name.trim())) return undefined;
  return 'A role name has 1 to 64 letters, digits and + = , . @ - _';
}

/** A role's MaxSessionDuration is 1 to 12 hours. */
function hoursProblem(hours: string): string | undefined {
  return /^([1-9]|1[0-2])$/.test(hours.trim()) ? undefined : 'Whole hours, from 1 to 12.';
}

function policyArnsProblem(arns: readonly string[]): string | undefined {
  if (arns.length === 0) return 'Name at least one managed policy.';
  if (arns.length > 10) return 'A role takes at most 10 managed policies.';
  return arns.map((arn) => policyArnProblem(arn, false)).find((problem) => problem !== undefined);
}

function policyArnProblem(arn: string, optional: boolean): string | undefined {
  if (optional && arn === '') return undefined;
  const parsed = parseArn(arn);
  if (parsed?.service === 'iam' && /^policy\/[\w+=,.@/-]+$/.test(parsed.resource)) return undefined;
  return `“${arn}” is not the ARN of a managed policy (arn:aws:iam::…:policy/…).`;
}

/** A service name begins the names of its roles, functions and stacks; a short or foreign one would open too much. */
function servicesProblem(services: readonly string[]): string | undefined {
  if (services.length === 0) return 'Name at least one service.';
  const bad = services.find(
    (service) => !/^[A-Za-z][A-Za-z0-9-]{1,62}$/.test(service) || /^stage-providers/i.test(service),
  );
  return bad === undefined
    ? undefined
    : `“${bad}” cannot be used: 2 to 63 letters, digits and “-”, not “stage-providers…”.`;
}

function roleArnProblem(arn: string): string | undefined {
  return isRoleArn(arn) ? undefined : 'A role’s ARN looks like arn:aws:iam::123456789012:role/name.';
}

export function isRoleArn(arn: string): boolean {
  const parsed = parseArn(arn);
  return parsed?.service === 'iam' && parsed.accountId !== '' && /^role\/[\w+=,.@/-]+$/.test(parsed.resource);
}

/** @throws Failure `invalid-plan` when a value cannot be used; the panel shows problems before it comes to this. */
export function assertPlan(plan: RolePlan): void {
  const problem = aliasProblem(plan.alias) ?? regionProblem(plan.region) ?? roleArnProblem(plan.roleArn);
  if (problem !== undefined) throw new Failure('invalid-plan', problem);
}
