import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/disposable.ts';
import { DisposableStore } from '../../core/base/disposable.ts';
import { Failure } from '../../core/base/errors.ts';
import { Emitter } from '../../core/base/event.ts';
import type { LinkScope, LinkSource } from '../../core/stages/link.ts';
import type { DefaultProvider } from '../../core/stages/links.ts';
import type {
  ActiveStageMemory,
  LinkSettings,
  LinkSettingValues,
  SettingValue,
} from '../../core/stages/ports.ts';

const section = 'awsProviders';
const names = ['stages', 'addedStages', 'defaultProvider'];

const targets: Readonly<Record<LinkScope, vscode.ConfigurationTarget>> = {
  user: vscode.ConfigurationTarget.Global,
  workspace: vscode.ConfigurationTarget.Workspace,
  folder: vscode.ConfigurationTarget.WorkspaceFolder,
};

/** The link settings of every scope, unmerged: VS Code's own merging would lose where an entry comes from. */
export class VsCodeLinkSettings implements LinkSettings, Disposable {
  readonly #changed = new Emitter<void>();
  readonly #subscriptions = new DisposableStore();

  readonly onDidChange = this.#changed.event;

  constructor() {
    this.#subscriptions.add(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (names.some((name) => event.affectsConfiguration(`${section}.${name}`))) this.#changed.fire();
      }),
    );
    this.#subscriptions.add(vscode.workspace.onDidGrantWorkspaceTrust(() => this.#changed.fire()));
    this.#subscriptions.add(vscode.workspace.onDidChangeWorkspaceFolders(() => this.#changed.fire()));
  }

  get(): LinkSettingValues {
    return {
      links: valuesOf('stages'),
      addedStages: valuesOf('addedStages'),
      defaultProviders: valuesOf('defaultProvider').flatMap(({ value, scope }): DefaultProvider[] =>
        typeof value === 'string' && value !== '' && scope !== 'folder' ? [{ provider: value, scope }] : [],
      ),
      trusted: vscode.workspace.isTrusted,
    };
  }

  editLinks(source: LinkSource, change: (value: unknown) => unknown): Promise<void> {
    return edit('stages', source, change);
  }

  editAddedStages(change: (value: unknown) => unknown): Promise<void> {
    return edit('addedStages', { scope: 'workspace' }, change);
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#changed.dispose();
  }
}

/** What each scope sets, closest first. In a single-folder window the folder's settings are the workspace's. */
function valuesOf(name: string): readonly SettingValue[] {
  const values: SettingValue[] = [];
  const add = (value: unknown, source: LinkSource): void => {
    if (value !== undefined) values.push({ ...source, value });
  };
  for (const folder of vscode.workspace.workspaceFile ? (vscode.workspace.workspaceFolders ?? []) : []) {
    const inspected = vscode.workspace.getConfiguration(section, folder.uri).inspect<unknown>(name);
    add(inspected?.workspaceFolderValue, { scope: 'folder', folder: folder.uri.fsPath });
  }
  const inspected = vscode.workspace.getConfiguration(section).inspect<unknown>(name);
  add(inspected?.workspaceValue, { scope: 'workspace' });
  add(inspected?.globalValue, { scope: 'user' });
  return values;
}

/** Throws Failure `settings-not-written` with VS Code's reason, e.g. that `settings.json` is not valid. */
async function edit(name: string, source: LinkSource, change: (value: unknown) => unknown): Promise<void> {
  const { scope, folder } = source;
  const configuration = vscode.workspace.getConfiguration(
    section,
    folder === undefined ? undefined : vscode.Uri.file(folder),
  );
  const inspected = configuration.inspect<unknown>(name);
  const before = {
    user: inspected?.globalValue,
    workspace: inspected?.workspaceValue,
    folder: inspected?.workspaceFolderValue,
  }[scope];
  try {
    await configuration.update(name, change(before), targets[scope]);
  } catch (error) {
    throw new Failure('settings-not-written', `The ${scope} settings could not be changed.`, {
      hint: error instanceof Error ? error.message : String(error),
      cause: error,
    });
  }
}

const activeStageKey = 'activeStage';

/** The active stage in `context.workspaceState`. */
export function activeStageMemory(workspaceState: vscode.Memento): ActiveStageMemory {
  return {
    get() {
      const value = workspaceState.get<unknown>(activeStageKey);
      return typeof value === 'string' ? value : undefined;
    },
    async set(stageId) {
      await workspaceState.update(activeStageKey, stageId);
    },
  };
}
