import type {
  AccessKeyProvider,
  AccessRoleProvider,
  SsoRoleProvider,
} from '../../../src/core/providers/provider.ts';

export function accessRole(id: string, accountId: string, name = id): AccessRoleProvider {
  return {
    kind: 'access-role',
    id,
    name,
    accountId,
    partition: 'aws',
    createdAt: 0,
    roleArn: `arn:aws:iam::${accountId}:role/${name}`,
    sourceProviderId: 'source',
    sessionSeconds: 3600,
    externalIdEnforced: true,
  };
}

export function ssoRole(id: string, accountId: string, roleName: string): SsoRoleProvider {
  return {
    kind: 'sso-role',
    id,
    name: id,
    accountId,
    partition: 'aws',
    createdAt: 0,
    sessionId: 's1',
    roleName,
  };
}

export function accessKey(id: string, accountId: string): AccessKeyProvider {
  return {
    kind: 'access-key',
    id,
    name: id,
    accountId,
    partition: 'aws',
    createdAt: 0,
    arn: `arn:aws:iam::${accountId}:user/${id}`,
  };
}
