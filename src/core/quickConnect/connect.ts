import type { Clock } from '../base/clock.ts';
import { Failure } from '../base/errors.ts';
import type {
  AccessRoleProvider,
  AssumeRole,
  AwsCredentials,
  LoadCallerIdentity,
  Provider,
} from '../providers/provider.ts';
import { externalIdSecret, type SecretStore } from '../providers/secretStore.ts';
import type { StateFile } from '../providers/stateFile.ts';
import type { CheckRolePorts } from './checkRole.ts';
import type { Creator, RolePlan, StageRef } from './plan.ts';
import type { RoleOperationsPorts } from './operations.ts';
import type { QuickConnectPorts } from './runs.ts';
import { saveRole } from './saveRole.ts';
import type { StackApi } from './stack.ts';
import { deleteUserKeys, makeUserKey, type UserKeyApi } from './userKey.ts';

export interface RoleConnectorPorts {
  readonly state: StateFile;
  readonly secrets: SecretStore;
  readonly clock: Clock;
  readonly credentials: (providerId: string) => Promise<AwsCredentials>;
  /** Drops cached credentials, and the memory of a failure, so that the next call asks anew. */
  readonly forgetCredentials: (providerId: string) => void;
  readonly loadProfile: (profile: string) => Promise<AwsCredentials>;
  readonly stackApi: (credentials: () => Promise<AwsCredentials>, region: string, clock: Clock) => StackApi;
  readonly userKeyApi: (credentials: () => Promise<AwsCredentials>, region: string) => UserKeyApi;
  readonly callerIdentity: LoadCallerIdentity;
  readonly assumeRole: AssumeRole;
  readonly linkStages: (stages: readonly StageRef[], provider: Provider) => Promise<void>;
}

/** Session length of the verification's own calls, in seconds: the shortest STS gives. */
const checkSessionSeconds = 900;

/** The AWS side of a Quick Connect run: the stack as the plan's creator, the role as its source provider. */
export function roleConnector(ports: RoleConnectorPorts): QuickConnectPorts['connect'] {
  return (plan: RolePlan, loadExternalId) => {
    const creator = (): Promise<AwsCredentials> => creatorCredentials(plan.creator, ports);
    const keys = {
      state: ports.state,
      secrets: ports.secrets,
      keys: ports.userKeyApi(creator, plan.region),
      now: () => ports.clock.now(),
    };
    return {
      stacks: ports.stackApi(creator, plan.region, ports.clock),
      verification: {
        clock: ports.clock,
        callerIdentity: (credentials, signal) => ports.callerIdentity(credentials, plan.region, signal),
        assume: async (withExternalId, signal) => {
          const request = {
            roleArn: plan.roleArn,
            externalId: withExternalId ? await loadExternalId() : undefined,
            sessionName: 'stage-providers-check',
            durationSeconds: checkSessionSeconds,
            region: plan.region,
          };
          return ports.assumeRole(await sourceCredentials(plan, ports), request, signal);
        },
      },
      saveProvider: async (work) => {
        const provider = await saveRole(work, ports.state, ports.clock.now());
        await ports.linkStages(plan.stages, provider);
      },
      makeUserKey: (work, signal) => makeUserKey(work, keys, signal),
      deleteUserKeys: (work, signal) => deleteUserKeys(work, keys, signal),
      providerOfStack: (stackId) =>
        ports.state.state?.providers.find((each) => each.kind === 'access-role' && each.stack?.id === stackId)
          ?.name,
    };
  };
}

/** The AWS side of a later change of a role: the stack as the operator, the role as its own source. */
export function operationConnector(
  ports: RoleConnectorPorts & { readonly revokeLeases: (providerId: string) => Promise<void> },
): RoleOperationsPorts['connect'] {
  return (provider, plan, operator) => {
    const credentials = (): Promise<AwsCredentials> => creatorCredentials(operator, ports);
    return {
      stacks: ports.stackApi(credentials, plan.region, ports.clock),
      keys: ports.userKeyApi(credentials, plan.region),
      assume: async (externalId, signal) =>
        ports.assumeRole(
          await ports.credentials(provider.sourceProviderId),
          {
            roleArn: provider.roleArn,
            externalId,
            sessionName: 'stage-providers-check',
            durationSeconds: checkSessionSeconds,
            region: plan.region,
          },
          signal,
        ),
      callerIdentity: (found, signal) => ports.callerIdentity(found, plan.region, signal),
      forgetCredentials: ports.forgetCredentials,
      revokeLeases: ports.revokeLeases,
    };
  };
}

/** What a check of a role asks AWS, as the identity that created it. */
export function checkConnector(
  ports: RoleConnectorPorts & {
    readonly loadRole: (
      credentials: AwsCredentials,
      region: string,
      roleName: string,
      signal?: AbortSignal,
    ) => Promise<{ readonly trustPolicy: string }>;
  },
): (provider: AccessRoleProvider) => CheckRolePorts {
  return (provider) => {
    const plan = provider.plan as RolePlan | undefined;
    const creator: Creator = plan?.creator ?? { kind: 'provider', id: provider.sourceProviderId };
    const credentials = (): Promise<AwsCredentials> => creatorCredentials(creator, ports);
    const region = provider.region ?? 'us-east-1';
    return {
      stacks: ports.stackApi(credentials, region, ports.clock),
      loadTrustPolicy: async (roleName, signal) =>
        (await ports.loadRole(await credentials(), region, roleName, signal)).trustPolicy,
      assume: async (withExternalId, signal) =>
        ports.assumeRole(
          await ports.credentials(provider.sourceProviderId),
          {
            roleArn: provider.roleArn,
            externalId: withExternalId ? await ports.secrets.load(externalIdSecret(provider.id)) : undefined,
            sessionName: 'stage-providers-check',
            durationSeconds: checkSessionSeconds,
            region,
          },
          signal,
        ),
    };
  };
}

function creatorCredentials(creator: Creator, ports: RoleConnectorPorts): Promise<AwsCredentials> {
  return creator.kind === 'provider' ? ports.credentials(creator.id) : ports.loadProfile(creator.name);
}

/** A key that was made seconds ago may be unknown to STS still: that must not be remembered. */
async function sourceCredentials(plan: RolePlan, ports: RoleConnectorPorts): Promise<AwsCredentials> {
  try {
    return await ports.credentials(plan.sourceProviderId);
  } catch (error) {
    if (error instanceof Failure && error.code === 'invalid-credentials')
      ports.forgetCredentials(plan.sourceProviderId);
    throw error;
  }
}
