import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { EnvironmentChange, OpenLease } from '../../core/handOff/lease.ts';

/** A program to run with a lease. */
export interface RunCommand {
  /** Absolute path, or a name looked up on PATH. */
  readonly command: string;
  readonly args: readonly string[];
  /** Absolute path. */
  readonly cwd: string;
}

/** `run.json` in the lease's directory. Holds no secret. */
export interface Run extends RunCommand {
  readonly environment: EnvironmentChange;
}

/** What a task executes: a process, its arguments, and what its environment must have beside the inherited one. */
export interface LauncherStart {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export const runFile = 'run.json';

/**
 * Writes a run into a lease and says how to start it through the launcher, which sets the lease's variables itself:
 * neither a task's `env` nor a foreign EnvironmentVariableCollection can then change the identity.
 *
 * @param programs the editor's Node (`process.execPath`) and the bundled launcher, absolute paths
 */
export async function writeRun(
  lease: OpenLease,
  run: RunCommand,
  programs: { readonly node: string; readonly launcher: string },
): Promise<LauncherStart> {
  const content: Run = { ...run, environment: lease.environment };
  await writeFile(path.join(lease.directory, runFile), `${JSON.stringify(content)}\n`, { mode: 0o600 });
  return {
    command: programs.node,
    args: [programs.launcher, lease.directory],
    // On the desktop `process.execPath` is Electron; the launcher keeps this from its child.
    env: { ELECTRON_RUN_AS_NODE: '1' },
  };
}

/** How to hand a command to `child_process.spawn`. */
export interface SpawnForm {
  readonly file: string;
  readonly args: readonly string[];
  /** `windowsVerbatimArguments`: the arguments are already quoted. */
  readonly verbatim: boolean;
}

/**
 * The form in which a command is spawned without a shell. Windows cannot start `.cmd` and `.bat` files itself, and
 * Node refuses to (CVE-2024-27980): they go through cmd.exe with every character of it escaped, twice for the shims
 * of npm, which hand their arguments on to another command line.
 *
 * @throws Error for a line break in an argument of a batch file, which cmd.exe cannot carry
 */
export function spawnForm(run: Pick<RunCommand, 'command' | 'args'>, platform: string): SpawnForm {
  const isBatch = platform === 'win32' && /\.(?:cmd|bat)$/i.test(run.command);
  if (!isBatch) return { file: run.command, args: run.args, verbatim: false };
  if ([run.command, ...run.args].some((word) => /[\r\n\0]/.test(word))) {
    throw new Error('An argument has a line break, which a batch file cannot take.');
  }
  const isShim = /node_modules[\\/]\.bin[\\/][^\\/]+$/i.test(run.command);
  const words = run.args.map((word) => {
    const once = escapeForCmd(quoteForWindows(word));
    return isShim ? escapeForCmd(once) : once;
  });
  const line = [escapeForCmd(path.win32.normalize(run.command)), ...words].join(' ');
  return { file: 'cmd.exe', args: ['/d', '/s', '/c', `"${line}"`], verbatim: true };
}

/** Source: Microsoft C runtime, "Parsing C command-line arguments". */
function quoteForWindows(word: string): string {
  return `"${word.replaceAll(/(\\*)"/g, String.raw`$1$1\"`).replace(/(\\+)$/, '$1$1')}"`;
}

function escapeForCmd(text: string): string {
  return text.replaceAll(/[()\][%!^"`<>&|;, *?]/g, '^$&');
}
