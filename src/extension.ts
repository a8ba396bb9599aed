import { randomBytes, randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { window, workspace, type ExtensionContext } from 'vscode';
import { once } from './core/base/once.ts';
import { CredentialStore } from './core/credentials/credentialStore.ts';
import { answerLease } from './core/handOff/handOff.ts';
import { providerSource } from './core/providers/registry.ts';
import { linkableStages } from './core/stages/linkStages.ts';
import { StageStore } from './core/stages/stageStore.ts';
import * as aws from './platform/aws/aws.ts';
import { claim } from './platform/node/claim.ts';
import { systemClock as clock } from './platform/node/clock.ts';
import { foundMemory } from './platform/node/foundMemory.ts';
import { findFramework } from './platform/node/frameworks.ts';
import { createLeaseDesk } from './platform/node/leaseDesk.ts';
import { newServiceFiles } from './platform/node/newServiceFiles.ts';
import { systemProcesses } from './platform/node/processes.ts';
import { writeRun } from './platform/node/run.ts';
import { JsonStateFile } from './platform/node/stateFile.ts';
import { redactedLog } from './platform/vscode/log.ts';
import { secretStore } from './platform/vscode/secrets.ts';
import { activeStageMemory, VsCodeLinkSettings } from './platform/vscode/settings.ts';
import { VsCodeWorkspaceFiles } from './platform/vscode/workspaceFiles.ts';
import { ConnectPanel, type OpenController } from './ui/panels/connect/connectPanel.ts';
import { report, reportTo } from './ui/report.ts';
import { DeployTasks, type PrepareRun } from './ui/tasks/deploy.ts';
import { StageTerminals } from './ui/tasks/stageTerminal.ts';
import { showWorkbench } from './ui/workbench.ts';

/** Builds everything by hand; no SDK is loaded, no secret read, no network asked here. */
export function activate(context: ExtensionContext): void {
  const own = <T extends { dispose(): unknown }>(item: T): T => {
    context.subscriptions.push(item);
    return item;
  };
  const storage = context.globalStorageUri.fsPath;
  const log = redactedLog(own(window.createOutputChannel('AWS Providers', { log: true })));
  reportTo(log);

  const state = own(new JsonStateFile(storage, clock, randomUUID));
  const secrets = secretStore(context.secrets, state);
  const kit = {
    ...aws,
    state,
    secrets,
    clock,
    random: randomBytes,
    newId: randomUUID,
    claim: (id: string) => claim(storage, id),
  };
  const credentialStore = own(new CredentialStore(kit));
  const credentials = (id: string, minLifetimeSeconds?: number) =>
    credentialStore.get(id, minLifetimeSeconds);

  const providers = providerSource(state);
  const files = own(new VsCodeWorkspaceFiles());
  const settings = own(new VsCodeLinkSettings());
  const memory = activeStageMemory(context.workspaceState);
  const stages = own(new StageStore({ clock, providers, files, settings, memory }));
  const linkable = linkableStages(stages);

  const inDist = (name: string): string => path.join(context.extensionPath, 'dist', name);
  const folder = workspace.workspaceFile ?? workspace.workspaceFolders?.[0]?.uri;
  const desk = own(
    createLeaseDesk({
      storage,
      windowKey: folder?.toString() ?? 'no folder',
      programs: { node: process.execPath, helper: inDist('helper.cjs') },
      answer: answerLease(credentials, (id) => providers.providers.find((each) => each.id === id)),
      clock,
      randomBytes,
      processes: systemProcesses(process.platform),
      pid: process.pid,
      place: { env: process.env, platform: process.platform, uid: process.getuid?.(), tmpdir: tmpdir() },
    }),
  );
  const programs = { node: process.execPath, launcher: inDist('launch.cjs') };
  const prepareRun: PrepareRun = (lease, run) => writeRun(lease, run, programs);
  const handOffKit = { stages, desk, credentials, prepareRun };
  const shellArgs = process.platform === 'darwin' ? ['-l'] : [];
  const terminals = own(new StageTerminals({ ...handOffKit, shellArgs }));
  const deploys = own(
    new DeployTasks({
      ...handOffKit,
      findFramework: (service) => findFramework(service, process.platform),
    }),
  );

  const forgetCredentials = (id: string): void => credentialStore.forget(id);
  const revokeLeases = (id: string): Promise<void> => desk.revokeProvider(id);
  const roleKit = { ...kit, credentials, forgetCredentials, revokeLeases, linkStages: linkable.link };
  const quickConnect = once(async () => {
    const { createQuickConnect } = await import('./core/quickConnect/quickConnect.ts');
    return own(createQuickConnect(roleKit));
  });
  const connectKit = { ...kit, credentials, identities: kit, stages: linkable };
  const openController: OpenController = async (windowPorts) => {
    const { ConnectController } = await import('./ui/panels/connect/controller.ts');
    const { runs } = await quickConnect();
    return new ConnectController({ ...connectKit, ...windowPorts, runs });
  };
  const panel = own(new ConnectPanel(context.extensionUri, openController, randomBytes));
  own(
    showWorkbench({
      ...kit,
      credentials: credentialStore,
      quickConnect,
      stages,
      desk,
      terminals,
      deploys,
      env: process.env,
      foundMemory: foundMemory(storage),
      serviceFiles: newServiceFiles,
      showConnect: (identity) => panel.show(identity),
      showLog: () => log.show(),
    }),
  );

  // After activation: what the views and the switcher show, and the terminals of before a restart.
  setImmediate(() => {
    Promise.all([state.load(), stages.load(), desk.restore()]).catch(report);
  });
}
