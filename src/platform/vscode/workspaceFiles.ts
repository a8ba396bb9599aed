import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/disposable.ts';
import { DisposableStore } from '../../core/base/disposable.ts';
import { Emitter } from '../../core/base/event.ts';
import type { FileChanges, WorkspaceFiles } from '../../core/stages/ports.ts';
import type { ConfigFile } from '../../core/stages/service.ts';

const configs = '**/serverless.{yml,yaml,json,ts,js,mjs,cjs}';
const never = /[\\/](node_modules|\.serverless)[\\/]/;
const neverSearched = ['**/node_modules/**', '**/.serverless/**'];

/** The workspace's Serverless configs; watches from the first listener on. */
export class VsCodeWorkspaceFiles implements WorkspaceFiles, Disposable {
  readonly #changed = new Emitter<FileChanges>();
  readonly #watching = new DisposableStore();
  #isWatching = false;
  /** Paths of the configs listed last, to know what goes with a folder. */
  #listed: readonly string[] = [];
  #appeared: vscode.Uri[] = [];
  #pending: { readonly paths: Set<string>; relist: boolean } | undefined;

  readonly onDidChange: WorkspaceFiles['onDidChange'] = (listener) => {
    this.#watch();
    return this.#changed.event(listener);
  };

  async listConfigs(signal: AbortSignal): Promise<readonly ConfigFile[]> {
    const cancel = new vscode.CancellationTokenSource();
    const abort = (): void => cancel.cancel();
    signal.addEventListener('abort', abort, { once: true });
    try {
      const uris = await vscode.workspace.findFiles(configs, excludeGlob(), undefined, cancel.token);
      this.#listed = uris.map(({ path }) => path);
      return uris.flatMap((uri) => configFile(uri) ?? []);
    } finally {
      signal.removeEventListener('abort', abort);
      cancel.dispose();
    }
  }

  async read(path: string): Promise<string | undefined> {
    try {
      return new TextDecoder().decode(await vscode.workspace.fs.readFile(vscode.Uri.file(path)));
    } catch (error) {
      if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return undefined;
      throw error;
    }
  }

  dispose(): void {
    this.#watching.dispose();
    this.#changed.dispose();
  }

  #watch(): void {
    if (this.#isWatching) return;
    this.#isWatching = true;
    const watcher = this.#watching.add(vscode.workspace.createFileSystemWatcher(configs));
    this.#watching.add(watcher.onDidChange((uri) => this.#note(uri, false)));
    this.#watching.add(watcher.onDidCreate((uri) => this.#note(uri, true)));
    this.#watching.add(watcher.onDidDelete((uri) => this.#note(uri, true)));
    // Of a folder that is moved, copied or deleted as a whole only the folder itself may be told.
    const folders = this.#watching.add(vscode.workspace.createFileSystemWatcher('**', false, true, false));
    this.#watching.add(folders.onDidCreate((uri) => this.#noteAppeared(uri)));
    this.#watching.add(
      folders.onDidDelete(({ path }) => {
        if (this.#listed.some((config) => config.startsWith(`${path}/`))) this.#note(undefined, true);
      }),
    );
    this.#watching.add(vscode.workspace.onDidChangeWorkspaceFolders(() => this.#note(undefined, true)));
    this.#watching.add(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('files.exclude')) this.#note(undefined, true);
      }),
    );
  }

  /** Looks whether there is a folder among what appeared at once; one is enough to list everything anew. */
  #noteAppeared(uri: vscode.Uri): void {
    if (never.test(`${uri.path}/`)) return;
    this.#appeared.push(uri);
    if (this.#appeared.length > 1) return;
    queueMicrotask(() => {
      const appeared = this.#appeared;
      this.#appeared = [];
      void this.#relistForFolder(appeared);
    });
  }

  async #relistForFolder(appeared: readonly vscode.Uri[]): Promise<void> {
    for (const uri of appeared) {
      const found = await vscode.workspace.fs.stat(uri).then(
        ({ type }) => type,
        () => undefined,
      );
      if (found === vscode.FileType.Directory) return this.#note(undefined, true);
    }
  }

  /** The watcher tells file by file; a burst becomes one event. */
  #note(uri: vscode.Uri | undefined, relist: boolean): void {
    if (uri && never.test(uri.path)) return;
    if (!this.#pending) {
      this.#pending = { paths: new Set(), relist: false };
      queueMicrotask(() => this.#fire());
    }
    if (uri) this.#pending.paths.add(uri.fsPath);
    this.#pending.relist ||= relist;
  }

  #fire(): void {
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending) this.#changed.fire({ paths: [...pending.paths], relist: pending.relist });
  }
}

/** With an `exclude` of our own `files.exclude` need not apply any more, so what that says is repeated here. */
function excludeGlob(): string {
  const excluded = vscode.workspace.getConfiguration('files').get<Record<string, unknown>>('exclude', {});
  // An object is a condition on sibling files, which a glob cannot say; a comma or brace would end the alternative.
  const globs = Object.keys(excluded).filter((glob) => excluded[glob] === true && !/[{},]/.test(glob));
  return `{${[...neverSearched, ...globs, ...globs.map((glob) => `${glob}/**`)].join(',')}}`;
}

function configFile(uri: vscode.Uri): ConfigFile | undefined {
  const workspaceFolder = vscode.workspace.getWorkspaceFolder(uri);
  // Virtual workspaces have no files a CLI could deploy.
  if (uri.scheme !== 'file' || !workspaceFolder) return undefined;
  return {
    path: uri.fsPath,
    folder: vscode.Uri.joinPath(uri, '..').fsPath,
    workspaceFolder: workspaceFolder.uri.fsPath,
  };
}
