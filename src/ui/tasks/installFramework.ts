import {
  commands as vscodeCommands,
  l10n,
  ProgressLocation,
  ShellExecution,
  Task,
  TaskPanelKind,
  TaskRevealKind,
  TaskScope,
  tasks,
  Uri,
  window,
  workspace,
  type CancellationToken,
  type Disposable,
} from 'vscode';
import { Cancelled, Failure } from '../../core/base/errors.ts';
import type { StateFile } from '../../core/providers/stateFile.ts';
import type { StageStore } from '../../core/stages/stageStore.ts';
import { commands } from '../manifest.ts';
import { plainText } from '../tree/row.ts';

/**
 * Runs `npm install` in a service's folder as a task, whose terminal shows what npm says.
 *
 * @throws Failure `install-failed`; Cancelled when the person stops it
 */
export async function installFramework(folder: Uri, state: StateFile): Promise<void> {
  const code = await window.withProgress(
    {
      location: ProgressLocation.Notification,
      title: l10n.t('Installing osls in {0}…', folder.fsPath),
      cancellable: true,
    },
    (_, token) => runToEnd(installTask(folder), token),
  );
  if (code !== 0) {
    throw new Failure('install-failed', l10n.t('osls was not installed: npm install failed.'), {
      hint:
        code === 127
          ? l10n.t('npm was not found. Install Node.js, restart the editor and try again.')
          : l10n.t('The terminal “{0}” shows why.', taskName),
      action: { title: l10n.t('Try Again'), command: 'installFramework', args: [folder.fsPath] },
    });
  }
  const { providers } = await state.load();
  const next = providers.length === 0 ? 'connect' : 'deployStage';
  const label = next === 'connect' ? l10n.t('Connect AWS Provider') : l10n.t('Deploy Stage');
  const answer = await window.showInformationMessage(l10n.t('osls is installed.'), label);
  if (answer === label) await vscodeCommands.executeCommand(commands[next]);
}

/** Installs into a service: its folder, or the one the person picks. Throws Failure `no-stages`; Cancelled. */
export async function installInto(stages: StageStore, state: StateFile, target: unknown): Promise<void> {
  if (typeof target === 'string') return installFramework(Uri.file(target), state);
  const { services } = await stages.load();
  if (services.length === 0) {
    throw new Failure('no-stages', l10n.t('There is no Serverless service in this workspace.'), {
      action: { title: l10n.t('Create Serverless Service'), command: 'createService' },
    });
  }
  const items = services.map(({ name, folder }) => ({ label: plainText(name), description: folder, folder }));
  const picked =
    items.length === 1
      ? items[0]
      : await window.showQuickPick(items, { placeHolder: l10n.t('Service to install osls for') });
  if (!picked) throw new Cancelled();
  await installFramework(Uri.file(picked.folder), state);
}

const taskName = 'npm install';

function installTask(folder: Uri): Task {
  const task = new Task(
    { type: 'shell' },
    workspace.getWorkspaceFolder(folder) ?? TaskScope.Workspace,
    taskName,
    'AWS',
    new ShellExecution('npm', ['install', '--no-audit', '--no-fund'], { cwd: folder.fsPath }),
  );
  task.presentationOptions = { reveal: TaskRevealKind.Always, panel: TaskPanelKind.Dedicated, clear: true };
  return task;
}

/** Exit code, or `undefined` when the terminal was closed before there was one. */
async function runToEnd(task: Task, token: CancellationToken): Promise<number | undefined> {
  const subscriptions: Disposable[] = [];
  try {
    const code = new Promise<number | undefined>((resolve) => {
      const isOurs = ({ name, source }: Task): boolean => name === task.name && source === task.source;
      subscriptions.push(
        tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
          if (isOurs(execution.task)) resolve(exitCode);
        }),
        // Comes after the process's end; alone where there never was a process.
        tasks.onDidEndTask(({ execution }) => {
          if (isOurs(execution.task)) setTimeout(resolve, 500, undefined);
        }),
      );
    });
    const execution = await tasks.executeTask(task);
    subscriptions.push(token.onCancellationRequested(() => execution.terminate()));
    const ended = await code;
    if (token.isCancellationRequested) throw new Cancelled();
    return ended;
  } finally {
    for (const subscription of subscriptions) subscription.dispose();
  }
}
