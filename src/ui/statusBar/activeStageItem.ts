import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/disposable.ts';
import { DisposableStore } from '../../core/base/disposable.ts';
import type { Event } from '../../core/base/event.ts';
import type { StatusBarItem } from './activeStage.ts';

const backgrounds: Readonly<Record<StatusBarItem['background'], string | undefined>> = {
  none: undefined,
  warning: 'statusBarItem.warningBackground',
  error: 'statusBarItem.errorBackground',
};

/** Keeps the active-stage switcher showing what `item` gives, anew at each of the changes. */
export function showActiveStage(
  item: () => StatusBarItem | undefined,
  changes: readonly Event<unknown>[],
): Disposable {
  const store = new DisposableStore();
  const bar = store.add(vscode.window.createStatusBarItem('activeStage', vscode.StatusBarAlignment.Left, 50));
  bar.name = vscode.l10n.t('Active AWS Stage');
  const show = (): void => {
    const shown = item();
    if (!shown) {
      bar.hide();
      return;
    }
    const background = backgrounds[shown.background];
    bar.text = shown.text;
    // Neither commands nor HTML nor icons: the text comes from files.
    bar.tooltip = new vscode.MarkdownString(shown.tooltip);
    bar.backgroundColor = background === undefined ? undefined : new vscode.ThemeColor(background);
    bar.command = shown.command;
    bar.accessibilityInformation = { label: shown.accessibilityLabel, role: 'button' };
    bar.show();
  };
  for (const change of changes) store.add(change(show));
  show();
  return store;
}
