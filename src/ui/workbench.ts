import { commands as vscodeCommands, workspace, type Disposable } from 'vscode';
import type { Clock } from '../core/base/clock.ts';
import { DisposableStore } from '../core/base/disposable.ts';
import { Failure } from '../core/base/errors.ts';
import type { CredentialStore } from '../core/credentials/credentialStore.ts';
import type { LeaseDesk } from '../core/handOff/lease.ts';
import type { LoadCallerIdentity } from '../core/providers/provider.ts';
import { hasArrivals } from '../core/newService/arrival.ts';
import { FoundCredentials, type FoundPorts } from '../core/signIn/foundCredentials.ts';
import type { QuickConnect } from '../core/quickConnect/quickConnect.ts';
import type { SecretStore } from '../core/providers/secretStore.ts';
import type { StateFile } from '../core/providers/stateFile.ts';
import type { StageStore } from '../core/stages/stageStore.ts';
import type { CreateServicePorts } from './commands/createService.ts';
import {
  removeAllData,
  removeProviderCommand,
  renameProviderCommand,
  setDefaultProvider,
  testProvider,
} from './commands/providerCommands.ts';
import { registerCommands } from './commands/register.ts';
import type { RoleCommandPorts } from './commands/roleCommands.ts';
import { addStage, linkStage, switchStage } from './commands/stageCommands.ts';
import { contextKeys, settings, views } from './manifest.ts';
import { report } from './report.ts';
import { stageTarget } from './stageTarget.ts';
import { statusBarItem } from './statusBar/activeStage.ts';
import { showActiveStage } from './statusBar/activeStageItem.ts';
import { minuteTick } from './statusBar/minuteTick.ts';
import type { DeployTasks } from './tasks/deploy.ts';
import { installInto } from './tasks/installFramework.ts';
import type { StageTerminals } from './tasks/stageTerminal.ts';
import { providerRows } from './tree/providerRows.ts';
import type { RowContext } from './tree/row.ts';
import { createRowTree } from './tree/rowTree.ts';
import { unfinishedRows } from './tree/unfinishedRows.ts';
import { stageRows } from './tree/stageRows.ts';

export interface WorkbenchParts extends FoundPorts, CreateServicePorts {
  /** Loaded when a role is made, changed or looked at. */
  readonly quickConnect: () => Promise<QuickConnect>;
  readonly state: StateFile;
  readonly secrets: SecretStore;
  readonly credentials: CredentialStore;
  readonly stages: StageStore;
  readonly desk: LeaseDesk;
  readonly terminals: StageTerminals;
  readonly deploys: DeployTasks;
  readonly callerIdentity: LoadCallerIdentity;
  readonly clock: Clock;
  /** @param identity id of the identity to begin Quick Connect with */
  readonly showConnect: (identity?: string) => void;
  readonly showLog: () => void;
}

/** Registers the views, the status bar item and the commands, and keeps the context keys of the welcome views. */
export function showWorkbench(parts: WorkbenchParts): Disposable {
  const { state, stages, credentials, clock } = parts;
  const store = new DisposableStore();
  const found = store.add(new FoundCredentials(parts));
  const tick = minuteTick(clock);
  const load = (): Promise<unknown> => Promise.all([state.load(), stages.load()]);
  const rowContext = (): RowContext => ({
    now: clock.now(),
    credentialState: (id) => credentials.state(id),
  });
  const changes = [stages.onDidChange, state.onDidChange, credentials.onDidChange, found.onDidChange, tick];

  store.add(
    createRowTree(views.stages, { load, changes, rows: () => stageRows(stages.snapshot, rowContext()) }),
  );
  const providerTree = store.add(
    createRowTree(views.providers, {
      load: () => Promise.all([load(), found.load()]),
      changes,
      rows: () => [
        ...unfinishedRows(state.state?.pendingWork ?? [], state.state?.providers ?? []),
        ...providerRows(
          {
            providers: state.state?.providers ?? [],
            stages: stages.snapshot.stages,
            found: found.offered,
            defaultProvider: workspace.getConfiguration().get<string>(settings.defaultProvider, ''),
          },
          rowContext(),
        ),
      ],
    }),
  );
  store.add(
    providerTree.view.onDidChangeVisibility(({ visible }) => {
      if (visible) found.reload().catch(report);
    }),
  );
  store.add(showActiveStage(() => statusBarItem(stages.snapshot, rowContext()), changes));
  store.add(keepContextKeys(parts));
  store.add(registerCommands(handlers(parts, found, rowContext)));
  store.add(continueWhenLoaded(parts));
  store.add(
    parts.desk.onDidRefuse(({ lease, failure }) => {
      // The JavaScript SDK hides what the helper says, so it is shown here as well.
      const message = `${lease.stage}: ${failure.message}`;
      void report(
        new Failure(failure.code, message, {
          ...(failure.hint === undefined ? {} : { hint: failure.hint }),
          ...(failure.action === undefined ? {} : { action: failure.action }),
        }),
      );
    }),
  );
  return store;
}

function handlers(parts: WorkbenchParts, found: FoundCredentials, rowContext: () => RowContext) {
  const { stages, state, deploys, terminals } = parts;
  const foundParts = { found, showConnect: parts.showConnect };
  // What is seldom needed is loaded when it is.
  const services = () => import('./commands/createService.ts');
  const founds = () => import('./commands/foundCommands.ts');
  const roles = () => import('./commands/roleCommands.ts');
  const rolePorts = async (): Promise<RoleCommandPorts> => ({ ...parts, ...(await parts.quickConnect()) });
  return {
    connect: () => parts.showConnect(),
    switchStage: (target?: unknown) => switchStage(stages, rowContext(), target),
    addStage: (target?: unknown) => addStage(stages, target),
    linkStage: (target?: unknown) => linkStage(stages, state, parts.showConnect, target),
    openTerminal: async (target?: unknown) =>
      terminals.open(await stageTarget(stages, target, 'Stage of the terminal')),
    deployStage: async (target?: unknown) =>
      deploys.run(await stageTarget(stages, target, 'Stage to deploy'), 'deploy'),
    testProvider: (target?: unknown) => testProvider(parts, target),
    renameProvider: (target?: unknown) => renameProviderCommand(parts, target),
    setDefaultProvider: (target?: unknown) => setDefaultProvider(parts, target),
    removeProvider: (target?: unknown) =>
      removeProviderCommand(
        parts,
        async (provider) => (await roles()).runOperation((await rolePorts()).operations, 'delete', provider),
        target,
      ),
    checkRole: async (target?: unknown) => (await roles()).checkRoleCommand(await rolePorts(), target),
    updateRole: async (target?: unknown) => (await roles()).updateRole(await rolePorts(), target),
    rotateExternalId: async (target?: unknown) => (await roles()).rotateExternalId(await rolePorts(), target),
    copyLink: async (target?: unknown) => (await roles()).copyLink(await rolePorts(), target),
    continueWork: async (target?: unknown) => (await roles()).continueWork(await rolePorts(), target),
    createService: async () => (await services()).createServiceCommand(parts),
    installFramework: (target?: unknown) => installInto(stages, state, target),
    importProfiles: async () => (await founds()).importProfiles(foundParts),
    identifyFound: async (target?: unknown) => (await founds()).identifyFound(foundParts, target),
    useFound: async (target?: unknown) => (await founds()).useFound(foundParts, target),
    hideFound: async (target?: unknown) => (await founds()).hideFound(foundParts, target),
    removeAllData: async () => {
      await removeAllData(parts);
      await found.forget();
    },
    refresh: () => stages.refresh(),
    showLog: parts.showLog,
  };
}

/** Once the state is there: the next steps of a service that was created just before its folder was opened. */
function continueWhenLoaded(parts: WorkbenchParts): Disposable {
  const once = parts.state.onDidChange((state) => {
    once.dispose();
    if (!hasArrivals(state)) return;
    import('./commands/createService.ts').then(({ continueCreated }) => continueCreated(parts)).catch(report);
  });
  return once;
}

function keepContextKeys({ state, stages }: WorkbenchParts): Disposable {
  const store = new DisposableStore();
  const set = (key: string, value: boolean): void =>
    void vscodeCommands.executeCommand('setContext', key, value);
  const update = (): void => {
    const { snapshot } = stages;
    set(contextKeys.hasProviders, (state.state?.providers.length ?? 0) > 0);
    set(contextKeys.hasServices, snapshot.services.length > 0);
    set(contextKeys.loaded, snapshot.state === 'ready' && state.state !== undefined);
  };
  store.add(state.onDidChange(update));
  store.add(stages.onDidChange(update));
  return store;
}
