import type { QuickConnectRun } from '../../../core/quickConnect/runs.ts';
import { roleArn } from '../../../core/quickConnect/plan.ts';
import type { StackEvent } from '../../../core/quickConnect/stack.ts';
import type { Phase } from '../../../core/quickConnect/work.ts';
import type { StageInstance } from '../../../core/stages/link.ts';
import type {
  Check,
  ConnectIntent,
  ConnectView,
  CreateStep,
  DoneStep,
  Notice,
  StackEventRow,
  Step,
} from '../../../protocol/connect.ts';

type RunPart = Pick<ConnectView, 'step' | 'create' | 'checks' | 'done' | 'notice' | 'busy'>;

/** What the panel shows of a Quick Connect run; pure. */
export function runView(run: QuickConnectRun, instances: readonly StageInstance[]): RunPart {
  const { work } = run;
  return {
    step: stepOf(work.phase),
    create: {
      stackName: work.plan.stackName,
      region: work.plan.region,
      startedAt: work.startedAt,
      events: run.events.map(eventRow),
      state: createState(work.phase),
    },
    checks: checks(run),
    done: work.phase.name === 'connected' ? doneStep(run, instances) : undefined,
    notice: noticeOf(run),
    busy: run.running,
  };
}

function stepOf(phase: Phase): Step {
  switch (phase.name) {
    case 'planned':
    case 'creating':
    case 'undoing':
    case 'deleting':
    case 'cancelled':
      return 'create';
    case 'verifying':
    case 'unverified':
    case 'linking':
      return 'verify';
    case 'failed':
      return phase.resume === 'verifying' || phase.resume === 'linking' ? 'verify' : 'create';
    case 'connected':
      return 'done';
  }
}

function createState(phase: Phase): CreateStep['state'] {
  switch (phase.name) {
    case 'planned':
      return 'starting';
    case 'creating':
      return 'creating';
    case 'undoing':
      return 'cancelling';
    case 'deleting':
      return phase.next === 'cancelled' ? 'cancelling' : 'deleting';
    case 'cancelled':
      return 'cancelled';
    case 'failed':
      return phase.resume === 'verifying' || phase.resume === 'linking' ? 'created' : 'failed';
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
  return checkLabels.map(([id, label]): Check => {
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
    roleArn: roleArn(plan),
    stages: linked.map(({ serviceName, name }) => `${serviceName} · ${name}`),
    canDeploy: linked.length > 0,
    deployStage: linked[0]?.id,
  };
}

function button(title: string, type: 'retry' | 'deleteLeftover' | 'back' | 'startOver' | 'saveUnverified') {
  return { title, intent: { type } satisfies ConnectIntent };
}

function noticeOf(run: QuickConnectRun): Notice | undefined {
  const { phase, plan } = run.work;
  if (phase.name === 'failed') {
    const { code, message, hint } = phase.failure;
    const left = phase.stackId !== undefined;
    const actions =
      code === 'stack-name-taken'
        ? [button('Choose Another Name', 'back')]
        : [
            button('Retry', 'retry'),
            left ? button('Delete What Was Left', 'deleteLeftover') : button('Back', 'back'),
          ];
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
      message: `Cancelled. Nothing of ${plan.stackName} is left in your account.`,
      actions: [button('Start Over', 'startOver')],
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
