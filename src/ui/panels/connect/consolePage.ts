import { env, l10n, Uri, window, workspace } from 'vscode';
import { Cancelled } from '../../../core/base/errors.ts';
import { createStackUrl, quickCreateUrl } from '../../../core/quickConnect/consoleUrl.ts';
import type { RolePlan } from '../../../core/quickConnect/plan.ts';
import { roleTemplate, stackParameters } from '../../../core/quickConnect/template.ts';
import { templateUrl } from './templateUrl.ts';

/**
 * Opens CloudFormation's page for the plan's stack: with everything filled in where a template URL is configured, else
 * after the person has saved a template that carries every value, so that nothing needs to be typed.
 *
 * @throws Cancelled when the person does not save the template
 */
export async function openConsolePage(plan: RolePlan, externalId: string): Promise<void> {
  const url = templateUrl();
  if (url !== undefined) {
    await env.openExternal(Uri.parse(quickCreateUrl(plan, url, stackParameters(plan, externalId)), true));
    return;
  }
  const folder = workspace.workspaceFolders?.[0]?.uri;
  const target = await window.showSaveDialog({
    title: l10n.t('Save the template to upload'),
    saveLabel: l10n.t('Save and open the AWS console'),
    filters: { [l10n.t('CloudFormation template')]: ['yaml'] },
    ...(folder ? { defaultUri: Uri.joinPath(folder, '..', `${plan.stackName}.yaml`) } : {}),
  });
  if (!target) throw new Cancelled();
  await workspace.fs.writeFile(target, new TextEncoder().encode(roleTemplate(plan, { externalId })));
  await env.openExternal(Uri.parse(createStackUrl(plan), true));
}
