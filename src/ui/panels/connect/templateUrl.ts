import { workspace } from 'vscode';
import { settings } from '../../manifest.ts';

/** The configured URL of the template in S3; only user settings count, since it decides what gets created. */
export function templateUrl(): string | undefined {
  const url = workspace.getConfiguration().inspect<string>(settings.templateUrl)?.globalValue?.trim();
  return url === undefined || url === '' ? undefined : url;
}
