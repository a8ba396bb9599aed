/**
 * Portal sessions and the tokens that stand for them. A refresh token used twice is taken for stolen and its whole
 * family dies (RFC 9700 §4.14.2).
 */
import { randomBytes } from 'node:crypto';
import type { EmulatorClock } from './clock.ts';
import type { Instance } from './identityCenter.ts';
import type { Client } from './ssoClients.ts';
import { oidcError } from './ssoErrors.ts';
import type { SsoTiming } from './ssoTiming.ts';

/** One sign-in of one person. */
export interface PortalSession {
  readonly instance: Instance;
  readonly user: string;
  /** Milliseconds, emulator time. */
  expiresAt: number;
  ended: boolean;
}

export interface AccessToken {
  readonly value: string;
  readonly session: PortalSession;
  readonly expiresAt: number;
  readonly family: Family;
}

/** All tokens that came from one approval. */
export interface Family {
  readonly client: Client;
  readonly session: PortalSession;
  readonly scopes: readonly string[];
  dead: boolean;
}

interface RefreshToken {
  readonly family: Family;
  spentAt?: number;
}

/** CreateToken's answer. */
export interface TokenAnswer {
  readonly accessToken: string;
  readonly tokenType: 'Bearer';
  readonly expiresIn: number;
  readonly refreshToken?: string;
}

export interface SsoTokens {
  /** Begins a session, as an approval does. */
  begin(instance: Instance, user: string): PortalSession;
  /** First tokens of an approval. */
  issue(client: Client, session: PortalSession, scopes: readonly string[]): TokenAnswer;
  /** Throws InvalidGrantException for a token that is unknown, spent, another client's, or of an ended session. */
  refresh(value: string, client: Client): TokenAnswer;
  /** The living token, or undefined. */
  find(accessToken: string): AccessToken | undefined;
  readonly sessions: readonly PortalSession[];
  /** Every token given out so far. */
  readonly values: readonly string[];
}

export function createSsoTokens(clock: EmulatorClock, timing: SsoTiming): SsoTokens {
  const sessions: PortalSession[] = [];
  const access = new Map<string, AccessToken>();
  const refresh = new Map<string, RefreshToken>();
  const alive = ({ dead, session }: Family): boolean =>
    !dead && !session.ended && clock.now() < session.expiresAt;

  const answer = (family: Family, refreshToken: string | undefined): TokenAnswer => {
    const now = clock.now();
    const life = Math.min(timing.accessTokenSeconds * 1000, family.session.expiresAt - now);
    const value = `aoaAAAA${randomBytes(150).toString('base64url')}`;
    access.set(value, { value, session: family.session, expiresAt: now + life, family });
    return {
      accessToken: value,
      tokenType: 'Bearer',
      expiresIn: Math.floor(life / 1000),
      ...(refreshToken === undefined ? {} : { refreshToken }),
    };
  };
  const newRefreshToken = (family: Family): string => {
    const value = `aorAAAA${randomBytes(150).toString('base64url')}`;
    refresh.set(value, { family });
    return value;
  };

  return {
    sessions,
    get values() {
      return [...access.keys(), ...refresh.keys()];
    },
    begin(instance, user) {
      const expiresAt = clock.now() + timing.sessionSeconds * 1000;
      const session = { instance, user, expiresAt, ended: false };
      sessions.push(session);
      return session;
    },
    issue(client, session, scopes) {
      const family: Family = { client, session, scopes, dead: false };
      const lasting = scopes.includes('sso:account:access') && client.grants.includes('refresh_token');
      return answer(family, lasting ? newRefreshToken(family) : undefined);
    },
    refresh(value, client) {
      const token = refresh.get(value);
      const refused = oidcError('invalid_grant', 'Invalid refresh token provided');
      if (token === undefined || token.family.client !== client || !alive(token.family)) throw refused;
      if (token.spentAt !== undefined && clock.now() - token.spentAt >= timing.reuseGraceSeconds * 1000) {
        token.family.dead = true;
        throw refused;
      }
      if (!timing.rotates) return answer(token.family, undefined);
      token.spentAt ??= clock.now();
      return answer(token.family, newRefreshToken(token.family));
    },
    find(value) {
      const token = access.get(value);
      return token !== undefined && alive(token.family) && clock.now() < token.expiresAt ? token : undefined;
    },
  };
}
