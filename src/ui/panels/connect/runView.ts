import type { QuickConnectRun } from '../../../core/quickConnect/runs.ts';
import type { RoleWay } from '../../../core/quickConnect/plan.ts';
import type { StackEvent } from '../../../core/quickConnect/stack.ts';
import type { Phase, Resume } from '../../../core/quickConnect/work.ts';
import type { StageInstance } from '../../../core/stages/link.ts';
import type {
  Check,
  ConnectIntent,
  ConnectView,
  ConsoleStep,
  CreateStep,
  DoneStep,
  Notice,
  StackEventRow,
  Step,
} from '../../../protocol/connect.ts';

const detection =
  'The panel looks for the stack, or else tries the role, every few seconds for an hour. You need not come back at a certain time.';

type RunPart = Pick<ConnectView, 'step' | 'create' | 'checks' | 'done' | 'notice' | 'busy'>;

/** What the panel shows of a Quick Connect run; pure. */
export function runView(
  run: QuickConnectRun,
  instances: readonly StageInstance[],
  consoleKind: ConsoleStep['kind'],
): RunPart {
  const { work } = run;
  return {
    step: stepOf(work.phase),
    create: {
      stackName: work.plan.stackName,
      region: work.plan.region,
      startedAt: work.startedAt,
      events: run.events.map(eventRow),
      state: createState(work.phase),
      console: work.phase.name === 'awaiting' ? { kind: consoleKind, detection } : undefined,
    },
    checks: checks(run),
    done: work.phase.name === 'connected' ? doneStep(run, instances) : undefined,
    notice: noticeOf(run),
    busy: run.running,
  };
}

const afterCreation: ReadonlySet<Resume> = new Set<Resume>(['keying', 'verifying', 'linking']);

function stepOf(phase: Phase): Step {
  switch (phase.name) {
    case 'planned':
    case 'awaiting':
    case 'creating':
    case 'adopting':
    case 'undoing':
    case 'deleting':
    case 'cancelled':
      return 'create';
    case 'keying':
    case 'verifying':
    case 'unverified':
    case 'linking':
      return 'verify';
    case 'failed':
      return afterCreation.has(phase.resume) ? 'verify' : 'create';
    case 'connected':
      return 'done';
  }
}

function createState(phase: Phase): CreateStep['state'] {
  switch (phase.name) {
    case 'planned':
      return 'starting';
    case 'awaiting':
      return 'awaiting';
    case 'creating':
      return 'creating';
    case 'adopting':
      return 'updating';
    case 'undoing':
      return 'cancelling';
    case 'deleting':
      return phase.next === 'cancelled' ? 'cancelling' : 'deleting';
    case 'cancelled':
      return 'cancelled';
    case 'failed':
      return afterCreation.has(phase.resume) ? 'created' : 'failed';
    case 'keying':
    case 'verifying':
    case 'unverified':
    case 'linking':
    case 'connected':
      return 'created';
  }
}

function eventRow(event: StackEvent): StackEventRow {
  const { id, at, logicalId, resourceType, status, reason } = event;
  return {
    id,
    at,
    resource: logicalId,
    type: resourceType,
    status,
    tone:
      status.endsWith('_FAILED') || status.includes('ROLLBACK')
        ? 'bad'
        : status.endsWith('_COMPLETE')
          ? 'good'
          : 'progress',
    ...(reason === undefined ? {} : { reason }),
  };
}

const checkLabels: readonly (readonly [Check['id'], string])[] = [
  ['assume', 'You can assume the role'],
  ['account', 'The role belongs to the expected account'],
  ['external-id', 'Callers without the ExternalId are refused'],
];

function checks(run: QuickConnectRun): readonly Check[] {
  const labels = checkLabels.filter(([id]) => id !== 'external-id' || run.work.plan.hasExternalId);
  return labels.map(([id, label]): Check => {
    const found = run.checks.find((check) => check.id === id);
    const waited = found?.waitedSeconds;
    return {
      id,
      label,
      state: found?.state ?? 'waiting',
      ...(found?.state === 'running' && waited !== undefined
        ? { detail: `AWS is making the new role known. Waited ${waited} s; this takes up to 3 minutes.` }
        : {}),
    };
  });
}

function doneStep(run: QuickConnectRun, instances: readonly StageInstance[]): DoneStep {
  const { plan } = run.work;
  const linked = instances.filter(({ serviceId, name }) =>
    plan.stages.some((stage) => stage.serviceId === serviceId && stage.stage === name),
  );
  return {
    providerName: plan.alias,
    accountId: plan.accountId,
    roleArn: plan.roleArn,
    stages: linked.map(({ serviceName, name }) => `${serviceName} · ${name}`),
    canDeploy: linked.length > 0,
    deployStage: linked[0]?.id,
  };
}

function button(
  title: string,
  type: 'retry' | 'deleteLeftover' | 'back' | 'startOver' | 'saveUnverified' | 'adopt',
) {
  return { title, intent: { type } satisfies ConnectIntent };
}

function failureActions(phase: Extract<Phase, { readonly name: 'failed' }>, way: RoleWay): Notice['actions'] {
  if (phase.adoptable !== undefined)
    return [button('Take It Over', 'adopt'), button('Choose Another Name', 'back')];
  if (namesClash.has(phase.failure.code)) return [button('Choose Another Name', 'back')];
  const left = phase.stackId !== undefined && way === 'create';
  return [
    button('Retry', 'retry'),
    left ? button('Delete What Was Left', 'deleteLeftover') : button('Back', 'back'),
  ];
}

const namesClash: ReadonlySet<string> = new Set(['stack-name-taken', 'stack-in-use']);

function noticeOf(run: QuickConnectRun): Notice | undefined {
  const { phase, plan } = run.work;
  if (phase.name === 'failed') {
    const { message, hint } = phase.failure;
    const actions = failureActions(phase, plan.way);
    return { severity: 'error', message, ...(hint === undefined ? {} : { hint }), actions };
  }
  if (phase.name === 'unverified') {
    return {
      severity: 'warning',
      message: phase.failure.message,
      ...(phase.failure.hint === undefined ? {} : { hint: phase.failure.hint }),
      actions: [
        button('Delete the Stack', 'deleteLeftover'),
        button('Keep as Not Verified', 'saveUnverified'),
      ],
    };
  }
  if (phase.name === 'cancelled') {
    return {
      severity: 'info',
      message:
        plan.way === 'create'
          ? `Cancelled. Nothing of ${plan.stackName} is left in your account.`
          : `Cancelled. What you made in the AWS console yourself is still there.`,
      actions: [button('Start Over', 'startOver')],
    };
  }
  if (run.elsewhere) {
    return {
      severity: 'info',
      message: 'Another window of this editor is at work on this.',
      hint: 'What happens there is shown here.',
      actions: [],
    };
  }
  if (run.trouble) {
    return {
      severity: 'warning',
      message: run.trouble.message,
      hint: 'Trying again by itself; nothing is lost.',
      actions: [],
    };
  }
  return undefined;
}
