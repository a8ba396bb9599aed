/**
 * AWS on 127.0.0.1: several accounts, real signatures, permissions, role trust, stacks that take their time, and
 * faults on demand. Clients reach it through AWS_ENDPOINT_URL only.
 */
import { GetRoleCommand } from '@aws-sdk/client-iam';
import { createCallLog, type LoggedCall } from './calls.ts';
import { createClock, type EmulatorClock, type Timing } from './clock.ts';
import { createCloudFormation } from './cloudFormation.ts';
import { createFaults, type Faults } from './faults.ts';
import { createFederation, type Federation } from './federation.ts';
import { startFront, type Routes } from './front.ts';
import { iam } from './iam.ts';
import { createKeys, randomId, type SessionCredentials } from './keys.ts';
import { startMoto } from './moto.ts';
import { createPermissions } from './permissions.ts';
import {
  makeRole,
  makeUser,
  NOBODY,
  roleIdentity,
  type Policies,
  type RoleOptions,
  type UserKeys,
} from './principals.ts';
import type { World } from './service.ts';
import { createSignIn, type SignIn } from './signIn.ts';
import { createSso, type Sso } from './sso.ts';
import { describeStack, createStacks } from './stacks.ts';
import { sts } from './sts.ts';
import { createTrusts } from './trust.ts';
import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';

export type { Policies, RoleOptions, UserKeys } from './principals.ts';

export interface AwsOptions {
  /** A Python that can import moto 5.2 or later with its server extra. */
  readonly python: string;
  /** Length of every stack operation. Default 3. */
  readonly stackSeconds?: number;
  /** Until a new or changed role can be assumed. Default 2. */
  readonly propagationSeconds?: number;
  /** Life of every session, instead of what is asked for. */
  readonly sessionSeconds?: number;
  /** Port of the endpoint. Default: a free one. */
  readonly port?: number;
}

export interface StackSummary {
  readonly name: string;
  readonly id: string;
  readonly status: string;
}

export interface Aws {
  readonly endpoint: string;
  /** Account id → name. */
  readonly accounts: ReadonlyMap<string, string>;
  readonly clock: EmulatorClock;
  readonly timing: Timing;
  readonly faults: Faults;
  /** IAM Identity Center. */
  readonly sso: Sso;
  /** Sign-in with the console's own login (`aws login`). */
  readonly signIn: SignIn;
  /** Links that open the console. */
  readonly federation: Federation;
  addAccount(id: string, name: string): void;
  /** Makes an IAM user with an access key. Default policies: admin. */
  createUser(
    accountId: string,
    name: string,
    options?: { readonly policies?: Policies; readonly path?: string },
  ): Promise<UserKeys>;
  /** Makes a role that is assumable at once. Returns its ARN. */
  createRole(accountId: string, name: string, options: RoleOptions): Promise<string>;
  /** Access keys of the account's root user. */
  rootKey(accountId: string): UserKeys;
  /** Credentials of a role session without asking anyone; makes an administrator role when there is none. */
  roleSession(
    accountId: string,
    roleName: string,
    options?: SessionOptions,
  ): Promise<SessionCredentials & { readonly arn: string }>;
  /** Living stacks of an account. */
  stacks(accountId: string, region: string): Promise<readonly StackSummary[]>;
  /** Configuration for an SDK client with every permission in the account. */
  sdkConfig(accountId: string, region?: string): SdkConfig;
  /** Every set of temporary credentials given out so far, for tests that look for where they went. */
  issued(): readonly { readonly secretAccessKey: string; readonly sessionToken: string }[];
  calls(): readonly LoggedCall[];
  clearCalls(): void;
  /** The first call, past or to come, that satisfies the predicate; rejects after `ms` (default 10 000). */
  waitForCall(predicate: (call: LoggedCall) => boolean, ms?: number): Promise<LoggedCall>;
  /** Whether anything listens at the endpoint. */
  readonly network: { down(): Promise<void>; up(): Promise<void> };
  dispose(): Promise<void>;
}

export interface SessionOptions {
  readonly sessionName?: string;
  /** Seconds. Default 3600. */
  readonly seconds?: number;
  readonly path?: string;
  readonly policies?: Policies;
}

export interface SdkConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** The accounts that are always there. */
export const ACCOUNTS = { tools: '111122223333', dev: '444455556666', prod: '777788889999' } as const;

/** Starts the emulator. Throws when moto cannot be started with this Python. */
export async function startAws(options: AwsOptions): Promise<Aws> {
  const moto = await startMoto(options.python);
  const clock = createClock();
  const timing: Timing = {
    stackSeconds: options.stackSeconds ?? 3,
    propagationSeconds: options.propagationSeconds ?? 2,
    propagationOfRole: new Map(),
    sessionSeconds: options.sessionSeconds,
  };
  const accounts = new Map<string, string>(Object.entries(ACCOUNTS).map(([name, id]) => [id, name]));
  const stacks = createStacks(() => clock.now());
  const world: World = {
    moto,
    clock,
    timing,
    accounts,
    keys: createKeys(clock),
    faults: createFaults(),
    permissions: createPermissions(moto),
    trusts: createTrusts(moto, clock, timing, accounts),
  };
  const log = createCallLog();
  const sso = createSso(clock);
  const signIn = createSignIn();
  const federation = createFederation();
  const routes: Routes = {
    services: { sts, iam, cloudformation: createCloudFormation(stacks) },
    unsigned: [...sso.operations, ...signIn.operations, ...federation.operations],
  };
  const front = await startFront(world, log, routes, options.port ?? 0);
  const endpoint = `http://127.0.0.1:${front.port}`;
  const roots = new Map<string, UserKeys>();
  const rootKey = (accountId: string): UserKeys => {
    const known = roots.get(accountId);
    if (known !== undefined) return known;
    if (!accounts.has(accountId)) throw new Error(`There is no account ${accountId}: use addAccount first.`);
    const arn = `arn:aws:iam::${accountId}:root`;
    const made = {
      accessKeyId: `AKIA${randomId(16)}`,
      secretAccessKey: randomId(40),
      arn,
      userId: accountId,
    };
    world.keys.add(made.accessKeyId, made.secretAccessKey, {
      kind: 'root',
      accountId,
      arn,
      userId: accountId,
    });
    roots.set(accountId, made);
    return made;
  };
  const createRole = (accountId: string, name: string, role: RoleOptions) =>
    makeRole(world, accountId, name, role);

  return {
    endpoint,
    accounts,
    clock,
    timing,
    faults: world.faults,
    sso: sso.api(world, endpoint),
    signIn: signIn.api(world),
    federation: federation.api,
    addAccount: (id, name) => void accounts.set(id, name),
    createUser: (accountId, name, { policies = 'admin', path = '/' } = {}) =>
      makeUser(world, accountId, name, policies, path),
    createRole: async (accountId, name, role) => (await createRole(accountId, name, role)).Arn ?? '',
    rootKey,
    async roleSession(accountId, roleName, session = {}) {
      const known = await moto
        .iam(accountId)
        .send(new GetRoleCommand({ RoleName: roleName }))
        .catch(() => undefined);
      const { policies, path } = session;
      const made = { trust: NOBODY, ...(policies && { policies }), ...(path && { path }) };
      const role = known?.Role ?? (await createRole(accountId, roleName, made));
      const sessionName = session.sessionName ?? 'session';
      const identity = roleIdentity(role, accountId, sessionName);
      return { ...world.keys.issue(identity, session.seconds ?? 3600), arn: identity.arn };
    },
    async stacks(accountId, region) {
      const { Stacks = [] } = await moto
        .cloudFormation(accountId, region)
        .send(new DescribeStacksCommand({}));
      const own = stacks.all.filter((each) => each.accountId === accountId && each.region === region);
      const shown = [
        ...(await Promise.all(own.map((each) => describeStack(each, world)))),
        ...Stacks.filter(({ StackId }) => !stacks.owns(StackId)),
      ] as { StackName?: string; StackId?: string; StackStatus?: string }[];
      return shown
        .map(({ StackName = '', StackId = '', StackStatus = '' }) => ({
          name: StackName,
          id: StackId,
          status: StackStatus,
        }))
        .filter(({ status }) => status !== 'DELETE_COMPLETE');
    },
    sdkConfig(accountId, region = 'us-east-1') {
      const { accessKeyId, secretAccessKey } = rootKey(accountId);
      return { endpoint, region, credentials: { accessKeyId, secretAccessKey } };
    },
    issued: () =>
      [...world.keys.byId.values()].flatMap(({ secretAccessKey, sessionToken }) =>
        sessionToken === undefined ? [] : [{ secretAccessKey, sessionToken }],
      ),
    calls: () => log.calls,
    clearCalls: () => log.clear(),
    waitForCall: (predicate, ms = 10_000) => log.wait(predicate, ms),
    network: front,
    async dispose() {
      await front.dispose();
      await moto.dispose();
    },
  };
}
