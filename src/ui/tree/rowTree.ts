import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/disposable.ts';
import type { Event } from '../../core/base/event.ts';
import type { Row } from './row.ts';

export interface RowTreeOptions {
  /** The rows of the newest snapshot; cheap, pure. Called only while the view is shown. */
  readonly rows: () => readonly Row[];
  /** Starts what fills the snapshot, at the first time the view is shown. */
  readonly load?: () => Promise<unknown>;
  /** Each makes the rows new. */
  readonly changes: readonly Event<unknown>[];
}

export interface RowTree extends Disposable {
  readonly view: vscode.TreeView<Row>;
}

/** Shows rows in a view: one refresh per change, none while the view is hidden. */
export function createRowTree(viewId: string, options: RowTreeOptions): RowTree {
  const changed = new vscode.EventEmitter<void>();
  let stale = false;
  const view = vscode.window.createTreeView(viewId, {
    showCollapseAll: true,
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getTreeItem: treeItem,
      // Neither commands nor HTML nor icons: the text comes from files.
      resolveTreeItem(item, { tooltip }) {
        if (tooltip !== undefined) item.tooltip = new vscode.MarkdownString(tooltip);
        return item;
      },
      async getChildren(row?: Row): Promise<Row[]> {
        if (row) return [...row.children];
        await options.load?.();
        return [...options.rows()];
      },
    },
  });
  const refresh = (): void => {
    if (view.visible) changed.fire();
    else stale = true;
  };
  const subscriptions = [
    ...options.changes.map((change) => change(refresh)),
    view.onDidChangeVisibility(({ visible }) => {
      if (!visible || !stale) return;
      stale = false;
      changed.fire();
    }),
    changed,
    view,
  ];
  return {
    view,
    dispose() {
      for (const subscription of subscriptions) subscription.dispose();
    },
  };
}

function treeItem(row: Row): vscode.TreeItem {
  const item = new vscode.TreeItem(row.label, collapsibleState(row));
  item.id = row.id;
  item.contextValue = row.contextValue;
  if (row.description !== undefined) item.description = row.description;
  if (row.icon) item.iconPath = themeIcon(row.icon);
  const command = row.command ?? (row.open && openCommand(row.open));
  if (command)
    item.command = { title: command.title, command: command.command, arguments: [...(command.args ?? [])] };
  item.accessibilityInformation = { label: row.description ? `${row.label}, ${row.description}` : row.label };
  return item;
}

function collapsibleState({ children, expanded }: Row): vscode.TreeItemCollapsibleState {
  if (children.length === 0) return vscode.TreeItemCollapsibleState.None;
  return expanded ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed;
}

function themeIcon({ id, color }: NonNullable<Row['icon']>): vscode.ThemeIcon {
  return color === undefined
    ? new vscode.ThemeIcon(id)
    : new vscode.ThemeIcon(id, new vscode.ThemeColor(color));
}

function openCommand({ file, line }: NonNullable<Row['open']>): NonNullable<Row['command']> {
  const start = new vscode.Position((line ?? 1) - 1, 0);
  return {
    title: vscode.l10n.t('Open File'),
    command: 'vscode.open',
    args: [vscode.Uri.file(file), { selection: new vscode.Range(start, start) }],
  };
}
