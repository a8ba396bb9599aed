// From the entry scripts, which run on the Node 20 that a stranger has, to the `.ts` scripts, which need Node 24.
import { spawn } from 'node:child_process';
import path from 'node:path';

import { artefactPaths, repository } from './locations.mjs';
import { say } from './say.mjs';
import { setUp } from './setUp.mjs';

/**
 * Sets up what is needed; a failure is told and ends the process with exit code 1.
 * @param {string[]} needs
 */
export async function setUpOrExit(needs) {
  try {
    await setUp(new Set(/** @type {import('./prerequisites.mjs').Need[]} */ (needs)));
  } catch (error) {
    say(`Set-up failed: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  }
}

/**
 * Runs a script of this folder with Node 24 and ends with its exit code.
 * @param {string} name
 * @param {string[]} args
 */
export async function runScript(name, args) {
  const script = path.join(repository, 'test', 'vscode', name);
  const child = spawn(artefactPaths().node, [script, ...args], { cwd: repository, stdio: 'inherit' });
  // The child cleans up when it is told to end; this process waits for it.
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => child.kill(signal));
  }
  await new Promise((resolve) => {
    child.on('error', (error) => {
      say(error.message);
      process.exitCode = 1;
      resolve(undefined);
    });
    child.on('exit', (code, signal) => {
      process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
      resolve(undefined);
    });
  });
}
