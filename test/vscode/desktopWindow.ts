import { spawn } from 'node:child_process';
import path from 'node:path';

import { cleanEnvironment } from './cleanEnvironment.ts';
import { findProgram, repository } from './locations.mjs';

/** What a window of the desktop edition needs to reach the screen; nothing else of the session is passed on. */
const display = ['DISPLAY', 'WAYLAND_DISPLAY', 'XAUTHORITY', 'XDG_RUNTIME_DIR', 'XDG_SESSION_TYPE'];

/**
 * Opens the product in the installed desktop VS Code, with settings and extensions of its own.
 *
 * @param options.workspace absolute path of the folder to open
 * @param options.home absolute path of the folder that is HOME and holds VS Code's data
 * @param options.env variables for the window
 * @param options.personal the person's environment, from which only the way to the screen is taken
 * @returns `closed` resolves when the window is closed
 * @throws Error if no `code` is on PATH
 */
export async function openDesktop(options: {
  workspace: string;
  home: string;
  env: Readonly<Record<string, string>>;
  personal: NodeJS.ProcessEnv;
}): Promise<{ url: string; closed: Promise<void> }> {
  const code = findProgram(process.platform === 'win32' ? ['code.cmd'] : ['code', 'codium']);
  if (code === undefined)
    throw new Error('No `code` on PATH: install desktop VS Code or leave out --desktop.');
  const screen: Record<string, string> = {};
  for (const name of display) {
    const value = options.personal[name];
    if (value !== undefined) screen[name] = value;
  }
  const args = [
    '--user-data-dir',
    path.join(options.home, 'data'),
    '--extensions-dir',
    path.join(options.home, 'extensions'),
    `--extensionDevelopmentPath=${repository}`,
    '--disable-workspace-trust',
    '--skip-welcome',
    '--wait',
    '--new-window',
    options.workspace,
  ];
  const child = spawn(code, args, {
    env: cleanEnvironment({ home: options.home, extra: { ...screen, ...options.env } }),
    shell: process.platform === 'win32',
    stdio: 'ignore',
  });
  const closed = new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', () => {
      resolve();
    });
  });
  return { url: options.workspace, closed };
}
