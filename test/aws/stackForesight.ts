/** What will go wrong with a stack's IAM resources, known before moto is asked, so that nothing has to be undone. */
import {
  GetRoleCommand,
  GetUserCommand,
  ListAccessKeysCommand,
  ListAttachedRolePoliciesCommand,
} from '@aws-sdk/client-iam';
import { deniedText } from './deniedText.ts';
import type { Identity } from './keys.ts';
import { principalContext } from './permissions.ts';
import type { PolicyDocument } from './policy.ts';
import type { World } from './service.ts';
import { iamResources, type IamProperties } from './stackIam.ts';
import type { Failure, Stack } from './stackLife.ts';
import { orderedResources, resolve, type Scope, type Template } from './template.ts';

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

/**
 * The first resource that cannot be deleted because of what was added to it from outside the stack: a user's access
 * keys, a role's policies. https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUser.html
 */
export async function foreseeDeleteFailure(stack: Stack, { moto }: World): Promise<Failure | undefined> {
  const iam = moto.iam(stack.accountId);
  const conflict = (logicalId: string, why: string): Failure => ({
    logicalId,
    reason: `Resource handler returned message: "Cannot delete entity, ${why} (Service: Iam, Status Code: 409)" (HandlerErrorCode: GeneralServiceException)`,
  });
  for (const { logicalId, type, physicalId, properties } of iamResources(stack)) {
    if (type === 'AWS::IAM::User') {
      const listed = await iam
        .send(new ListAccessKeysCommand({ UserName: physicalId }))
        .catch(() => undefined);
      const keys = (listed?.AccessKeyMetadata ?? []).map(({ AccessKeyId }) => AccessKeyId);
      if (keys.some((key) => stack.resources.every(({ physicalId: own }) => own !== key)))
        return conflict(logicalId, 'must delete access keys first.');
    } else {
      const listed = await iam
        .send(new ListAttachedRolePoliciesCommand({ RoleName: physicalId }))
        .catch(() => undefined);
      const attached = (listed?.AttachedPolicies ?? []).map(({ PolicyArn = '' }) => PolicyArn);
      if (attached.some((arn) => !(properties.ManagedPolicyArns ?? []).includes(arn)))
        return conflict(logicalId, 'must detach all policies first.');
    }
  }
  return undefined;
}
