import { Failure } from '../base/errors.ts';
import { parseArn, parseCaller } from '../providers/arn.ts';
import type { CallerIdentity, Partition } from '../providers/provider.ts';

/** Whom a role's trust policy names. Never `*`, never anybody but the person who creates the role. */
export type TrustPrincipal =
  /** A user or role by its ARN; AWS stores its unique id, so recreating it breaks the trust. */
  | { readonly kind: 'arn'; readonly arn: string }
  /** The account, narrowed to the principals whose ARN matches one of the patterns. */
  | {
      readonly kind: 'account';
      readonly accountId: string;
      readonly partition: Partition;
      readonly principalArns: readonly string[];
      /** Narrows further to one person's sessions ("only me"): a pattern for `aws:userid`. */
      readonly userId?: string;
    };

/**
 * The principal that lets exactly this caller in.
 *
 * @param identity what GetCallerIdentity said.
 * @param roleArn for a role session: the role's real ARN with its path (iam:GetRole), when we were allowed to read it.
 *   The session's own ARN has lost the path.
 * @throws Failure `root-identity`, `unsupported-identity`
 * Source: IAM User Guide, "AWS JSON policy elements: Principal"; Identity Center role names, field-tested.
 */
export function trustPrincipal(identity: CallerIdentity, roleArn: string | undefined): TrustPrincipal {
  const parsed = parseArn(identity.arn);
  const caller = parseCaller(identity.arn);
  if (!parsed || !caller) throw unsupported(identity.arn);
  const { partition, accountId } = parsed;
  const inAccount = (principalArns: readonly string[]): TrustPrincipal => ({
    kind: 'account',
    accountId,
    partition,
    principalArns,
  });
  switch (caller.kind) {
    case 'user':
      return { kind: 'arn', arn: identity.arn };
    case 'role-session':
      if (roleArn !== undefined) return { kind: 'arn', arn: roleArn };
      return inAccount([
        `arn:${partition}:iam::${accountId}:role/${caller.roleName}`,
        `arn:${partition}:iam::${accountId}:role/*/${caller.roleName}`,
      ]);
    case 'sso-session': {
      // Identity Center recreates its roles with a new 16-digit suffix; us-east-1 has no region element in the path.
      const name = `AWSReservedSSO_${caller.permissionSet}_${'?'.repeat(16)}`;
      const path = `arn:${partition}:iam::${accountId}:role/aws-reserved/sso.amazonaws.com`;
      return inAccount([`${path}/${name}`, `${path}/*/${name}`]);
    }
    case 'root':
      throw new Failure('root-identity', 'These are credentials of the account’s root user.', {
        hint: 'Root cannot assume roles, and its keys should not exist. Sign in as an IAM user or through IAM Identity Center.',
      });
    case 'federated-user':
      throw unsupported(identity.arn);
  }
}

function unsupported(arn: string): Failure {
  return new Failure('unsupported-identity', `A role cannot trust ${arn}.`, {
    hint: 'Use an IAM user, a role or IAM Identity Center.',
  });
}

/** Who may use the role, in a sentence. */
export function describeTrust(trust: TrustPrincipal): string {
  if (trust.kind === 'arn') return `Only ${trust.arn}, with the ExternalId kept in this editor.`;
  const set = /AWSReservedSSO_(.+)_\?{16}$/.exec(trust.principalArns[0] ?? '')?.[1];
  if (set !== undefined && trust.userId === undefined) {
    return `Everyone with the permission set ${set} in account ${trust.accountId}, with the ExternalId kept in this editor.`;
  }
  return `Sessions of ${trust.principalArns.join(' or ')}, with the ExternalId kept in this editor.`;
}
