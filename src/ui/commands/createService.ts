import { commands as vscodeCommands, l10n, Uri, window, workspace, type QuickPickItem } from 'vscode';
import type { Clock } from '../../core/base/clock.ts';
import { Cancelled } from '../../core/base/errors.ts';
import { expectArrival, takeArrival } from '../../core/newService/arrival.ts';
import { createService, isFreeTarget, type NewServiceFiles } from '../../core/newService/createService.ts';
import {
  defaultServiceName,
  freeServiceName,
  maxServiceNameLength,
  serviceNameProblem,
  starterStages,
  type ServiceNameProblem,
} from '../../core/newService/name.ts';
import { starterConfig, starterTitle } from '../../core/newService/starter.ts';
import type { StateFile } from '../../core/providers/stateFile.ts';
import { commands } from '../manifest.ts';
import { reporting } from '../report.ts';
import { installFramework } from '../tasks/installFramework.ts';

export interface CreateServicePorts {
  readonly state: StateFile;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly serviceFiles: NewServiceFiles;
}

/** Where the service goes: into the folder itself, or into a new one in it. */
interface Place {
  readonly folder: Uri;
  readonly itself: boolean;
}

/**
 * Asks where and under which name, then creates the starter service; before the last answer nothing is written.
 *
 * @throws Failure, see {@link createService}; Cancelled
 */
export async function createServiceCommand(ports: CreateServicePorts): Promise<void> {
  const title = l10n.t('Create Serverless Service: {0}', starterTitle);
  const place = await askPlace(title, ports.serviceFiles);
  const name = await askName(title, place, ports.serviceFiles);
  const folder = place.itself ? place.folder : Uri.joinPath(place.folder, name);
  await createService(folder.fsPath, name, ports.serviceFiles);
  if (workspace.getWorkspaceFolder(folder)) await showCreated(folder, name, ports);
  else if (workspace.workspaceFolders) void offerToOpen(folder, name, ports);
  else await openFolder(folder, false, ports);
}

/** In the window that opened the folder of a new service: goes on where the window it was created in ended. */
export async function continueCreated(ports: CreateServicePorts): Promise<void> {
  const open = (workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
  const folder = await takeArrival(ports.state, open, ports.clock.now());
  if (folder !== undefined) await showCreated(Uri.file(folder), lastSegment(Uri.file(folder)), ports);
}

async function askPlace(title: string, files: NewServiceFiles): Promise<Place> {
  const folders = (workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  if (folders.length === 0) return { folder: await askParent(), itself: false };
  const items: (QuickPickItem & { readonly place?: Place })[] = [];
  const full: string[] = [];
  for (const { name, uri } of folders) {
    if (isFreeTarget(await files.list(uri.fsPath))) {
      items.push({
        label: `$(folder) ${l10n.t('This folder')}`,
        description: uri.fsPath,
        place: { folder: uri, itself: true },
      });
    } else full.push(name);
    items.push({
      label: `$(new-folder) ${l10n.t('A new folder in it')}`,
      description: uri.fsPath,
      place: { folder: uri, itself: false },
    });
  }
  items.push({ label: `$(folder-opened) ${l10n.t('Somewhere else…')}` });
  const picked = await window.showQuickPick(items, {
    title,
    placeHolder:
      full.length > 0
        ? l10n.t('“{0}” is not empty: the service gets a folder of its own', full.join(', '))
        : l10n.t('Where to create the service'),
    ignoreFocusOut: true,
  });
  if (!picked) throw new Cancelled();
  return picked.place ?? { folder: await askParent(), itself: false };
}

async function askParent(): Promise<Uri> {
  const [parent] =
    (await window.showOpenDialog({
      title: l10n.t('Where to put the folder of the service'),
      openLabel: l10n.t('Create Service Here'),
      canSelectFiles: false,
      canSelectFolders: true,
    })) ?? [];
  if (!parent) throw new Cancelled();
  return parent;
}

async function askName(title: string, place: Place, files: NewServiceFiles): Promise<string> {
  const beside = place.itself ? [] : ((await files.list(place.folder.fsPath)) ?? []);
  const isTaken = async (name: string): Promise<boolean> =>
    !place.itself && !isFreeTarget(await files.list(Uri.joinPath(place.folder, name).fsPath));
  const name = await window.showInputBox({
    title,
    prompt: place.itself
      ? l10n.t('Name of the service')
      : l10n.t('Name of the service and of its folder in {0}', place.folder.fsPath),
    value: freeServiceName(defaultServiceName, beside),
    ignoreFocusOut: true,
    async validateInput(value) {
      const problem = serviceNameProblem(value);
      if (problem) return problemText(problem);
      const taken = await isTaken(value).catch(() => true);
      return taken ? l10n.t('“{0}” exists in this folder and is not empty.', value) : undefined;
    },
  });
  if (name === undefined) throw new Cancelled();
  return name;
}

function problemText(problem: ServiceNameProblem): string {
  switch (problem) {
    case 'empty':
    case 'characters':
      return l10n.t('Letters, digits and “-”, beginning with a letter; at least 2 characters.');
    case 'too-long':
      return l10n.t(
        'At most {0} characters: longer ones do not fit into AWS’s role names.',
        maxServiceNameLength,
      );
    case 'reserved':
      return l10n.t('Windows keeps this name for a device.');
  }
}

async function showCreated(folder: Uri, name: string, ports: CreateServicePorts): Promise<void> {
  await window.showTextDocument(Uri.joinPath(folder, starterConfig), { preview: false });
  void offerNextSteps(folder, name, ports);
}

const offerNextSteps = reporting(async (folder: Uri, name: string, ports: CreateServicePorts) => {
  const install = l10n.t('Install osls');
  const connect = l10n.t('Connect AWS Provider');
  const { providers } = await ports.state.load();
  const answer = await window.showInformationMessage(
    l10n.t('“{0}” was created, with the stages {1}.', name, starterStages.join(', ')),
    install,
    ...(providers.length === 0 ? [connect] : []),
  );
  if (answer === install) await installFramework(folder, ports.state);
  else if (answer === connect) await vscodeCommands.executeCommand(commands.connect);
});

const offerToOpen = reporting(async (folder: Uri, name: string, ports: CreateServicePorts) => {
  const here = l10n.t('Open Folder');
  const elsewhere = l10n.t('Open in New Window');
  const answer = await window.showInformationMessage(
    l10n.t('“{0}” was created in {1}, outside of this workspace.', name, folder.fsPath),
    here,
    elsewhere,
  );
  if (answer !== undefined) await openFolder(folder, answer === elsewhere, ports);
});

/** Ends this extension host where the folder opens in the same window. */
async function openFolder(folder: Uri, newWindow: boolean, ports: CreateServicePorts): Promise<void> {
  await expectArrival(ports.state, ports.newId(), folder.fsPath, ports.clock.now());
  await vscodeCommands.executeCommand('vscode.openFolder', folder, {
    forceNewWindow: newWindow,
    forceReuseWindow: !newWindow,
  });
}

function lastSegment({ path }: Uri): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
