/** Which policies an identity has, and what they let it do. Reads moto's IAM; caches until IAM changes. */
import {
  GetGroupPolicyCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  ListAttachedGroupPoliciesCommand,
  ListAttachedRolePoliciesCommand,
  ListAttachedUserPoliciesCommand,
  ListGroupPoliciesCommand,
  ListGroupsForUserCommand,
  ListRolePoliciesCommand,
  ListUserPoliciesCommand,
  type IAMClient,
} from '@aws-sdk/client-iam';
import { principalArn, type Identity } from './keys.ts';
import type { Moto } from './moto.ts';
import { evaluate, type Context, type PolicyDocument, type PolicyRequest } from './policy.ts';

interface Grants {
  readonly identity: readonly PolicyDocument[];
  readonly boundary: PolicyDocument | undefined;
}

export type Decision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly explicit: boolean; readonly reason: string };

export interface Permissions {
  /** What the identity's own policies (with boundary and session policies) say about a request. */
  decide(identity: Identity, request: PolicyRequest): Promise<Decision>;
  /** A managed policy's default version; throws when it does not exist. */
  managed(accountId: string, arn: string): Promise<PolicyDocument>;
  /** Forgets what was read: call after every change to IAM. */
  changed(): void;
}

export function createPermissions(moto: Moto): Permissions {
  let cache = new Map<string, Promise<Grants>>();
  const grantsOf = (identity: Identity): Promise<Grants> => {
    const name =
      identity.kind === 'role' ? identity.roleName : 'userName' in identity ? identity.userName : '';
    const key = `${identity.accountId}/${identity.kind === 'role' ? 'role' : 'user'}/${name}`;
    const known =
      cache.get(key) ??
      (identity.kind === 'role'
        ? roleGrants(moto.iam(identity.accountId), name)
        : userGrants(moto.iam(identity.accountId), name));
    cache.set(key, known);
    return known;
  };
  return {
    changed() {
      cache = new Map();
    },
    managed: (accountId, arn) => managedPolicy(moto.iam(accountId), arn),
    async decide(identity, request) {
      if (identity.kind === 'root') return { allowed: true };
      const { identity: documents, boundary } = await grantsOf(identity).catch((): Grants => NO_GRANTS);
      const { action } = request;
      const layers: [string, readonly PolicyDocument[]][] = [['identity-based policy', documents]];
      if (boundary !== undefined) layers.push(['permissions boundary', [boundary]]);
      if ('sessionPolicies' in identity && identity.sessionPolicies !== undefined)
        layers.push(['session policy', identity.sessionPolicies]);
      const verdicts = layers.map(([name, layer]) => [name, evaluate(layer, request)] as const);
      const denied = verdicts.find(([, verdict]) => verdict === 'explicitDeny');
      if (denied !== undefined)
        return {
          allowed: false,
          explicit: true,
          reason: `with an explicit deny in ${denied[0].startsWith('i') ? 'an' : 'a'} ${denied[0]}`,
        };
      const missing = verdicts.find(([, verdict]) => verdict !== 'allow');
      if (missing === undefined) return { allowed: true };
      return {
        allowed: false,
        explicit: false,
        reason: `because no ${missing[0]} allows the ${action} action`,
      };
    },
  };
}

const NO_GRANTS: Grants = { identity: [], boundary: undefined };

async function userGrants(iam: IAMClient, UserName: string): Promise<Grants> {
  const [{ User }, inline, attached, groups] = await Promise.all([
    iam.send(new GetUserCommand({ UserName })),
    iam.send(new ListUserPoliciesCommand({ UserName })),
    iam.send(new ListAttachedUserPoliciesCommand({ UserName })),
    iam.send(new ListGroupsForUserCommand({ UserName })),
  ]);
  const documents = await Promise.all([
    ...(inline.PolicyNames ?? []).map(async (PolicyName) =>
      parse((await iam.send(new GetUserPolicyCommand({ UserName, PolicyName }))).PolicyDocument),
    ),
    ...(attached.AttachedPolicies ?? []).map(({ PolicyArn = '' }) => managedPolicy(iam, PolicyArn)),
  ]);
  const ofGroups = await Promise.all(
    (groups.Groups ?? []).map(({ GroupName = '' }) => groupGrants(iam, GroupName)),
  );
  return {
    identity: [...documents, ...ofGroups.flat()],
    boundary: await boundary(iam, User?.PermissionsBoundary?.PermissionsBoundaryArn),
  };
}

async function groupGrants(iam: IAMClient, GroupName: string): Promise<PolicyDocument[]> {
  const [inline, attached] = await Promise.all([
    iam.send(new ListGroupPoliciesCommand({ GroupName })),
    iam.send(new ListAttachedGroupPoliciesCommand({ GroupName })),
  ]);
  return Promise.all([
    ...(inline.PolicyNames ?? []).map(async (PolicyName) =>
      parse((await iam.send(new GetGroupPolicyCommand({ GroupName, PolicyName }))).PolicyDocument),
    ),
    ...(attached.AttachedPolicies ?? []).map(({ PolicyArn = '' }) => managedPolicy(iam, PolicyArn)),
  ]);
}

async function roleGrants(iam: IAMClient, RoleName: string): Promise<Grants> {
  const [{ Role }, inline, attached] = await Promise.all([
    iam.send(new GetRoleCommand({ RoleName })),
    iam.send(new ListRolePoliciesCommand({ RoleName })),
    iam.send(new ListAttachedRolePoliciesCommand({ RoleName })),
  ]);
  const documents = await Promise.all([
    ...(inline.PolicyNames ?? []).map(async (PolicyName) =>
      parse((await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }))).PolicyDocument),
    ),
    ...(attached.AttachedPolicies ?? []).map(({ PolicyArn = '' }) => managedPolicy(iam, PolicyArn)),
  ]);
  return {
    identity: documents,
    boundary: await boundary(iam, Role?.PermissionsBoundary?.PermissionsBoundaryArn),
  };
}

async function boundary(iam: IAMClient, arn: string | undefined): Promise<PolicyDocument | undefined> {
  return arn === undefined || arn === '' ? undefined : managedPolicy(iam, arn);
}

async function managedPolicy(iam: IAMClient, PolicyArn: string): Promise<PolicyDocument> {
  const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
  const VersionId = Policy?.DefaultVersionId;
  const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId }));
  return parse(PolicyVersion?.Document);
}

/** IAM hands documents out percent-encoded. */
export function parse(document: string | undefined): PolicyDocument {
  const source = document ?? '{"Statement":[]}';
  return JSON.parse(
    source.trimStart().startsWith('{') ? source : decodeURIComponent(source),
  ) as PolicyDocument;
}

/** Context keys every request carries. */
export function principalContext(identity: Identity, wallMs: number): Context {
  return {
    'aws:PrincipalArn': principalArn(identity),
    'aws:PrincipalAccount': identity.accountId,
    'aws:PrincipalType':
      identity.kind === 'role'
        ? 'AssumedRole'
        : identity.kind === 'root'
          ? 'Account'
          : identity.kind === 'federated'
            ? 'FederatedUser'
            : 'User',
    'aws:userid': identity.userId,
    ...(identity.kind === 'user' ? { 'aws:username': identity.userName } : {}),
    ...(identity.mfa === undefined ? {} : { 'aws:MultiFactorAuthPresent': String(identity.mfa) }),
    'aws:SourceIp': '127.0.0.1',
    'aws:SecureTransport': 'true',
    'aws:CurrentTime': new Date(wallMs).toISOString(),
  };
}
