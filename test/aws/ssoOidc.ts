/** SSO OIDC. Source: https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/Welcome.html */
import { findInstance } from './identityCenter.ts';
import { DEVICE_CODE, type Client } from './ssoClients.ts';
import { oidcError, oidcFault } from './ssoErrors.ts';
import type { SsoState } from './ssoState.ts';
import { json, type UnsignedOperation, type UnsignedRequest } from './unsigned.ts';
import { items, text, type Params } from './wire.ts';

export function ssoOidc(state: SsoState): readonly UnsignedOperation[] {
  const operation = (action: string, path: string, answer: (request: UnsignedRequest) => unknown) => ({
    service: 'sso-oidc',
    action,
    method: 'POST' as const,
    path,
    answer: (request: UnsignedRequest) => json(answer(request)),
    word: oidcFault,
  });
  return [
    operation('RegisterClient', '/client/register', (request) => registerClient(request, state)),
    operation('StartDeviceAuthorization', '/device_authorization', (request) => startDevice(request, state)),
    operation('CreateToken', '/token', (request) => createToken(request, state)),
  ];
}

function registerClient({ params, origin }: UnsignedRequest, state: SsoState): Params {
  state.counts.registrations += 1;
  const client = state.clients.register(params, state.instances);
  const seconds = (ms: number): number => Math.floor((ms - state.clock.now() + state.clock.wall()) / 1000);
  return {
    clientId: client.id,
    clientSecret: client.secret,
    clientIdIssuedAt: seconds(state.clock.now()),
    clientSecretExpiresAt: seconds(client.secretExpiresAt),
    ...(client.redirectUris.length === 0
      ? {}
      : { authorizationEndpoint: `${origin}/authorize`, tokenEndpoint: `${origin}/token` }),
  };
}

function startDevice({ params, origin, meantRegion }: UnsignedRequest, state: SsoState): Params {
  const client = state.clients.authenticate(params);
  if (!client.grants.includes(DEVICE_CODE))
    throw oidcError('unauthorized_client', 'Client is not registered for this grant');
  const instance = findInstance(state.instances, required(params, 'startUrl'));
  if (instance === undefined) throw oidcError('invalid_request', '');
  const misplaced = meantRegion !== undefined && meantRegion !== instance.region;
  if (misplaced && state.timing.wrongRegion === 'atStart') throw oidcError('invalid_request', '');
  state.counts.deviceAuthorizations += 1;
  const { deviceCode, userCode, interval } = state.approvals.startDevice(client, instance, misplaced);
  return {
    deviceCode,
    userCode,
    verificationUri: `${origin}/sso/device`,
    verificationUriComplete: `${origin}/sso/device?user_code=${userCode}`,
    expiresIn: state.timing.deviceCodeSeconds,
    interval,
  };
}

function createToken({ params }: UnsignedRequest, state: SsoState): unknown {
  const { approvals, tokens, counts } = state;
  const grant = required(params, 'grantType');
  const client = state.clients.authenticate(params);
  checkGrant(client, grant);
  const scopes = checkScopes(client, params);
  switch (grant) {
    case DEVICE_CODE: {
      counts.polls += 1;
      const session = approvals.poll(required(params, 'deviceCode'), client);
      return tokens.issue(client, session, scopes);
    }
    case 'authorization_code': {
      counts.codes += 1;
      const verifier = required(params, 'codeVerifier');
      const code = required(params, 'code');
      const redeemed = approvals.redeem(code, client, required(params, 'redirectUri'), verifier);
      return tokens.issue(client, redeemed.session, redeemed.scopes);
    }
    default: {
      counts.refreshes += 1;
      const value = required(params, 'refreshToken');
      try {
        return tokens.refresh(value, client);
      } catch (error) {
        counts.refreshesRefused += 1;
        throw error;
      }
    }
  }
}

function checkGrant(client: Client, grant: string): void {
  if (![DEVICE_CODE, 'authorization_code', 'refresh_token'].includes(grant))
    throw oidcError('unsupported_grant_type', 'Unsupported grant type provided');
  if (!client.grants.includes(grant))
    throw oidcError('unauthorized_client', 'Client is not registered for this grant');
}

function checkScopes(client: Client, params: Params): readonly string[] {
  const asked = items<string>(params, 'scope');
  if (asked.some((scope) => !client.scopes.includes(scope)))
    throw oidcError('invalid_scope', 'Invalid scopes requested');
  return asked.length === 0 ? client.scopes : asked;
}

function required(params: Params, name: string): string {
  const value = text(params, name);
  if (value === undefined || value === '')
    throw oidcError('invalid_request', `Missing required parameter: ${name}`);
  return value;
}
