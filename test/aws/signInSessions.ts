/** Who may sign in to the console, and the sign-ins that came of it. */
import { randomBytes } from 'node:crypto';
import { GetRoleCommand, GetUserCommand } from '@aws-sdk/client-iam';
import type { Identity } from './keys.ts';
import { roleIdentity } from './principals.ts';
import type { World } from './service.ts';

/** Figures that tests may change while it runs. Seconds. */
export interface SignInTiming {
  /** Life of an authorization code. Default 600. */
  codeSeconds: number;
  /** Life of the credentials. Default and most 900. */
  credentialSeconds: number;
  /** From sign-in until refreshing ends. Default 12 h. */
  sessionSeconds: number;
}

/** A page that waits for, or got, a person's answer. */
export interface SignInRequest {
  readonly id: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly state: string;
  readonly challenge: string;
  answered: boolean;
}

export interface ConsoleSession {
  readonly request: SignInRequest;
  readonly identity: Identity;
  readonly code: string;
  readonly startedAt: number;
  codeExpiresAt: number;
  expiresAt: number;
  codeUsed: boolean;
  /** Thumbprint of the key that redeemed the code. */
  thumbprint?: string;
}

export interface SignInState {
  readonly timing: SignInTiming;
  readonly requests: SignInRequest[];
  readonly sessions: ConsoleSession[];
  readonly refreshTokens: Map<string, ConsoleSession>;
  readonly roleSessions: Identity[];
  /** Identity's ARN → when its password last changed. */
  readonly passwordChanged: Map<string, number>;
  readonly proofs: Set<string>;
  readonly counts: { codes: number; refreshes: number; refused: number };
}

export function createSignInState(): SignInState {
  return {
    timing: { codeSeconds: 600, credentialSeconds: 900, sessionSeconds: 43_200 },
    requests: [],
    sessions: [],
    refreshTokens: new Map(),
    roleSessions: [],
    passwordChanged: new Map(),
    proofs: new Set(),
    counts: { codes: 0, refreshes: 0, refused: 0 },
  };
}

/** Everyone the page offers: IAM users with keys, roots whose key was asked for, roots of the first accounts, role sessions. */
export function people(state: SignInState, { keys, accounts }: World): readonly Identity[] {
  const known = new Map<string, Identity>();
  for (const { identity, sessionToken } of keys.byId.values())
    if (sessionToken === undefined && identity.kind === 'user') known.set(identity.arn, identity);
  for (const accountId of [...accounts.keys()].slice(0, ROOTS)) {
    const arn = `arn:aws:iam::${accountId}:root`;
    known.set(arn, { kind: 'root', accountId, arn, userId: accountId });
  }
  for (const identity of state.roleSessions) known.set(identity.arn, identity);
  return [...known.values()];
}

/** Roots on offer; a large organization would make the list unreadable. */
const ROOTS = 10;

/** Begins a session with an authorization code. */
export function beginSession(
  request: SignInRequest,
  identity: Identity,
  state: SignInState,
  now: number,
): ConsoleSession {
  const session = {
    request,
    identity: identity.kind === 'role' ? identity : { ...identity, session: true },
    code: randomBytes(48).toString('base64url'),
    startedAt: now,
    codeExpiresAt: now + state.timing.codeSeconds * 1000,
    expiresAt: now + state.timing.sessionSeconds * 1000,
    codeUsed: false,
  };
  state.sessions.push(session);
  return session;
}

/** A refresh token that stands for the session until it ends. */
export function addRefreshToken(session: ConsoleSession, state: SignInState): string {
  const value = randomBytes(120).toString('base64url');
  state.refreshTokens.set(value, session);
  return value;
}

/** Whether a user or role is still the one who signed in: not deleted, nor made anew. */
export async function stillExists(identity: Identity, { moto }: World): Promise<boolean> {
  const iam = moto.iam(identity.accountId);
  if (identity.kind === 'user') {
    const found = await iam.send(new GetUserCommand({ UserName: identity.userName })).catch(() => undefined);
    return found?.User?.UserId === identity.userId;
  }
  if (identity.kind === 'role') {
    const found = await iam.send(new GetRoleCommand({ RoleName: identity.roleName })).catch(() => undefined);
    return found?.Role !== undefined && identity.userId.startsWith(`${found.Role.RoleId}:`);
  }
  return true;
}

/** A role's session in the console, as someone has after switching or federating. */
export async function addRoleSession(
  state: SignInState,
  accountId: string,
  RoleName: string,
  sessionName: string,
  { moto }: World,
): Promise<string> {
  const { Role } = await moto.iam(accountId).send(new GetRoleCommand({ RoleName }));
  if (Role === undefined) throw new Error(`There is no role ${RoleName}.`);
  const identity = roleIdentity(Role, accountId, sessionName);
  state.roleSessions.push(identity);
  return identity.arn;
}
