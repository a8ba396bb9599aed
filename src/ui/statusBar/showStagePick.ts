import * as vscode from 'vscode';
import type { StageButton, StagePickItem } from './stagePick.ts';

interface Line extends vscode.QuickPickItem {
  readonly stageId?: string;
}

interface Button extends vscode.QuickInputButton {
  readonly run: StageButton['command'];
}

/**
 * Asks for a stage.
 *
 * @returns its id; `undefined` when the person closed the pick or used a button, which runs its command with
 *   `{ stageId }`.
 */
export function showStagePick(items: readonly StagePickItem[]): Promise<string | undefined> {
  const pick = vscode.window.createQuickPick<Line>();
  pick.placeholder = vscode.l10n.t('Stage to make active');
  pick.matchOnDescription = true;
  pick.items = items.map(lineOf);
  const active = items.findIndex((item) => item.kind === 'stage' && item.active);
  pick.activeItems = pick.items.slice(active, active + 1);
  return new Promise((resolve) => {
    pick.onDidAccept(() => {
      resolve(pick.selectedItems[0]?.stageId);
      pick.hide();
    });
    pick.onDidTriggerItemButton(({ item, button }) => {
      pick.hide();
      void vscode.commands.executeCommand((button as Button).run, { stageId: item.stageId });
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}

function lineOf(item: StagePickItem): Line {
  if (item.kind === 'service') return { label: item.label, kind: vscode.QuickPickItemKind.Separator };
  const buttons = item.buttons.map(({ icon, tooltip, command }): Button => ({
    iconPath: new vscode.ThemeIcon(icon),
    tooltip,
    run: command,
  }));
  return {
    label: item.label,
    description: item.description,
    ...(item.detail !== '' && { detail: item.detail }),
    stageId: item.stageId,
    buttons,
  };
}
