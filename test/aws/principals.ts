/** Users and roles, made and held without asking anyone. */
import {
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  type Role,
} from '@aws-sdk/client-iam';
import type { Identity } from './keys.ts';
import type { PolicyDocument } from './policy.ts';
import type { World } from './service.ts';

/** What an identity may do: a managed policy's worth of everything, nothing, or exactly this. */
export type Policies = 'admin' | 'none' | PolicyDocument;

export interface UserKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly arn: string;
  readonly userId: string;
}

export interface RoleOptions {
  readonly trust: PolicyDocument;
  readonly policies?: Policies;
  readonly path?: string;
  readonly maxSessionSeconds?: number;
  readonly permissionsBoundary?: string;
}

const ADMINISTRATOR = 'arn:aws:iam::aws:policy/AdministratorAccess';

/** Trusts only a service: no one can assume it by the API. */
export const NOBODY: PolicyDocument = {
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
};

/** Makes an IAM user with an access key. */
export async function makeUser(
  world: World,
  accountId: string,
  name: string,
  policies: Policies,
  Path: string,
): Promise<UserKeys> {
  const client = world.moto.iam(accountId);
  const { User } = await client.send(new CreateUserCommand({ UserName: name, Path }));
  if (policies === 'admin')
    await client.send(new AttachUserPolicyCommand({ UserName: name, PolicyArn: ADMINISTRATOR }));
  else if (policies !== 'none')
    await client.send(
      new PutUserPolicyCommand({
        UserName: name,
        PolicyName: 'own',
        PolicyDocument: JSON.stringify({ Version: '2012-10-17', ...policies }),
      }),
    );
  const { AccessKey } = await client.send(new CreateAccessKeyCommand({ UserName: name }));
  const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '' } = AccessKey ?? {};
  const { Arn: arn = '', UserId: userId = '' } = User ?? {};
  world.keys.add(accessKeyId, secretAccessKey, { kind: 'user', accountId, userName: name, arn, userId });
  world.permissions.changed();
  return { accessKeyId, secretAccessKey, arn, userId };
}

/** Makes a role that is assumable at once. */
export async function makeRole(
  world: World,
  accountId: string,
  RoleName: string,
  options: RoleOptions,
): Promise<Role> {
  const client = world.moto.iam(accountId);
  await world.trusts.checkPrincipals(options.trust);
  const { Role } = await client.send(
    new CreateRoleCommand({
      RoleName,
      Path: options.path ?? '/',
      AssumeRolePolicyDocument: JSON.stringify(options.trust),
      MaxSessionDuration: options.maxSessionSeconds ?? 3600,
      PermissionsBoundary: options.permissionsBoundary,
    }),
  );
  const { policies = 'admin' } = options;
  if (policies === 'admin')
    await client.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: ADMINISTRATOR }));
  else if (policies !== 'none')
    await client.send(
      new PutRolePolicyCommand({
        RoleName,
        PolicyName: 'own',
        PolicyDocument: JSON.stringify({ Version: '2012-10-17', ...policies }),
      }),
    );
  world.permissions.changed();
  if (Role === undefined) throw new Error(`moto made no role ${RoleName}.`);
  return Role;
}

/** The identity of a role's session, as GetCallerIdentity tells it. */
export function roleIdentity(role: Role, accountId: string, sessionName: string): Identity {
  const { RoleName: roleName = '', Arn: roleArn = '', RoleId } = role;
  return {
    kind: 'role',
    accountId,
    roleName,
    roleArn,
    sessionName,
    arn: `arn:aws:sts::${accountId}:assumed-role/${roleName}/${sessionName}`,
    userId: `${RoleId}:${sessionName}`,
  };
}
