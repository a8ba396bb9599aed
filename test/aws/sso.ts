/** Identity Center as tests arrange it. */
import { approvalPages } from './approvalPage.ts';
import {
  assign,
  createInstance,
  provisionedRole,
  unassign,
  type Assignment,
  type InstanceOptions,
  type PermissionSetOptions,
} from './identityCenter.ts';
import type { World } from './service.ts';
import { ssoOidc } from './ssoOidc.ts';
import { ssoPortal } from './ssoPortal.ts';
import { createSsoState, type SsoCounts, type SsoState } from './ssoState.ts';
import type { SsoTiming } from './ssoTiming.ts';
import { regionalEndpoint, type UnsignedOperation } from './unsigned.ts';

/** One instance with its people. */
export interface SsoInstance {
  readonly id: string;
  readonly identityStoreId: string;
  readonly region: string;
  readonly startUrl: string;
  /** Every form of the start URL that is taken. */
  readonly urls: readonly string[];
  /** Default e-mail address: `<name>@example.com`, or the name when it is one. */
  addUser(name: string, email?: string): void;
  /** Changing a set that exists changes it for sessions to come. */
  addPermissionSet(name: string, options?: PermissionSetOptions): void;
  assign(assignment: Assignment): void;
  /** Role sessions already issued go on. */
  unassign(assignment: Assignment): void;
  /** ARN of the set's role in the account, made when it is missing. */
  roleArn(accountId: string, permissionSet: string): Promise<string>;
  /** Ends the person's sign-ins: access tokens answer 401, refreshes `invalid_grant`. Role sessions go on. */
  revokeSessions(user: string): void;
}

export interface Sso {
  readonly timing: SsoTiming;
  readonly counts: Readonly<SsoCounts>;
  readonly instances: readonly SsoInstance[];
  addInstance(options?: InstanceOptions): SsoInstance;
  /** An endpoint that counts as one region's, for clients that do not tell their region (see unsigned.ts). */
  endpoint(region: string): string;
  /** User codes that wait for a person, oldest first. */
  pending(): readonly string[];
  /** Answers a device code as the page's buttons do. */
  approve(userCode: string, user: string): void;
  deny(userCode: string): void;
  /** The next Allow becomes a Deny. */
  denyNextApproval(): void;
  /** Expires a device code now. Default: every one that waits. */
  expireDeviceCode(userCode?: string): void;
  /** This many polls answer slow_down, however late they come. */
  slowDown(polls: number): void;
  /** Every registration is unknown from now on. */
  forgetClients(): void;
  /** Every client secret and token given out so far, for tests that look for where they went. */
  secrets(): readonly string[];
  clearCounts(): void;
}

export interface SsoParts {
  readonly api: (world: World, endpoint: string) => Sso;
  readonly operations: readonly UnsignedOperation[];
}

export function createSso(clock: World['clock']): SsoParts {
  const state = createSsoState(clock);
  return {
    operations: [...ssoOidc(state), ...ssoPortal(state), ...approvalPages(state)],
    api: (world, endpoint) => ssoApi(state, world, endpoint),
  };
}

function ssoApi(state: SsoState, world: World, endpoint: string): Sso {
  const { approvals, tokens, counts, clients } = state;
  const instances: SsoInstance[] = [];
  const device = (userCode: string) => {
    const request = approvals.findDevice(userCode);
    if (request?.state !== 'pending') throw new Error(`No request waits with code ${userCode}.`);
    return request;
  };
  return {
    timing: state.timing,
    counts,
    instances,
    addInstance(options = {}) {
      const made = addInstance(options, state, world);
      instances.push(made);
      return made;
    },
    endpoint: (region) => regionalEndpoint(endpoint, region),
    pending: () =>
      approvals.devices
        .filter(({ state: answer, expiresAt }) => answer === 'pending' && state.clock.now() < expiresAt)
        .map(({ userCode }) => userCode),
    approve: (userCode, user) => approvals.decide(device(userCode), user, true),
    deny(userCode) {
      device(userCode).state = 'denied';
    },
    denyNextApproval() {
      approvals.denyNext = true;
    },
    expireDeviceCode(userCode) {
      const chosen = userCode === undefined ? approvals.devices : [device(userCode)];
      for (const each of chosen) each.expiresAt = Math.min(each.expiresAt, state.clock.now());
    },
    slowDown(polls) {
      approvals.slowDowns = polls;
    },
    forgetClients: () => clients.forgetAll(),
    secrets: () => [
      ...clients.secrets,
      ...tokens.values,
      ...approvals.devices.map((each) => each.deviceCode),
    ],
    clearCounts() {
      for (const name of Object.keys(counts) as (keyof SsoCounts)[]) counts[name] = 0;
    },
  };
}

function addInstance(options: InstanceOptions, state: SsoState, world: World): SsoInstance {
  const instance = createInstance(options);
  state.instances.push(instance);
  const { id, identityStoreId, region, startUrl, urls } = instance;
  return {
    id,
    identityStoreId,
    region,
    startUrl,
    urls,
    addUser: (name, email) =>
      void instance.users.set(name, email ?? (name.includes('@') ? name : `${name}@example.com`)),
    addPermissionSet: (name, { sessionSeconds = 3600, policies = 'admin' } = {}) =>
      void instance.sets.set(name, { sessionSeconds, policies }),
    assign: (assignment) => assign(instance, assignment),
    unassign: (assignment) => unassign(instance, assignment),
    roleArn: async (accountId, set) => (await provisionedRole(instance, accountId, set, world)).Arn ?? '',
    revokeSessions(user) {
      for (const session of state.tokens.sessions)
        if (session.instance === instance && session.user === user) session.ended = true;
    },
  };
}
