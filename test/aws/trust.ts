/**
 * Roles as seen by those who want to assume them: who is trusted, since when, and by which unique id.
 * AWS stores a named principal as its unique id, so that a principal deleted and made again is a stranger:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
import {
  GetRoleCommand,
  GetUserCommand,
  ListRolesCommand,
  UpdateAssumeRolePolicyCommand,
  type Role,
} from '@aws-sdk/client-iam';
import type { EmulatorClock, Timing } from './clock.ts';
import type { Moto } from './moto.ts';
import { parse } from './permissions.ts';
import { awsPrincipals, type PolicyDocument } from './policy.ts';
import { AwsError } from './wire.ts';

export interface TrustedRole {
  readonly role: Role;
  readonly trust: PolicyDocument;
}

export interface Trusts {
  /** The role behind an ARN, if it exists and is not still being created by a stack. Its path must match. */
  find(roleArn: string): Promise<TrustedRole | undefined>;
  /** Whether the role was created, or its trust changed, so short ago that AssumeRole does not know it yet. */
  propagating(roleArn: string): boolean;
  /** Notes that a role was created or its trust changed at `at` (ms, emulator time). */
  changed(roleArn: string, at: number): void;
  /** Hides a role until `at`: its stack has not come that far. */
  hideUntil(roleArn: string, at: number): void;
  hidden(roleArn: string): boolean;
  forget(roleArn: string): void;
  /** Throws MalformedPolicyDocument when a named principal does not exist. */
  checkPrincipals(document: PolicyDocument): Promise<void>;
  /** Called when a user or role is gone: every trust that named it keeps only its unique id. */
  principalDeleted(arn: string, uniqueId: string): Promise<void>;
}

const PRINCIPAL = /^arn:aws[\w-]*:iam::(\d{12}):(user|role)\/(?:.*\/)?([^/]+)$/;

export function createTrusts(
  moto: Moto,
  clock: EmulatorClock,
  timing: Timing,
  accounts: ReadonlyMap<string, string>,
): Trusts {
  const changedAt = new Map<string, number>();
  const hiddenUntil = new Map<string, number>();
  const hidden = (roleArn: string): boolean => clock.now() < (hiddenUntil.get(roleArn) ?? 0);
  const find = async (roleArn: string): Promise<TrustedRole | undefined> => {
    const [, accountId = '', kind, RoleName] = PRINCIPAL.exec(roleArn) ?? [];
    if (kind !== 'role' || !accounts.has(accountId) || hidden(roleArn)) return undefined;
    const found = await moto
      .iam(accountId)
      .send(new GetRoleCommand({ RoleName }))
      .catch(() => undefined);
    if (found?.Role === undefined || found.Role.Arn !== roleArn) return undefined;
    return { role: found.Role, trust: parse(found.Role.AssumeRolePolicyDocument) };
  };
  const exists = async (arn: string): Promise<boolean> => {
    const [, accountId = '', kind, name] = PRINCIPAL.exec(arn) ?? [];
    if (kind === 'role') return (await find(arn)) !== undefined;
    if (kind === undefined) return true;
    const found = accounts.has(accountId)
      ? await moto
          .iam(accountId)
          .send(new GetUserCommand({ UserName: name }))
          .catch(() => undefined)
      : undefined;
    return found?.User?.Arn === arn;
  };
  return {
    find,
    hidden,
    propagating(roleArn) {
      const at = changedAt.get(roleArn);
      const seconds = timing.propagationOfRole.get(roleArn) ?? timing.propagationSeconds;
      return at !== undefined && clock.now() < at + seconds * 1000;
    },
    changed: (roleArn, at) => void changedAt.set(roleArn, at),
    hideUntil: (roleArn, at) => void hiddenUntil.set(roleArn, at),
    forget(roleArn) {
      changedAt.delete(roleArn);
      hiddenUntil.delete(roleArn);
    },
    async checkPrincipals(document) {
      for (const principal of awsPrincipals(document)) {
        if (typeof principal === 'string' && !(await exists(principal)))
          throw new AwsError('MalformedPolicyDocument', `Invalid principal in policy: "AWS":"${principal}"`);
      }
    },
    async principalDeleted(arn, uniqueId) {
      for (const accountId of accounts.keys()) {
        const iam = moto.iam(accountId);
        const { Roles = [] } = await iam.send(new ListRolesCommand({ MaxItems: 1000 }));
        for (const { RoleName, AssumeRolePolicyDocument } of Roles) {
          const trust = parse(AssumeRolePolicyDocument);
          if (!awsPrincipals(trust).includes(arn)) continue;
          const PolicyDocument = JSON.stringify(trust).replaceAll(
            JSON.stringify(arn),
            JSON.stringify(uniqueId),
          );
          await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
        }
      }
    },
  };
}
