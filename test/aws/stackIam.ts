/**
 * The IAM part of stacks in moto: what its CloudFormation leaves out (managed policies, updates of trust documents,
 * boundaries) and what the emulator must foresee (names in use, the creator's own permissions).
 */
import {
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  DeleteAccessKeyCommand,
  DetachRolePolicyCommand,
  DetachUserPolicyCommand,
  GetRoleCommand,
  GetUserCommand,
  ListAccessKeysCommand,
  ListAttachedRolePoliciesCommand,
  ListAttachedUserPoliciesCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from '@aws-sdk/client-iam';
import { deniedText } from './deniedText.ts';
import type { Identity } from './keys.ts';
import { principalContext } from './permissions.ts';
import type { PolicyDocument } from './policy.ts';
import type { World } from './service.ts';
import type { Failure, Stack } from './stackLife.ts';
import { orderedResources, resolve, type Scope, type Template } from './template.ts';

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
      const { AccessKeyMetadata = [] } = await iam.send(new ListAccessKeysCommand({ UserName }));
      for (const { AccessKeyId } of AccessKeyMetadata)
        await iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }));
      keys.dropUser(stack.accountId, physicalId);
      gone.push({ arn, id: found.User.UserId ?? '' });
    }
  }
  return gone;
}

/** What each resource type needs of its creator. */
const CREATE_ACTIONS: Readonly<Record<string, readonly string[]>> = {
  'AWS::IAM::Role': ['iam:CreateRole'],
  'AWS::IAM::User': ['iam:CreateUser'],
  'AWS::IAM::ManagedPolicy': ['iam:CreatePolicy'],
  'AWS::S3::Bucket': ['s3:CreateBucket'],
  'AWS::Lambda::Function': ['lambda:CreateFunction'],
};

/**
 * The first resource that cannot be created: asked to fail, forbidden to the caller, or its name is taken.
 * `stack.resources` need not be known yet.
 */
export async function foreseeFailure(
  template: Template,
  scope: Scope,
  identity: Identity,
  world: World,
): Promise<Failure | undefined> {
  const { accountId } = scope;
  const iam = world.moto.iam(accountId);
  for (const { logicalId, Type: type, Properties = {} } of orderedResources(template, scope)) {
    const asked = world.faults.resourceReason('create', { type, logicalId, accountId });
    if (asked !== undefined) return { logicalId, reason: asked };
    const properties = resolve(Properties, template, scope) as IamProperties;
    const forbidden = await forbiddenReason(type, properties, scope, identity, world);
    if (forbidden !== undefined) return { logicalId, reason: forbidden };
    const name =
      type === 'AWS::IAM::Role'
        ? properties.RoleName
        : type === 'AWS::IAM::User'
          ? properties.UserName
          : undefined;
    if (name === undefined) continue;
    const found =
      type === 'AWS::IAM::Role'
        ? await iam.send(new GetRoleCommand({ RoleName: name })).catch(() => undefined)
        : await iam.send(new GetUserCommand({ UserName: name })).catch(() => undefined);
    if (found !== undefined) return { logicalId, reason: nameTaken(type, name) };
    if (properties.AssumeRolePolicyDocument === undefined) continue;
    const invalid = await world.trusts
      .checkPrincipals(onlyKnownPrincipals(properties.AssumeRolePolicyDocument))
      .then(() => undefined)
      .catch((error: Error) => error.message);
    if (invalid !== undefined)
      return { logicalId, reason: `${invalid} (Service: Iam, Status Code: 400, Request ID: emulated)` };
  }
  return undefined;
}

function nameTaken(type: string, name: string): string {
  const kind = type.split('::').at(-1) ?? '';
  return `Resource handler returned message: "${kind} with name ${name} already exists. (Service: Iam, Status Code: 409, Request ID: emulated)" (HandlerErrorCode: AlreadyExists)`;
}

/** Leaves out principals that this very stack will create: they are still intrinsic functions. */
function onlyKnownPrincipals(document: PolicyDocument): PolicyDocument {
  return JSON.parse(JSON.stringify(document), (key, value: unknown) =>
    key === 'AWS' ? [value].flat().filter((item) => typeof item === 'string') : value,
  ) as PolicyDocument;
}

async function forbiddenReason(
  type: string,
  properties: IamProperties,
  { accountId, stackName }: Scope,
  identity: Identity,
  { permissions, clock }: World,
): Promise<string | undefined> {
  const actions = [
    ...(CREATE_ACTIONS[type] ?? []),
    ...(type === 'AWS::IAM::Role' && (properties.ManagedPolicyArns ?? []).length > 0
      ? ['iam:AttachRolePolicy']
      : []),
    ...(type === 'AWS::IAM::Role' && (properties.Policies ?? []).length > 0 ? ['iam:PutRolePolicy'] : []),
  ];
  const path = properties.Path ?? '/';
  const resource =
    type === 'AWS::IAM::Role'
      ? `arn:aws:iam::${accountId}:role${path}${properties.RoleName ?? `${stackName}-role`}`
      : type === 'AWS::IAM::User'
        ? `arn:aws:iam::${accountId}:user${path}${properties.UserName ?? `${stackName}-user`}`
        : '*';
  const boundary = properties.PermissionsBoundary;
  const context = {
    ...principalContext(identity, clock.wall()),
    'aws:CalledViaLast': 'cloudformation.amazonaws.com',
    ...(typeof boundary === 'string' ? { 'iam:PermissionsBoundary': boundary } : {}),
  };
  for (const action of actions) {
    const decision = await permissions.decide(identity, { action, resource, context });
    if (!decision.allowed)
      return `${deniedText(identity.arn, action, resource, decision.reason)} (Service: Iam, Status Code: 403)`;
  }
  return undefined;
}
