import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import type { State } from '../../src/core/providers/stateFile.ts';
import type { VsCodeServer } from '../vscode/vsCodeServer.ts';

/** Folder of the product's own files. */
export function globalStorage(server: VsCodeServer): string {
  return path.join(server.userDataDir, 'data', 'User', 'globalStorage', 'stage-providers.stage-providers');
}

/** What the product keeps in its state file now. */
export function savedState(server: VsCodeServer): Pick<State, 'providers' | 'pendingWork'> {
  const file = path.join(globalStorage(server), 'state.json');
  if (!existsSync(file)) return { providers: [], pendingWork: [] };
  return JSON.parse(readFileSync(file, 'utf8')) as State;
}

/** SecretStorage's sealed store; the same text means that no secret came or went. */
export function sealedSecrets(page: Page): Promise<string> {
  return page.evaluate(() => localStorage.getItem('secrets.provider') ?? '');
}

/** Settings of the opened folder, as written; the empty object when there are none. */
export function workspaceSettings(folder: string): Record<string, unknown> {
  const file = path.join(folder, '.vscode', 'settings.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>) : {};
}
