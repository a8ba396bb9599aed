import { window, workspace } from 'vscode';
import { Cancelled } from '../../core/base/errors.ts';
import type { StageInstance } from '../../core/stages/link.ts';
import { settings } from '../manifest.ts';

/**
 * Asks before a protected stage is changed: by typing its name, or by a click where the person's settings say so.
 *
 * @throws Cancelled when the person does not confirm
 */
export async function confirmProtected(stage: StageInstance, what: string): Promise<void> {
  if (!stage.link.protected) return;
  const where = `“${stage.name}” of ${stage.serviceName}, account ${stage.link.accountId ?? 'unknown'}`;
  const way =
    workspace.getConfiguration().inspect<string>(settings.protectedConfirmation)?.globalValue ?? 'type';
  if (way === 'click') {
    const answer = await window.showWarningMessage(
      `${what} the protected stage ${where}?`,
      { modal: true },
      what,
    );
    if (answer !== what) throw new Cancelled();
    return;
  }
  const typed = await window.showInputBox({
    title: `${what} a protected stage`,
    prompt: `Type ${stage.name} to go on with ${where}.`,
    ignoreFocusOut: true,
    validateInput: (value) =>
      value === '' || value === stage.name ? undefined : `Type exactly “${stage.name}”, or press Escape.`,
  });
  if (typed !== stage.name) throw new Cancelled();
}
