import { Failure } from '../base/errors.ts';
import { parseArn, parseCaller } from '../providers/arn.ts';
import type { CallerIdentity, Partition } from '../providers/provider.ts';

/** "IAM user deployer", "Role session Admin/jane" …: who somebody is, in words. */
export function describeCaller(identity: CallerIdentity): string {
  const caller = parseCaller(identity.arn);
  switch (caller?.kind) {
    case 'root':
      return 'Root user of the account';
    case 'user':
      return `IAM user ${caller.name}`;
    case 'role-session':
      return `Role session ${caller.roleName}/${caller.sessionName}`;
    case 'sso-session':
      return `IAM Identity Center, permission set ${caller.permissionSet}, ${caller.sessionName}`;
    case 'federated-user':
      return `Federated user ${caller.name}`;
    case undefined:
      return identity.arn;
  }
}

/** A short name for a provider made from this identity. */
export function suggestedName(identity: CallerIdentity): string {
  const caller = parseCaller(identity.arn);
  if (caller?.kind === 'user' || caller?.kind === 'federated-user') return caller.name;
  if (caller?.kind === 'role-session') return caller.roleName;
  if (caller?.kind === 'sso-session') return caller.permissionSet;
  return identity.accountId;
}

export function partitionOf(identity: CallerIdentity): Partition {
  return parseArn(identity.arn)?.partition ?? 'aws';
}

/** @throws Failure `root-identity`: root is never handed over and cannot assume roles. */
export function refuseRoot(identity: CallerIdentity): void {
  if (parseCaller(identity.arn)?.kind !== 'root') return;
  throw new Failure('root-identity', `These keys belong to the root user of account ${identity.accountId}.`, {
    hint: 'Root keys open everything and cannot assume roles: they were not saved. Delete them in the IAM console and use an IAM user or IAM Identity Center.',
  });
}
