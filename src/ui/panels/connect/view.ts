import type { Failure } from '../../../core/base/errors.ts';
import {
  providerKindNames,
  type AwsCredentials,
  type CallerIdentity,
  type Provider,
} from '../../../core/providers/provider.ts';
import type { Creator } from '../../../core/quickConnect/plan.ts';
import type { QuickConnectRun } from '../../../core/quickConnect/runs.ts';
import type { TrustPrincipal } from '../../../core/quickConnect/trust.ts';
import { describeCaller } from '../../../core/signIn/identity.ts';
import type { StageInstance } from '../../../core/stages/link.ts';
import type {
  ConnectMethod,
  ConnectView,
  ConsoleStep,
  DoneStep,
  IdentityChoice,
  IdentityStep,
  MethodChoice,
  Notice,
} from '../../../protocol/connect.ts';
import type { Draft } from './draft.ts';
import { roleStepView } from './roleStepView.ts';
import { runView } from './runView.ts';

/** An identity that AWS confirmed; the credentials never leave the host. */
export interface Confirmed {
  readonly identity: CallerIdentity;
  readonly credentials: AwsCredentials;
  readonly region: string;
  /** Set for a root session: how the stack is created with it. It is never kept, handed over or trusted. */
  readonly root: Creator | undefined;
  /** The provider it belongs to already, where it does. */
  readonly provider: Provider | undefined;
}

/** The panel's state between intents. `run`: the rest is told by the run; `saved`: a provider without a role. */
export interface ConnectModel {
  readonly method: ConnectMethod;
  readonly step: 'method' | 'identity' | 'role' | 'run' | 'saved';
  readonly choices:
    | {
        readonly providers: readonly Provider[];
        readonly profiles: readonly { readonly name: string; readonly region?: string }[];
      }
    | undefined;
  readonly selected?: string | undefined;
  readonly checking: boolean;
  readonly busy: boolean;
  readonly confirmed?: Confirmed | undefined;
  readonly trust?: TrustPrincipal | undefined;
  readonly draft?: Draft;
  readonly runId?: string | undefined;
  readonly savedProvider?: Provider;
  readonly savedStageIds?: readonly string[];
  readonly failure?: Failure | undefined;
}

const methods: readonly MethodChoice[] = [
  {
    id: 'access-role',
    label: 'Access role (Quick Connect)',
    description:
      'Creates a role in your account with CloudFormation. Short-lived credentials, no keys on disk.',
    recommended: true,
    preview: false,
  },
  {
    id: 'access-key',
    label: 'Access key and secret',
    description:
      'Uses the keys of an IAM user as they are. Roles are safer: keys stay valid until you delete them.',
    recommended: false,
    preview: false,
  },
  {
    id: 'profile',
    label: 'Local profile',
    description: 'Uses a profile of your ~/.aws files. The files are only read.',
    recommended: false,
    preview: false,
  },
];

/** The whole panel as a snapshot; pure. */
export function connectView(
  model: ConnectModel,
  run: QuickConnectRun | undefined,
  instances: readonly StageInstance[],
  consoleKind: ConsoleStep['kind'],
): ConnectView {
  const base: ConnectView = {
    methods,
    method: model.method,
    step: model.step === 'run' ? 'create' : model.step === 'saved' ? 'done' : model.step,
    identity: model.choices && identityStep(model),
    role:
      model.draft && model.confirmed
        ? roleStepView(model.draft, model.trust, model.confirmed, instances)
        : undefined,
    create: undefined,
    checks: [],
    done: undefined,
    notice: model.failure && failureNotice(model.failure),
    busy: model.busy,
  };
  if (model.step === 'run' && run) {
    const told = runView(run, instances, consoleKind);
    return { ...base, ...told, method: 'access-role', notice: base.notice ?? told.notice };
  }
  if (model.step === 'saved' && model.savedProvider) {
    return { ...base, done: savedStep(model.savedProvider, model.savedStageIds ?? [], instances) };
  }
  return base;
}

const rootNote =
  'Root cannot assume roles and is never handed to a terminal or deploy. The stack therefore also creates an IAM user that can do nothing but assume the role.';

function identityStep(model: ConnectModel): IdentityStep {
  const { confirmed, checking, selected } = model;
  return {
    choices: choicesFor(model),
    selected,
    checking,
    who: confirmed && {
      accountId: confirmed.identity.accountId,
      arn: confirmed.identity.arn,
      description: describeCaller(confirmed.identity),
      note: confirmed.root && rootNote,
      canUseAsItIs: confirmed.provider?.kind === 'sso-role',
    },
  };
}

function choicesFor({ method, choices }: ConnectModel): readonly IdentityChoice[] {
  const profiles = (choices?.profiles ?? []).map(({ name, region }) => ({
    id: `profile:${name}`,
    label: name,
    detail: region === undefined ? 'Local profile' : `Local profile, ${region}`,
  }));
  const keys = { id: 'keys', label: 'Access keys', detail: 'Enter the keys of an IAM user' };
  if (method === 'profile') return profiles;
  if (method === 'access-key') return [keys];
  const known = (choices?.providers ?? []).map((provider) => ({
    id: `provider:${provider.id}`,
    label: provider.name,
    detail: `${providerKindNames[provider.kind]}, account ${provider.accountId}`,
  }));
  return [...known, ...profiles, keys];
}

function savedStep(
  provider: Provider,
  stageIds: readonly string[],
  instances: readonly StageInstance[],
): DoneStep {
  const stages = instances.filter(({ id }) => stageIds.includes(id));
  return {
    providerName: provider.name,
    accountId: provider.accountId,
    roleArn: undefined,
    stages: stages.map(({ serviceName, name }) => `${serviceName} · ${name}`),
    canDeploy: stages.length > 0,
    deployStage: stages[0]?.id,
  };
}

function failureNotice(failure: Failure): Notice {
  return {
    severity: 'error',
    message: failure.message,
    ...(failure.hint === undefined ? {} : { hint: failure.hint }),
    actions: failure.code === 'unexpected' ? [{ title: 'Show Log', intent: { type: 'showLog' } }] : [],
  };
}
