import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { shellWord } from '../../core/handOff/quoting.ts';

/** Programs the wrapper runs. Absolute paths. */
export interface WrapperPrograms {
  /** The editor's Node: `process.execPath`. Editor updates move it, hence the wrapper. */
  readonly node: string;
  /** The bundled helper. */
  readonly helper: string;
}

/** The stable path of the program that `credential_process` names. */
export function wrapperPath(storage: string, platform: string): string {
  return path.join(storage, 'bin', platform === 'win32' ? 'aws-credentials.cmd' : 'aws-credentials');
}

/**
 * Writes the wrapper, unless it is there as it should be. Replaced in one step, since a tool may run it meanwhile.
 *
 * @param env of this process; on Windows its folders stand for the parts of a path cmd.exe may misread
 * @returns the wrapper's path
 */
export async function writeWrapper(
  storage: string,
  programs: WrapperPrograms,
  platform: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const file = wrapperPath(storage, platform);
  const text = platform === 'win32' ? windowsWrapper(programs, env) : posixWrapper(programs);
  const present = await readFile(file, 'utf8').catch(() => undefined);
  if (present !== text) {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    const fresh = `${file}.${process.pid}`;
    await writeFile(fresh, text, { mode: 0o700 });
    await rename(fresh, file);
  }
  await chmod(file, 0o700);
  return file;
}

/**
 * NODE_OPTIONS and its like are dropped: a debugger's auto-attach or a project's `--require` would otherwise run
 * inside the helper, slow it down or print into its answer.
 */
export function posixWrapper({ node, helper }: WrapperPrograms): string {
  const gone = 'The editor was moved or updated. Open this folder in VS Code once, then try again.';
  return [
    '#!/bin/sh',
    '# Written by Stage Providers for AWS at each start.',
    'unset NODE_OPTIONS NODE_EXTRA_CA_CERTS NODE_V8_COVERAGE NODE_PATH',
    `if [ ! -x ${shellWord(node)} ] || [ ! -r ${shellWord(helper)} ]; then`,
    `  echo ${shellWord(`Stage Providers for AWS: ${gone}`)} >&2`,
    '  exit 1',
    'fi',
    `ELECTRON_RUN_AS_NODE=1 exec ${shellWord(node)} ${shellWord(helper)} "$1"`,
    '',
  ].join('\n');
}

export function windowsWrapper(
  { node, helper }: WrapperPrograms,
  env: Readonly<Record<string, string | undefined>>,
): string {
  return [
    '@echo off',
    'setlocal',
    ...['NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS', 'NODE_V8_COVERAGE', 'NODE_PATH'].map(
      (name) => `set "${name}="`,
    ),
    'set "ELECTRON_RUN_AS_NODE=1"',
    `"${batchPath(node, env)}" "${batchPath(helper, env)}" %1`,
    'exit /b %ERRORLEVEL%',
    '',
  ].join('\r\n');
}

/**
 * cmd.exe reads a batch file in the console's code page, so a user's name with other letters would be misread; the
 * folder's variable is not.
 */
function batchPath(file: string, env: Readonly<Record<string, string | undefined>>): string {
  for (const name of ['LOCALAPPDATA', 'APPDATA', 'USERPROFILE', 'ProgramFiles']) {
    const folder = env[name];
    if (folder !== undefined && folder !== '' && file.startsWith(`${folder}\\`)) {
      return `%${name}%${file.slice(folder.length).replaceAll('%', '%%')}`;
    }
  }
  return file.replaceAll('%', '%%');
}
