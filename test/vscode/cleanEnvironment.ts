import path from 'node:path';

import { cacheDirectory } from './locations.mjs';

/** Variables of the person's session that must not reach what the tests or the demo start. */
const removed =
  /^(AWS_|XDG_|VSCODE_|ELECTRON_|SLS_|SERVERLESS_|npm_|NODE_OPTIONS$|NODE_PATH$|BOTO_CONFIG$|GIT_|SSH_|DBUS_|DISPLAY$|WAYLAND_DISPLAY$|INIT_CWD$|COLOR$|MOTO_)/iu;

/**
 * The environment for a child process: the caller's without any `AWS_*` variable or other personal setting, with
 * HOME in a folder of the test's own, so that nothing can find, use or change a real account.
 *
 * @param options.home absolute path of the folder that becomes HOME; the caller makes and removes it
 * @param options.extra variables to set on top; these win
 * @param options.from the environment to clean; default this process's
 */
export function cleanEnvironment(options: {
  home: string;
  extra?: Readonly<Record<string, string>>;
  from?: NodeJS.ProcessEnv;
}): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.from ?? process.env)) {
    if (value !== undefined && !removed.test(name)) result[name] = value;
  }
  const node = path.dirname(process.execPath);
  result['PATH'] = [node, result['PATH'] ?? ''].join(path.delimiter);
  result['HOME'] = options.home;
  result['USERPROFILE'] = options.home;
  return { ...result, ...options.extra };
}

/**
 * Gives this process, and so all its children, the cleaned environment.
 *
 * @param home absolute path of the folder that becomes HOME
 */
export function useCleanEnvironment(home: string): void {
  // What set-up made is found through the person's HOME, which is about to go.
  const clean = cleanEnvironment({ home, extra: { STAGE_PROVIDERS_CACHE: cacheDirectory() } });
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, clean);
}
