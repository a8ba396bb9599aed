/** Access keys and the identities behind them. */
import { randomBytes, randomInt } from 'node:crypto';
import type { EmulatorClock } from './clock.ts';
import type { Caller, PolicyDocument } from './policy.ts';

interface Base {
  readonly accountId: string;
  /** As GetCallerIdentity tells it. */
  readonly arn: string;
  readonly userId: string;
  readonly mfa?: boolean;
  /** A session of a user or root, not its permanent key. */
  readonly session?: boolean;
}

export type Identity =
  | (Base & { readonly kind: 'root' })
  | (Base & { readonly kind: 'user'; readonly userName: string })
  | (Base & {
      readonly kind: 'role';
      readonly roleName: string;
      /** The role's own ARN, with its path. */
      readonly roleArn: string;
      readonly sessionName: string;
      /** Assumed by a session of another role. */
      readonly chained?: boolean;
      readonly sessionPolicies?: readonly PolicyDocument[];
    })
  | (Base & {
      readonly kind: 'federated';
      readonly userName: string;
      readonly sessionPolicies: readonly PolicyDocument[];
    });

export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly identity: Identity;
  readonly sessionToken?: string;
  /** Milliseconds, emulator time. */
  readonly expiresAt?: number;
  active: boolean;
}

export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

export interface Keys {
  readonly byId: Map<string, AccessKey>;
  /** Adds a permanent key. */
  add(accessKeyId: string, secretAccessKey: string, identity: Identity): void;
  /** Makes temporary credentials that live `seconds`. */
  issue(identity: Identity, seconds: number): SessionCredentials;
  /** Forgets a user's keys and sessions. */
  dropUser(accountId: string, userName: string): void;
  /** Forgets every session of a role, as if it was revoked. */
  dropRole(roleArn: string): void;
}

export function createKeys(clock: EmulatorClock): Keys {
  const byId = new Map<string, AccessKey>();
  const drop = (matches: (identity: Identity) => boolean): void => {
    for (const [id, key] of byId) if (matches(key.identity)) byId.delete(id);
  };
  return {
    byId,
    add(accessKeyId, secretAccessKey, identity) {
      byId.set(accessKeyId, { accessKeyId, secretAccessKey, identity, active: true });
    },
    issue(identity, seconds) {
      const accessKeyId = `ASIA${randomId(16)}`;
      const secretAccessKey = randomBytes(30).toString('base64');
      const sessionToken = `IQoJb3JpZ2luX2Vj${randomBytes(180).toString('base64')}`;
      const expiresAt = clock.now() + seconds * 1000;
      byId.set(accessKeyId, {
        accessKeyId,
        secretAccessKey,
        identity,
        sessionToken,
        expiresAt,
        active: true,
      });
      const expiration = new Date(Math.floor((clock.wall() + seconds * 1000) / 1000) * 1000);
      return { accessKeyId, secretAccessKey, sessionToken, expiration };
    },
    dropUser: (accountId, userName) =>
      drop((who) => 'userName' in who && who.accountId === accountId && who.userName === userName),
    dropRole: (roleArn) => drop((who) => who.kind === 'role' && who.roleArn === roleArn),
  };
}

/** Letters and digits as in AWS unique ids. */
export function randomId(length: number): string {
  return Array.from({ length }, () => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.charAt(randomInt(32))).join('');
}

/** The names by which a resource policy may mean this identity. */
export function callerOf(identity: Identity): Caller {
  const ids =
    identity.kind === 'role'
      ? [identity.roleArn, identity.arn, identity.userId.split(':', 1)[0] ?? '', identity.userId]
      : [identity.arn, identity.userId];
  return { accountId: identity.accountId, ids };
}

/** `aws:PrincipalArn`: for a role session the ARN of the role, path included. */
export function principalArn(identity: Identity): string {
  return identity.kind === 'role' ? identity.roleArn : identity.arn;
}
