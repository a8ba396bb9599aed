/** Registered OIDC clients. Source: https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_RegisterClient.html */
import { randomBytes } from 'node:crypto';
import { findInstance, type Instance } from './identityCenter.ts';
import { oidcError } from './ssoErrors.ts';
import type { SsoTiming } from './ssoTiming.ts';
import type { EmulatorClock } from './clock.ts';
import { items, text, type Params } from './wire.ts';

export const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';
export type Grant = typeof DEVICE_CODE | 'authorization_code' | 'refresh_token';

export interface Client {
  readonly id: string;
  readonly secret: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly grants: readonly string[];
  readonly redirectUris: readonly string[];
  /** Of the issuer, for clients of the browser flow. */
  readonly instance: Instance | undefined;
  /** Milliseconds, emulator time. */
  readonly secretExpiresAt: number;
}

export interface Clients {
  /** Every secret given out, forgotten clients included. */
  readonly secrets: readonly string[];
  /** Registers; throws what RegisterClient documents. */
  register(params: Params, instances: readonly Instance[]): Client;
  find(id: string | undefined): Client | undefined;
  /** Checks id and secret; throws InvalidClientException. */
  authenticate(params: Params): Client;
  forgetAll(): void;
}

const GRANTS: readonly string[] = [DEVICE_CODE, 'authorization_code', 'refresh_token'];

export function createClients(clock: EmulatorClock, timing: SsoTiming): Clients {
  const byId = new Map<string, Client>();
  const secrets: string[] = [];
  return {
    secrets,
    register(params, instances) {
      const name = text(params, 'clientName');
      if (name === undefined || !/^[\w\-.~!*'() ]{1,150}$/.test(name))
        throw oidcError('invalid_client_metadata', 'clientName is missing or malformed');
      if (text(params, 'clientType') !== 'public')
        throw oidcError('invalid_client_metadata', 'Only public clients are supported');
      const scopes = items<string>(params, 'scopes');
      if (scopes.some((scope) => !/^[a-z]+(:[a-z_]+){1,2}$/.test(scope)))
        throw oidcError('invalid_scope', `Invalid scopes requested: ${scopes.join(' ')}`);
      const asked = items<string>(params, 'grantTypes');
      if (asked.some((grant) => !GRANTS.includes(grant)))
        throw oidcError('unsupported_grant_type', 'Unsupported grant type');
      const redirectUris = items<string>(params, 'redirectUris');
      const issuer = text(params, 'issuerUrl');
      const instance = issuer === undefined ? undefined : findInstance(instances, issuer);
      if (issuer !== undefined && instance === undefined)
        throw oidcError('invalid_request', 'issuerUrl is unknown');
      if (asked.includes('authorization_code') && (redirectUris.length === 0 || instance === undefined))
        throw oidcError('invalid_request', 'authorization_code needs redirectUris and issuerUrl');
      if (redirectUris.some((uri) => loopback(uri) === undefined))
        throw oidcError('invalid_redirect_uri', 'Redirect URI must be a loopback address');
      const client: Client = {
        id: randomBytes(18).toString('base64url'),
        secret: randomBytes(96).toString('base64url'),
        name,
        scopes,
        grants: asked.length === 0 ? [DEVICE_CODE, 'refresh_token'] : asked,
        redirectUris,
        instance,
        secretExpiresAt: clock.now() + timing.clientSecretSeconds * 1000,
      };
      byId.set(client.id, client);
      secrets.push(client.secret);
      return client;
    },
    find: (id) => byId.get(id ?? ''),
    authenticate(params) {
      const client = byId.get(text(params, 'clientId') ?? '');
      if (client === undefined || client.secret !== text(params, 'clientSecret'))
        throw oidcError('invalid_client', 'Invalid client provided');
      if (clock.now() >= client.secretExpiresAt)
        throw oidcError('invalid_client', 'The client secret has expired');
      return client;
    },
    forgetAll: () => byId.clear(),
  };
}

/** A loopback redirect without its port, which may be any (RFC 8252 §7.3); undefined when it is not one. */
export function loopback(uri: string): string | undefined {
  const parsed = URL.parse(uri);
  if (parsed === null || parsed.protocol !== 'http:' || !['127.0.0.1', '[::1]'].includes(parsed.hostname))
    return undefined;
  return `${parsed.hostname}${parsed.pathname}`;
}
