import { parseCaller } from '../../../core/providers/arn.ts';
import { regionsOf } from '../../../core/providers/regions.ts';
import { namesFor, planProblems, roleArnFor } from '../../../core/quickConnect/plan.ts';
import { boundaryName } from '../../../core/quickConnect/policies.ts';
import { describeTrust, type TrustPrincipal } from '../../../core/quickConnect/trust.ts';
import { partitionOf } from '../../../core/signIn/identity.ts';
import type { StageInstance } from '../../../core/stages/link.ts';
import type { RoleStep } from '../../../protocol/connect.ts';
import { filledFields, type Draft } from './draft.ts';
import { sessionNameOf } from './planFrom.ts';
import type { Confirmed } from './view.ts';

const ways: RoleStep['ways'] = [
  { id: 'create', label: 'Create it for me', description: 'One click: the extension calls CloudFormation.' },
  {
    id: 'console',
    label: 'Create it in the AWS console',
    description: 'You create the stack in the browser; the panel goes on by itself.',
  },
  { id: 'existing', label: 'Use a role that exists', description: 'By its ARN.' },
];

const permissionKinds: RoleStep['permissionKinds'] = [
  {
    id: 'administrator',
    label: 'Administrator',
    description: 'AdministratorAccess. Recommended for a first start, since a deploy may create anything.',
  },
  {
    id: 'limited',
    label: 'Serverless deploy (limited)',
    description: 'What deploys of the named services need; roles they make are kept in by a boundary.',
  },
  { id: 'policies', label: 'Own managed policies', description: 'The policies whose ARNs you give.' },
];

/** The role step as the panel shows it; pure. */
export function roleStepView(
  draft: Draft,
  trust: TrustPrincipal | undefined,
  confirmed: Confirmed,
  instances: readonly StageInstance[],
): RoleStep {
  const { identity, root } = confirmed;
  const fields = filledFields(draft);
  const caller = parseCaller(identity.arn);
  const narrowable = trust?.kind === 'account' && sessionNameOf(identity) !== undefined;
  return {
    way: draft.way,
    ways: root ? ways.slice(0, 1) : ways,
    mode: draft.mode,
    fields,
    regions: regionsOf(partitionOf(identity)),
    stackName: namesFor(fields.alias).stackName,
    permissionKind: draft.permissionKind,
    permissionKinds,
    onlyMe: narrowable ? draft.onlyMe : undefined,
    stages: instances.map(({ id, name, serviceName }) => ({
      id,
      label: `${serviceName} · ${name}`,
      linked: draft.stageIds.includes(id),
    })),
    trust: trustSentence(draft, trust, confirmed),
    permissions: permissionSentence(draft),
    notes: [
      ...(caller?.kind === 'role-session' || caller?.kind === 'sso-session'
        ? ['You are a role session yourself, so AWS lets sessions of the new role last one hour at most.']
        : []),
      ...(trust?.kind === 'account' && !root
        ? ['Your own policies must allow sts:AssumeRole on the new role; the panel checks it.']
        : []),
      ...(draft.permissionKind === 'limited' && draft.way === 'create'
        ? [
            `Set provider.iam.role.permissionsBoundary of your services to ${boundaryArn(draft, confirmed)}: roles without it are refused.`,
          ]
        : []),
    ],
    problems: planProblems(fields, draft.way, draft.permissionKind, { accountId: identity.accountId }),
  };
}

function boundaryArn(draft: Draft, { identity }: Confirmed): string {
  const role = roleArnFor(partitionOf(identity), identity.accountId, filledFields(draft).roleName);
  return `${role.slice(0, role.indexOf(':role/'))}:policy/${boundaryName(filledFields(draft).roleName)}`;
}

function trustSentence(
  draft: Draft,
  trust: TrustPrincipal | undefined,
  { identity, root }: Confirmed,
): string {
  if (root) {
    return `Only a new IAM user, ${namesFor(draft.fields.alias).userName}, which can do nothing but assume the role. Its key goes straight to the editor’s secret storage.`;
  }
  if (!trust) return '';
  const session = sessionNameOf(identity);
  return draft.onlyMe && trust.kind === 'account' && session !== undefined
    ? `Only your sessions (${session}), with the ExternalId kept in this editor.`
    : describeTrust(trust);
}

function permissionSentence({ permissionKind, fields }: Draft): string {
  switch (permissionKind) {
    case 'administrator':
      return 'AdministratorAccess: everything in this account. Recommended for a first start, since a deploy may create anything.';
    case 'policies':
      return 'What the managed policies say.';
    case 'limited':
      return `Deploy ${fields.services.split(/\s+/).filter(Boolean).join(', ') || 'the services you name'}, and nothing else.`;
  }
}
