import {
  ProcessExecution,
  ProgressLocation,
  Task,
  TaskPanelKind,
  TaskRevealKind,
  TaskScope,
  tasks,
  Uri,
  window,
  workspace,
  type Disposable,
} from 'vscode';
import { deployCommand, type DeployVerb, type FoundFramework } from '../../core/handOff/framework.ts';
import { handOff, type GetCredentials } from '../../core/handOff/handOff.ts';
import type { LeaseDesk, OpenLease } from '../../core/handOff/lease.ts';
import type { StageInstance } from '../../core/stages/link.ts';
import type { StageStore } from '../../core/stages/stageStore.ts';
import { settings, taskType } from '../manifest.ts';
import { confirmProtected } from './protectedStage.ts';

/** Writes the run into its lease and says what to execute. */
export type PrepareRun = (
  lease: OpenLease,
  run: { readonly command: string; readonly args: readonly string[]; readonly cwd: string },
) => Promise<{
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}>;

export interface DeployPorts {
  readonly stages: StageStore;
  readonly desk: LeaseDesk;
  readonly credentials: GetCredentials;
  readonly findFramework: (folder: string) => Promise<FoundFramework | undefined>;
  readonly prepareRun: PrepareRun;
}

const verbs: Readonly<Record<DeployVerb, string>> = {
  deploy: 'Deploy',
  remove: 'Remove',
  info: 'Show info of',
  package: 'Package',
};

/** Runs a Serverless command for a stage as a task, with a lease of its own that ends with the task. */
export class DeployTasks implements Disposable {
  readonly #ports: DeployPorts;
  /** Lease ids by the running execution's task name, which is unique per run. */
  readonly #leases = new Map<string, string>();
  readonly #subscription: Disposable;
  #count = 0;

  constructor(ports: DeployPorts) {
    this.#ports = ports;
    this.#subscription = tasks.onDidEndTask(({ execution }) => {
      const run = execution.task.definition['run'] as unknown;
      if (execution.task.definition.type !== taskType || typeof run !== 'string') return;
      const lease = this.#leases.get(run);
      this.#leases.delete(run);
      if (lease !== undefined) void this.#ports.desk.revoke(lease);
    });
  }

  /** @throws Failure when the stage's identity cannot be verified or no CLI is found; Cancelled */
  async run(stage: StageInstance, verb: DeployVerb): Promise<void> {
    const { desk, findFramework, prepareRun, stages } = this.#ports;
    const service = stages.snapshot.services.find(({ id }) => id === stage.serviceId);
    const folder = service?.folder ?? stage.serviceId;
    const configured =
      workspace.getConfiguration(undefined, Uri.file(folder)).get<string[]>(settings.deployCommand) ?? [];
    const command = deployCommand(await findFramework(folder), configured, verb, stage.name, stage.region);
    await confirmProtected(stage, verbs[verb]);
    const lease = await window.withProgress(
      { location: ProgressLocation.Notification, title: `Checking the AWS account of “${stage.name}”…` },
      () => handOff(stage, service, 'task', this.#ports),
    );
    try {
      const start = await prepareRun(lease, { ...command, cwd: folder });
      this.#count += 1;
      const run = `${stage.id}#${this.#count}`;
      this.#leases.set(run, lease.lease.id);
      await tasks.executeTask(this.#task(stage, verb, run, folder, start));
    } catch (error) {
      await desk.revoke(lease.lease.id);
      throw error;
    }
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #task(
    stage: StageInstance,
    verb: DeployVerb,
    run: string,
    folder: string,
    start: {
      readonly command: string;
      readonly args: readonly string[];
      readonly env: Readonly<Record<string, string>>;
    },
  ): Task {
    const scope = workspace.getWorkspaceFolder(Uri.file(folder)) ?? TaskScope.Workspace;
    const task = new Task(
      { type: taskType, command: verb, stage: stage.name, service: stage.serviceName, run },
      scope,
      `${verb} ${stage.serviceName} · ${stage.name}`,
      'AWS',
      new ProcessExecution(start.command, [...start.args], { cwd: folder, env: { ...start.env } }),
    );
    task.presentationOptions = {
      echo: false,
      reveal: TaskRevealKind.Always,
      panel: TaskPanelKind.Dedicated,
      clear: true,
    };
    task.detail = `${stage.link.provider?.name ?? ''} · account ${stage.link.accountId ?? ''} · ${stage.region}`;
    return task;
  }
}
