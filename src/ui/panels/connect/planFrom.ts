import { parseArn, parseCaller } from '../../../core/providers/arn.ts';
import type { CallerIdentity, Provider } from '../../../core/providers/provider.ts';
import { freeName } from '../../../core/providers/registry.ts';
import {
  linesOf,
  namesFor,
  roleArnFor,
  type Creator,
  type Permissions,
  type RolePlan,
} from '../../../core/quickConnect/plan.ts';
import type { TrustPrincipal } from '../../../core/quickConnect/trust.ts';
import { partitionOf } from '../../../core/signIn/identity.ts';
import { filledFields, type Draft } from './draft.ts';

export interface PlanParts {
  readonly identity: CallerIdentity;
  readonly trust: TrustPrincipal | undefined;
  /** Root's way to the stack; its role is assumed by a user of its own. */
  readonly root: Creator | undefined;
  /** The provider that will assume the role; not needed for root. */
  readonly sourceProviderId: string;
  readonly providers: readonly Provider[];
  readonly stages: RolePlan['stages'];
  readonly newId: () => string;
  /** Of an existing role; empty = none. */
  readonly externalId?: string;
}

/** The plan that a draft's answers make; pure but for the new ids. */
export function planFrom(draft: Draft, parts: PlanParts): RolePlan {
  const fields = filledFields(draft);
  const alias = freeName(fields.alias.trim(), parts.providers);
  const partition = partitionOf(parts.identity);
  const { userName, stackName } = namesFor(alias);
  const existing = draft.way === 'existing' ? parseArn(fields.roleArn) : undefined;
  const accountId =
    existing?.accountId ?? (draft.way === 'console' ? fields.accountId.trim() : parts.identity.accountId);
  const roleName = draft.fields.roleName.trim() === '' ? namesFor(alias).roleName : fields.roleName.trim();
  const sourceProviderId = parts.root ? parts.newId() : parts.sourceProviderId;
  const userArn = `arn:${partition}:iam::${accountId}:user/${userName}`;
  const boundaryArn = fields.boundaryArn.trim();
  return {
    providerId: parts.newId(),
    way: draft.way,
    alias,
    creator: parts.root ?? { kind: 'provider', id: sourceProviderId },
    sourceProviderId,
    ...(parts.root ? { user: userName } : {}),
    accountId,
    partition,
    region: fields.region.trim(),
    stackName,
    roleArn: existing ? fields.roleArn.trim() : roleArnFor(partition, accountId, roleName),
    trust:
      parts.root || !parts.trust
        ? { kind: 'arn', arn: userArn }
        : narrowed(parts.trust, draft, parts.identity),
    permissions: permissionsFrom(draft),
    ...(boundaryArn === '' || draft.permissionKind === 'limited' ? {} : { boundaryArn }),
    hasExternalId: draft.way !== 'existing' || (parts.externalId ?? '') !== '',
    sessionSeconds: Number(fields.sessionHours.trim()) * 3600,
    stages: parts.stages,
  };
}

/** "Only me": sessions of an account principal carry the person's session name in `aws:userid`. */
function narrowed(trust: TrustPrincipal, { onlyMe }: Draft, identity: CallerIdentity): TrustPrincipal {
  const session = sessionNameOf(identity);
  return onlyMe && trust.kind === 'account' && session !== undefined
    ? { ...trust, userId: `*:${session}` }
    : trust;
}

/** The session's name where the caller is a role session. */
export function sessionNameOf(identity: CallerIdentity): string | undefined {
  const caller = parseCaller(identity.arn);
  return caller?.kind === 'sso-session' || caller?.kind === 'role-session' ? caller.sessionName : undefined;
}

function permissionsFrom({ permissionKind, fields }: Draft): Permissions {
  switch (permissionKind) {
    case 'administrator':
      return { kind: 'administrator' };
    case 'policies':
      return { kind: 'policies', arns: linesOf(fields.policyArns) };
    case 'limited':
      return { kind: 'limited', services: linesOf(fields.services), passTo: linesOf(fields.passTo) };
  }
}
