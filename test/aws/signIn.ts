/**
 * Console sign-in: CreateOAuth2Token, the protocol of `aws login`.
 * Source: https://docs.aws.amazon.com/signin/latest/APIReference/API_dataplane-signin_CreateOAuth2Token.html; statuses:
 * https://docs.aws.amazon.com/botocore/latest/reference/services/signin/client/exceptions/AccessDeniedException.html
 */
import { createHash } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { checkProof } from './dpop.ts';
import type { World } from './service.ts';
import { CROSS_DEVICE, maySignIn, SAME_DEVICE, signInPages } from './signInPage.ts';
import {
  addRefreshToken,
  addRoleSession,
  createSignInState,
  stillExists,
  type ConsoleSession,
  type SignInState,
  type SignInTiming,
} from './signInSessions.ts';
import { json, type UnsignedOperation, type UnsignedRequest } from './unsigned.ts';
import { AwsError, text, type Params } from './wire.ts';

export interface SignIn {
  readonly timing: SignInTiming;
  readonly counts: Readonly<SignInState['counts']>;
  /** Offers a role session on the page. The role must exist. Returns the session's ARN. */
  addRoleSession(accountId: string, roleName: string, sessionName: string): Promise<string>;
  /** Refreshes of sign-ins before now answer USER_CREDENTIALS_CHANGED. `arn`: of the user, root or role session. */
  changePassword(arn: string): void;
  /** Ends someone's sign-ins: refreshes answer TOKEN_EXPIRED. */
  end(arn: string): void;
  /** Expires codes that were not redeemed yet: AUTHCODE_EXPIRED. */
  expireCodes(): void;
  /** Every authorization code and refresh token given out so far. */
  secrets(): readonly string[];
}

export interface SignInParts {
  readonly api: (world: World) => SignIn;
  readonly operations: readonly UnsignedOperation[];
}

export function createSignIn(): SignInParts {
  const state = createSignInState();
  const { sessions } = state;
  const token: UnsignedOperation = {
    service: 'signin',
    action: 'CreateOAuth2Token',
    method: 'POST',
    path: '/v1/token',
    async answer(request, world) {
      try {
        return json(await createToken(request, state, world));
      } catch (error) {
        state.counts.refused += 1;
        throw error;
      }
    },
    word: signInFault,
  };
  return {
    operations: [token, ...signInPages(state)],
    api: (world) => ({
      timing: state.timing,
      counts: state.counts,
      addRoleSession: (accountId, roleName, sessionName) =>
        addRoleSession(state, accountId, roleName, sessionName, world),
      changePassword: (arn) => void state.passwordChanged.set(arn, world.clock.now()),
      end(arn) {
        for (const each of sessions) if (each.identity.arn === arn) each.expiresAt = 0;
      },
      expireCodes() {
        for (const each of sessions) each.codeExpiresAt = 0;
      },
      secrets: () => [...sessions.map(({ code }) => code), ...state.refreshTokens.keys()],
    }),
  };
}

async function createToken(request: UnsignedRequest, state: SignInState, world: World): Promise<Params> {
  const { params, method, url, headers } = request;
  const clientId = required(params, 'clientId');
  if (![SAME_DEVICE, CROSS_DEVICE].includes(clientId)) throw malformed('clientId is not known');
  const grant = required(params, 'grantType');
  if (!['authorization_code', 'refresh_token'].includes(grant)) throw malformed('grantType is not supported');
  const now = world.clock.wall();
  const dpop = headers['dpop'];
  const proof = typeof dpop === 'string' ? dpop : undefined;
  const thumbprint = await checkProof(proof, { method, url, now }, state.proofs).catch((error: Error) => {
    throw malformed(error.message);
  });
  if (grant === 'authorization_code') {
    state.counts.codes += 1;
    return redeem(params, clientId, thumbprint, state, world);
  }
  state.counts.refreshes += 1;
  return refresh(params, clientId, thumbprint, state, world);
}

async function redeem(
  params: Params,
  clientId: string,
  thumbprint: string,
  state: SignInState,
  world: World,
): Promise<Params> {
  const code = required(params, 'code');
  const verifier = required(params, 'codeVerifier');
  const redirectUri = required(params, 'redirectUri');
  const session = state.sessions.find((each) => each.code === code);
  if (session === undefined || session.codeUsed || session.request.clientId !== clientId)
    throw malformed('code is not valid');
  if (world.clock.now() >= session.codeExpiresAt)
    throw denied('AUTHCODE_EXPIRED', 'The authorization code has expired');
  session.codeUsed = true;
  if (session.request.redirectUri !== redirectUri) throw malformed('redirectUri does not match');
  if (createHash('sha256').update(verifier).digest('base64url') !== session.request.challenge)
    throw malformed('codeVerifier does not match');
  session.thumbprint = thumbprint;
  const { tokenOutput } = await answer(session, state, world);
  return { ...tokenOutput, idToken: await idToken(session, clientId, world.clock.wall()) };
}

/** May be asked several times with one token while the session lasts; no idToken comes with it. */
async function refresh(
  params: Params,
  clientId: string,
  thumbprint: string,
  state: SignInState,
  world: World,
): Promise<Params> {
  const session = state.refreshTokens.get(required(params, 'refreshToken'));
  if (session === undefined || session.request.clientId !== clientId)
    throw malformed('refreshToken is not valid');
  if (session.thumbprint !== thumbprint) throw malformed('DPoP key is not the one of the sign-in');
  if (world.clock.now() >= session.expiresAt) throw denied('TOKEN_EXPIRED', 'The session has expired');
  const { identity, startedAt } = session;
  const changed = state.passwordChanged.get(identity.arn);
  if ((changed !== undefined && changed >= startedAt) || !(await stillExists(identity, world)))
    throw denied('USER_CREDENTIALS_CHANGED', 'The credentials of the user have changed');
  return (await answer(session, state, world)).tokenOutput;
}

async function answer(
  session: ConsoleSession,
  state: SignInState,
  world: World,
): Promise<{ readonly tokenOutput: Params }> {
  if (!(await maySignIn(session.identity, 'signin:CreateOAuth2Token', world)))
    throw denied('INSUFFICIENT_PERMISSIONS', `${session.identity.arn} may not signin:CreateOAuth2Token`);
  const left = Math.floor((session.expiresAt - world.clock.now()) / 1000);
  const seconds = Math.min(state.timing.credentialSeconds, left);
  const { accessKeyId, secretAccessKey, sessionToken } = world.keys.issue(session.identity, seconds);
  const tokenOutput = {
    accessToken: { accessKeyId, secretAccessKey, sessionToken },
    tokenType: 'aws_sigv4',
    expiresIn: seconds,
    refreshToken: addRefreshToken(session, state),
  };
  return { tokenOutput };
}

const signer = generateKeyPair('ES256', { extractable: true });

/** `sub` is the identity's ARN. */
async function idToken({ identity }: ConsoleSession, clientId: string, now: number): Promise<string> {
  const { privateKey, publicKey } = await signer;
  const { x = '' } = await exportJWK(publicKey);
  return new SignJWT({})
    .setProtectedHeader({ alg: 'ES256', kid: x.slice(0, 8) })
    .setSubject(identity.arn)
    .setAudience(clientId)
    .setIssuer('arn:aws:signin:::devtools')
    .setIssuedAt(new Date(now))
    .setExpirationTime(new Date(now + 900_000))
    .sign(privateKey);
}

type Denial = 'TOKEN_EXPIRED' | 'AUTHCODE_EXPIRED' | 'USER_CREDENTIALS_CHANGED' | 'INSUFFICIENT_PERMISSIONS';

function denied(error: Denial, message: string): AwsError {
  const status = error === 'TOKEN_EXPIRED' || error === 'AUTHCODE_EXPIRED' ? 401 : 403;
  return new AwsError('AccessDeniedException', message, status, undefined, { error, message });
}

function malformed(message: string): AwsError {
  return new AwsError('ValidationException', message, 400, undefined, { error: 'INVALID_REQUEST', message });
}

function signInFault(fault: AwsError): AwsError {
  const { message } = fault;
  if (fault.common === 'throttle')
    return new AwsError('TooManyRequestsError', message, 429, undefined, { error: 'rate_exceeded', message });
  if (fault.common === 'serverError')
    return new AwsError('InternalServerException', message, 500, undefined, {
      error: 'server_error',
      message,
    });
  return fault.common === 'accessDenied' ? denied('INSUFFICIENT_PERMISSIONS', message) : fault;
}

function required(params: Params, name: string): string {
  const value = text(params, name);
  if (value === undefined || value === '') throw malformed(`${name} is missing`);
  return value;
}
