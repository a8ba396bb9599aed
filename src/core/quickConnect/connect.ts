import type { Clock } from '../base/clock.ts';
import type { AssumeRole, AwsCredentials, LoadCallerIdentity, Provider } from '../providers/provider.ts';
import type { StateFile } from '../providers/stateFile.ts';
import { roleArn, type RolePlan, type StageRef } from './plan.ts';
import type { QuickConnectPorts } from './runs.ts';
import { saveRole } from './saveRole.ts';
import type { StackApi } from './stack.ts';

export interface RoleConnectorPorts {
  readonly state: StateFile;
  readonly clock: Clock;
  readonly credentials: (providerId: string) => Promise<AwsCredentials>;
  readonly stackApi: (credentials: () => Promise<AwsCredentials>, region: string) => StackApi;
  readonly callerIdentity: LoadCallerIdentity;
  readonly assumeRole: AssumeRole;
  readonly linkStages: (stages: readonly StageRef[], provider: Provider) => Promise<void>;
}

/** Session length of the verification's own calls, in seconds: the shortest STS gives. */
const checkSessionSeconds = 900;

/** The AWS side of a Quick Connect run: everything is done as the plan's source provider. */
export function roleConnector(ports: RoleConnectorPorts): QuickConnectPorts['connect'] {
  return (plan: RolePlan, loadExternalId) => {
    const source = (): Promise<AwsCredentials> => ports.credentials(plan.sourceProviderId);
    return {
      stacks: ports.stackApi(source, plan.region),
      verification: {
        clock: ports.clock,
        callerIdentity: (credentials, signal) => ports.callerIdentity(credentials, plan.region, signal),
        assume: async (withExternalId, signal) =>
          ports.assumeRole(
            await source(),
            {
              roleArn: roleArn(plan),
              externalId: withExternalId ? await loadExternalId() : undefined,
              sessionName: 'stage-providers-check',
              durationSeconds: checkSessionSeconds,
              region: plan.region,
            },
            signal,
          ),
      },
      saveProvider: async (work) => {
        const provider = await saveRole(work, ports.state, ports.clock.now());
        await ports.linkStages(plan.stages, provider);
      },
    };
  };
}
