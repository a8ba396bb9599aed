/** What waits for a person: device codes (RFC 8628) and browser authorizations (RFC 6749 §4.1, RFC 7636). */
import { createHash, randomBytes } from 'node:crypto';
import type { EmulatorClock } from './clock.ts';
import type { Instance } from './identityCenter.ts';
import type { Client } from './ssoClients.ts';
import { oidcError } from './ssoErrors.ts';
import type { SsoTiming } from './ssoTiming.ts';
import type { PortalSession, SsoTokens } from './ssoTokens.ts';

interface Answered {
  state: 'pending' | 'allowed' | 'denied' | 'used';
  session?: PortalSession;
}

export interface DeviceRequest extends Answered {
  readonly kind: 'device';
  readonly deviceCode: string;
  readonly userCode: string;
  readonly client: Client;
  readonly instance: Instance;
  /** The device flow was started at another region's endpoint. */
  readonly misplaced: boolean;
  expiresAt: number;
  /** Seconds; grows by 5 with every slow_down. */
  interval: number;
  polledAt?: number;
}

export interface BrowserRequest extends Answered {
  readonly kind: 'browser';
  readonly id: string;
  readonly client: Client;
  readonly instance: Instance;
  readonly redirectUri: string;
  readonly clientState: string;
  readonly challenge: string;
  readonly scopes: readonly string[];
  /** Set on Allow. */
  code?: string;
  codeExpiresAt?: number;
}

export interface Approvals {
  readonly devices: readonly DeviceRequest[];
  readonly browsers: readonly BrowserRequest[];
  startDevice(client: Client, instance: Instance, misplaced: boolean): DeviceRequest;
  startBrowser(request: Omit<BrowserRequest, 'kind' | 'id' | 'state'>): BrowserRequest;
  findDevice(userCode: string): DeviceRequest | undefined;
  findBrowser(id: string): BrowserRequest | undefined;
  /** A person's answer. The request must be pending. */
  decide(request: DeviceRequest | BrowserRequest, user: string, allow: boolean): void;
  /** Makes the next Allow a Deny: an administrator's rule, or a person who changed their mind. */
  denyNext: boolean;
  /** Makes this many polls answer slow_down, whenever they come. */
  slowDowns: number;
  /** One poll: the session once allowed, else throws what CreateToken documents. */
  poll(deviceCode: string, client: Client): PortalSession;
  /** Redeems a code once; throws InvalidGrantException. */
  redeem(
    code: string,
    client: Client,
    redirectUri: string,
    verifier: string,
  ): BrowserRequest & { readonly session: PortalSession };
}

/** Timers may fire a little early; a poll this close to its time is in time. Milliseconds. */
const EARLY = 50;

export function createApprovals(clock: EmulatorClock, timing: SsoTiming, tokens: SsoTokens): Approvals {
  const devices: DeviceRequest[] = [];
  const browsers: BrowserRequest[] = [];
  const invalid = (what: string): Error => oidcError('invalid_grant', `Invalid ${what} provided`);
  return {
    devices,
    browsers,
    denyNext: false,
    slowDowns: 0,
    startDevice(client, instance, misplaced) {
      const request: DeviceRequest = {
        kind: 'device',
        state: 'pending',
        deviceCode: randomBytes(64).toString('base64url'),
        userCode: `${letters(4)}-${letters(4)}`,
        client,
        instance,
        misplaced,
        expiresAt: clock.now() + timing.deviceCodeSeconds * 1000,
        interval: timing.intervalSeconds,
      };
      devices.push(request);
      return request;
    },
    startBrowser(asked) {
      const id = randomBytes(16).toString('hex');
      const request: BrowserRequest = { ...asked, kind: 'browser', id, state: 'pending' };
      browsers.push(request);
      return request;
    },
    findDevice(userCode) {
      const wanted = userCode.toUpperCase().replaceAll(/[^A-Z]/g, '');
      return devices.find((each) => each.userCode.replace('-', '') === wanted);
    },
    findBrowser: (id) => browsers.find((each) => each.id === id),
    decide(request, user, allow) {
      if (!request.instance.users.has(user)) throw new Error(`There is no user ${user}.`);
      const allowed = allow && !this.denyNext;
      if (allow) this.denyNext = false;
      request.state = allowed ? 'allowed' : 'denied';
      if (!allowed) return;
      request.session = tokens.begin(request.instance, user);
      if (request.kind === 'device') return;
      request.code = randomBytes(64).toString('base64url');
      request.codeExpiresAt = clock.now() + timing.authorizationCodeSeconds * 1000;
    },
    poll(deviceCode, client) {
      const request = devices.find((each) => each.deviceCode === deviceCode);
      if (request === undefined || request.client !== client || request.state === 'used')
        throw invalid('device code');
      const now = clock.now();
      if (now >= request.expiresAt) throw oidcError('expired_token', 'Device code has expired');
      if (request.state === 'denied') throw oidcError('access_denied', 'The request was denied');
      const early =
        request.polledAt !== undefined && now - request.polledAt < request.interval * 1000 - EARLY;
      request.polledAt = now;
      if (this.slowDowns > 0 || (early && request.state === 'pending')) {
        this.slowDowns = Math.max(0, this.slowDowns - 1);
        request.interval += 5;
        throw oidcError('slow_down', 'Polling too often');
      }
      const { session } = request;
      if (session === undefined) throw oidcError('authorization_pending', 'Authorization is pending');
      request.state = 'used';
      return session;
    },
    redeem(code, client, redirectUri, verifier) {
      const request = browsers.find((each) => each.code === code);
      if (request === undefined || request.client !== client || request.state !== 'allowed')
        throw invalid('authorization code');
      request.state = 'used';
      const { session, codeExpiresAt = 0 } = request;
      if (session === undefined || clock.now() >= codeExpiresAt || request.redirectUri !== redirectUri)
        throw invalid('authorization code');
      if (createHash('sha256').update(verifier).digest('base64url') !== request.challenge)
        throw invalid('code verifier');
      return { ...request, session };
    },
  };
}

/** Of a user code: no vowels, nothing that looks like a digit. */
function letters(count: number): string {
  const alphabet = 'BCDFGHJKLMNPQRSTVWXZ';
  return [...randomBytes(count)].map((byte) => alphabet.charAt(byte % alphabet.length)).join('');
}
