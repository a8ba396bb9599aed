import type { Event } from '../../../core/base/event.ts';
import type { AwsCredentials, Provider } from '../../../core/providers/provider.ts';
import type { StateFile } from '../../../core/providers/stateFile.ts';
import type { RolePlan } from '../../../core/quickConnect/plan.ts';
import type { QuickConnectRuns } from '../../../core/quickConnect/runs.ts';
import type { AddIdentityPorts } from '../../../core/signIn/addIdentity.ts';
import type { StageInstance } from '../../../core/stages/link.ts';
import type { ConsoleStep } from '../../../protocol/connect.ts';

/** What the panel needs of the stages. */
export interface ConnectStages {
  load(): Promise<unknown>;
  instances(): readonly StageInstance[];
  readonly onDidChange: Event<unknown>;
  /** Writes the links of the stages to the settings; safe to repeat. */
  link(
    stages: readonly { readonly serviceId: string; readonly stage: string }[],
    provider: Provider,
  ): Promise<void>;
}

export interface ConnectPorts {
  readonly state: StateFile;
  readonly runs: QuickConnectRuns;
  readonly stages: ConnectStages;
  readonly identities: AddIdentityPorts;
  readonly credentials: (providerId: string) => Promise<AwsCredentials>;
  readonly loadProfiles: () => Promise<readonly { readonly name: string; readonly region?: string }[]>;
  readonly loadProfile: (profile: string) => Promise<AwsCredentials>;
  readonly loadRoleArn: (
    credentials: AwsCredentials,
    region: string,
    roleName: string,
  ) => Promise<string | undefined>;
  readonly runCommand: (name: 'deployStage' | 'openTerminal' | 'showLog', target?: string) => unknown;
  readonly showTemplate: (text: string) => Promise<void>;
  /** Opens CloudFormation's page in the browser, with the template given by URL or saved by the person before. */
  readonly openConsole: (plan: RolePlan, externalId: string) => Promise<void>;
  /** `link` where a template URL is configured. */
  readonly consoleKind: () => ConsoleStep['kind'];
  readonly copy: (text: string) => Promise<void>;
}

/** What the panel's own window gives; the rest comes from outside. */
export type ConnectWindowPorts = Pick<
  ConnectPorts,
  'showTemplate' | 'copy' | 'openConsole' | 'consoleKind' | 'runCommand'
>;
