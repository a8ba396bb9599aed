/**
 * The IAM part of stacks in moto: what its CloudFormation leaves out (managed policies, updates of trust documents,
 * boundaries).
 */
import {
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  DeleteAccessKeyCommand,
  DeleteUserPolicyCommand,
  DetachRolePolicyCommand,
  DetachUserPolicyCommand,
  GetRoleCommand,
  GetUserCommand,
  ListAccessKeysCommand,
  ListAttachedRolePoliciesCommand,
  ListAttachedUserPoliciesCommand,
  ListUserPoliciesCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from '@aws-sdk/client-iam';
import type { PolicyDocument } from './policy.ts';
import type { World } from './service.ts';
import type { Stack } from './stackLife.ts';
import { resolve, type Scope } from './template.ts';

/** Properties of AWS::IAM::Role and AWS::IAM::User, resolved. */
export interface IamProperties {
  readonly RoleName?: string;
  readonly UserName?: string;
  readonly Path?: string;
  readonly Description?: string;
  readonly AssumeRolePolicyDocument?: PolicyDocument;
  readonly ManagedPolicyArns?: readonly string[];
  readonly MaxSessionDuration?: number | string;
  readonly PermissionsBoundary?: string;
  readonly Policies?: readonly { readonly PolicyName: string; readonly PolicyDocument: unknown }[];
}

export interface IamResource {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
  readonly arn: string;
  readonly properties: IamProperties;
}

export function scopeOf(stack: Stack): Scope {
  return {
    parameters: stack.parameters,
    accountId: stack.accountId,
    region: stack.region,
    stackName: stack.name,
    stackId: stack.id,
    physicalIds: Object.fromEntries(
      stack.resources.map(({ logicalId, physicalId }) => [logicalId, physicalId]),
    ),
  };
}

/** The stack's roles and users with their resolved properties. */
export function iamResources(stack: Stack): readonly IamResource[] {
  const scope = scopeOf(stack);
  return stack.resources
    .filter(({ type }) => type === 'AWS::IAM::Role' || type === 'AWS::IAM::User')
    .map((resource) => {
      const source = stack.template.Resources[resource.logicalId]?.Properties ?? {};
      const properties = resolve(source, stack.template, scope) as IamProperties;
      const kind = resource.type === 'AWS::IAM::Role' ? 'role' : 'user';
      const arn = `arn:aws:iam::${stack.accountId}:${kind}${properties.Path ?? '/'}${resource.physicalId}`;
      return { ...resource, arn, properties };
    });
}

/** Makes moto's roles and users what the template says. */
export async function applyIam(stack: Stack, { moto }: World): Promise<void> {
  const iam = moto.iam(stack.accountId);
  for (const { type, physicalId, properties } of iamResources(stack)) {
    const wanted = properties.ManagedPolicyArns ?? [];
    if (type === 'AWS::IAM::User') {
      const UserName = physicalId;
      for (const PolicyArn of wanted) await iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn }));
      for (const { PolicyName, PolicyDocument } of properties.Policies ?? [])
        await iam.send(
          new PutUserPolicyCommand({ UserName, PolicyName, PolicyDocument: JSON.stringify(PolicyDocument) }),
        );
      continue;
    }
    const RoleName = physicalId;
    const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
    const attached = AttachedPolicies.map(({ PolicyArn = '' }) => PolicyArn);
    for (const PolicyArn of wanted.filter((arn) => !attached.includes(arn)))
      await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
    for (const PolicyArn of attached.filter((arn) => !wanted.includes(arn)))
      await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
    for (const { PolicyName, PolicyDocument } of properties.Policies ?? [])
      await iam.send(
        new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: JSON.stringify(PolicyDocument) }),
      );
    const MaxSessionDuration = Number(properties.MaxSessionDuration ?? 3600);
    const Description = properties.Description ?? '';
    await iam.send(new UpdateRoleCommand({ RoleName, MaxSessionDuration, Description }));
    const PolicyDocument = JSON.stringify(properties.AssumeRolePolicyDocument);
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
    if (properties.PermissionsBoundary !== undefined)
      await iam.send(
        new PutRolePermissionsBoundaryCommand({
          RoleName,
          PermissionsBoundary: properties.PermissionsBoundary,
        }),
      );
  }
}

/** Takes off what would keep moto from deleting the stack's roles and users. Returns their ARNs and unique ids. */
export async function releaseIam(
  stack: Stack,
  { moto, keys }: World,
): Promise<readonly { arn: string; id: string }[]> {
  const iam = moto.iam(stack.accountId);
  const gone: { arn: string; id: string }[] = [];
  for (const { type, physicalId, arn } of iamResources(stack)) {
    if (type === 'AWS::IAM::Role') {
      const RoleName = physicalId;
      const found = await iam.send(new GetRoleCommand({ RoleName })).catch(() => undefined);
      if (found?.Role === undefined) continue;
      const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
      for (const { PolicyArn } of AttachedPolicies)
        await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
      gone.push({ arn, id: found.Role.RoleId ?? '' });
    } else {
      const UserName = physicalId;
      const found = await iam.send(new GetUserCommand({ UserName })).catch(() => undefined);
      if (found?.User === undefined) continue;
      const { AttachedPolicies = [] } = await iam.send(new ListAttachedUserPoliciesCommand({ UserName }));
      for (const { PolicyArn } of AttachedPolicies)
        await iam.send(new DetachUserPolicyCommand({ UserName, PolicyArn }));
      const { PolicyNames = [] } = await iam.send(new ListUserPoliciesCommand({ UserName }));
      for (const PolicyName of PolicyNames)
        await iam.send(new DeleteUserPolicyCommand({ UserName, PolicyName }));
      const { AccessKeyMetadata = [] } = await iam.send(new ListAccessKeysCommand({ UserName }));
      for (const { AccessKeyId } of AccessKeyMetadata)
        await iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }));
      keys.dropUser(stack.accountId, physicalId);
      gone.push({ arn, id: found.User.UserId ?? '' });
    }
  }
  return gone;
}
