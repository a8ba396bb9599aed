// Runs one command with a lease's identity: `node launch.cjs <lease directory>`. Bundled alone.
import { spawn } from 'node:child_process';
import { readFileSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { applied } from '../../core/handOff/environment.ts';
import { processFile } from './leaseProtocol.ts';
import { systemProcesses } from './processes.ts';
import type { Run } from './run.ts';
import { runFile, spawnForm } from './run.ts';

const directory = process.argv[2] ?? '';

/** Prints one line and ends with the code shells use for a command that cannot be run. */
function fail(message: string): never {
  writeSync(2, `Stage Providers for AWS: ${message.replaceAll(/\s+/g, ' ').trim()}\n`);
  process.exit(126);
}

function loadRun(): Run {
  try {
    return JSON.parse(readFileSync(path.join(directory, runFile), 'utf8')) as Run;
  } catch {
    return fail('The access of this run has ended. Start the task again.');
  }
}

/** Ties the lease to this process: it ends with it, and survives a restart of the extension host until then. */
function bind(): void {
  const file = path.join(directory, processFile);
  const identity = systemProcesses(process.platform).identify(process.pid) ?? { pid: process.pid };
  try {
    writeFileSync(`${file}.new`, `${JSON.stringify(identity)}\n`, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  } catch {
    fail('The access of this run has ended. Start the task again.');
  }
}

/** The lease was for this run alone; the window may be gone, so it is removed from here. */
function release(): void {
  for (const name of ['token', 'credentials', '.']) {
    try {
      rmSync(path.join(directory, name), { recursive: true, force: true });
    } catch {
      // The window, or the next start, removes what is left.
    }
  }
}

function environment(run: Run): NodeJS.ProcessEnv {
  const { ELECTRON_RUN_AS_NODE: _own, ...inherited } = process.env;
  return applied(run.environment, inherited, process.platform === 'win32');
}

function main(): void {
  const run = loadRun();
  bind();
  const form = spawnForm(run, process.platform);
  const child = spawn(form.file, form.args, {
    cwd: run.cwd,
    env: environment(run),
    stdio: 'inherit',
    windowsVerbatimArguments: form.verbatim,
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const) {
    process.on(signal, () => {
      // A terminal sends these to the child as well; a second one makes tools give up their clean-up.
      const fromTerminal = (signal === 'SIGINT' || signal === 'SIGQUIT') && process.stdin.isTTY;
      if (!fromTerminal) child.kill(signal);
    });
  }
  child.on('error', (error) => {
    release();
    fail(`${run.command} cannot be started in ${run.cwd}: ${error.message}`);
  });
  child.on('exit', (code, signal) => {
    release();
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
    // Where the signal does not end us, the shells' convention does.
    setTimeout(() => process.exit(128 + (constants.signals[signal] ?? 0)), 100);
  });
}

try {
  main();
} catch (error) {
  fail(error instanceof Error ? error.message : String(error));
}
