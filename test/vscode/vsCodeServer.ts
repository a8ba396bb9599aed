import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { cleanEnvironment } from './cleanEnvironment.ts';
import { type Edition, locations } from './locations.mjs';
import { descendants, exitOnSignals, killTree } from './processTree.ts';
import { stageExtension } from './stagedExtension.ts';

const runFile = promisify(execFile);

/** What to serve and how. */
export interface VsCodeOptions {
  /** Absolute path of the folder to open; omitted: an empty window. */
  workspace?: string;
  /** Absolute path of an unpacked, built extension; it is copied into the extensions folder at the start. */
  extensionDevelopmentPath?: string;
  /**
   * true: VS Code's test mode, which takes the development path and a test suite from the address, but shows no
   * notification toasts. Default false.
   */
  testMode?: boolean;
  /** Absolute path of a packaged extension, installed before the start as a person would. */
  vsix?: string;
  /** Variables on top of the cleaned environment. */
  env?: Readonly<Record<string, string>>;
  /** Kept and reused if given; otherwise a temporary folder, removed by `dispose`. */
  userDataDir?: string;
  /** HOME of the server and all it starts; default a temporary folder, removed by `dispose`. */
  home?: string;
  /** true: Workspace Trust is on and asks; default false: every folder is trusted. */
  trust?: boolean;
  /** User settings on top of the quiet defaults. */
  settings?: Readonly<Record<string, unknown>>;
  /** A secret that the address must carry; omitted: no token, for headless tests only. */
  connectionToken?: string;
  /** Which VS Code; default the newest. */
  edition?: Edition;
}

/** A running VS Code server. */
export interface VsCodeServer {
  /** The address that opens the workspace, with the development path and token in it. */
  readonly url: string;
  /** `http://127.0.0.1:<port>`. */
  readonly origin: string;
  readonly port: number;
  readonly pid: number;
  readonly options: VsCodeOptions;
  readonly home: string;
  readonly userDataDir: string;
  readonly settingsFile: string;
  /** `server` is the process's output, `directory` holds VS Code's own log files. */
  readonly logs: { readonly server: string; readonly directory: string };
  /** The address that opens a folder with more workbench payload, e.g. `extensionTestsPath`. */
  address(folder?: string, payload?: ReadonlyArray<readonly [string, string]>): string;
  /** A path of this machine as the workbench names it. */
  remoteUri(file: string): string;
  /** Pids of the running extension hosts, one per open window, oldest first. */
  extensionHostPids(): number[];
  /** Pid of the only or newest extension host. @throws Error if none runs */
  extensionHostPid(): number;
  /** Kills the newest extension host as a crash would; the workbench starts another. @returns the pid killed */
  killExtensionHost(): number;
  /** Changes the file of user settings; undefined removes one. Open windows read it when they are reloaded. */
  changeSettings(patch: Readonly<Record<string, unknown>>): void;
  /** Stops the server and everything below it; removes the temporary folders. */
  dispose(): Promise<void>;
}

/** Settings that keep a test window quiet: no welcome page, no network, no suggestions that cover the product. */
const quietSettings: Readonly<Record<string, unknown>> = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.reduceMotion': 'on',
  'workbench.enableExperiments': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'extensions.ignoreRecommendations': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'telemetry.telemetryLevel': 'off',
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'security.workspace.trust.startupPrompt': 'never',
  'git.openRepositoryInParentFolders': 'never',
  'terminal.integrated.enablePersistentSessions': true,
  'terminal.integrated.gpuAcceleration': 'off',
  'files.simpleDialog.enable': true,
  'window.confirmBeforeClose': 'never',
  'workbench.editor.useModal': 'off',
  'editor.accessibilitySupport': 'off',
};

/**
 * Starts the real VS Code server on a free port of 127.0.0.1, in a process group of its own.
 *
 * @throws Error if set-up has not run, if the extension cannot be installed, or if the server does not answer
 *   within 60 s; the message holds the end of its output
 */
export async function startVsCode(options: VsCodeOptions = {}): Promise<VsCodeServer> {
  const place = locations(options.edition ?? 'newest');
  const temporary = await mkdtemp(path.join(tmpdir(), 'stage-providers-code-'));
  const home = options.home ?? path.join(temporary, 'home');
  const userDataDir = options.userDataDir ?? path.join(temporary, 'data');
  const settingsFile = path.join(userDataDir, 'data', 'User', 'settings.json');
  const extensionsDir = path.join(userDataDir, 'extensions');
  for (const folder of [home, path.dirname(settingsFile), extensionsDir])
    mkdirSync(folder, { recursive: true });
  const firstSettings = {
    ...quietSettings,
    ...(options.trust === true ? { 'security.workspace.trust.startupPrompt': 'always' } : {}),
    ...readSettings(settingsFile),
    ...options.settings,
  };
  writeFileSync(settingsFile, JSON.stringify(firstSettings, null, 2));

  const env = cleanEnvironment({ home, ...(options.env === undefined ? {} : { extra: options.env }) });
  const main = path.join(place.vscodeRoot, 'out', 'server-main.js');
  const directories = ['--server-data-dir', userDataDir, '--extensions-dir', extensionsDir];
  const logFile = path.join(userDataDir, 'server-output.log');
  let child: ChildProcess | undefined;
  const dispose = async (): Promise<void> => {
    if (child?.pid !== undefined) killTree(child.pid);
    child = undefined;
    process.off('exit', disposeAtExit);
    // The children's last writes may still be under way for a moment: rm retries ENOTEMPTY (delay in ms).
    await rm(temporary, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
  const disposeAtExit = (): void => {
    if (child?.pid !== undefined) killTree(child.pid);
    rmSync(temporary, { recursive: true, force: true, maxRetries: 3 });
  };
  process.on('exit', disposeAtExit);
  exitOnSignals();

  try {
    if (options.testMode !== true && options.extensionDevelopmentPath !== undefined) {
      stageExtension(options.extensionDevelopmentPath, extensionsDir);
    }
    if (options.vsix !== undefined) {
      await runFile(
        place.vscodeNode,
        [main, ...directories, '--install-extension', options.vsix, '--force'],
        { env },
      );
    }
    const port = await freePort();
    const token = options.connectionToken;
    const output = openSync(logFile, 'a');
    child = spawn(
      place.vscodeNode,
      [
        main,
        '--host',
        '127.0.0.1',
        '--port',
        String(port),
        ...directories,
        ...(token === undefined ? ['--without-connection-token'] : ['--connection-token', token]),
        ...(options.trust === true ? [] : ['--disable-workspace-trust']),
        ...(options.testMode === true ? ['--enable-smoke-test-driver'] : []),
        '--accept-server-license-terms',
        '--telemetry-level',
        'off',
      ],
      { env, detached: true, stdio: ['ignore', output, output] },
    );
    closeSync(output);
    const origin = `http://127.0.0.1:${port}`;
    await untilAnswering(`${origin}/version`, child, logFile);
    const pid = child.pid ?? 0;

    const remoteUri = (file: string): string => `vscode-remote://127.0.0.1:${port}${file}`;
    const address: VsCodeServer['address'] = (folder, payload = []) => {
      const query = new URLSearchParams();
      if (token !== undefined) query.set('tkn', token);
      if (folder === undefined) query.set('ew', 'true');
      else query.set('folder', folder);
      const development = options.extensionDevelopmentPath;
      const entries: Array<readonly [string, string]> = [...payload];
      if (options.testMode === true && development !== undefined) {
        entries.unshift(['extensionDevelopmentPath', remoteUri(development)]);
      }
      if (entries.length > 0) query.set('payload', JSON.stringify(entries));
      return `${origin}/?${query.toString()}`;
    };
    const extensionHostPids = (): number[] =>
      descendants(pid)
        .filter((p) => p.command.includes('--type=extensionHost'))
        .toSorted((a, b) => Number(a.started) - Number(b.started) || a.pid - b.pid)
        .map((p) => p.pid);
    const extensionHostPid = (): number => {
      const newest = extensionHostPids().at(-1);
      if (newest === undefined) throw new Error('No extension host is running: no window is open.');
      return newest;
    };
    return {
      url: address(options.workspace),
      origin,
      port,
      pid,
      options,
      home,
      userDataDir,
      settingsFile,
      logs: { server: logFile, directory: path.join(userDataDir, 'data', 'logs') },
      address,
      remoteUri,
      extensionHostPids,
      extensionHostPid,
      killExtensionHost: () => {
        const target = extensionHostPid();
        process.kill(target, 'SIGKILL');
        return target;
      },
      changeSettings: (patch) => {
        writeFileSync(settingsFile, JSON.stringify({ ...readSettings(settingsFile), ...patch }, null, 2));
      },
      dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

function readSettings(file: string): Record<string, unknown> {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>) : {};
}

/** A TCP port of 127.0.0.1 that nothing listens on at this moment. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', resolve);
  });
  const address = probe.address();
  await new Promise((resolve) => {
    probe.close(resolve);
  });
  if (address === null || typeof address === 'string') throw new Error('The system gave no port.');
  return address.port;
}

/** Waits until the address answers 200; at most 60 s. */
async function untilAnswering(url: string, child: ChildProcess, logFile: string): Promise<void> {
  const limit = Date.now() + 60_000;
  for (;;) {
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) });
      if (answer.ok) return;
    } catch {
      // Not listening yet.
    }
    if (child.exitCode !== null || Date.now() > limit) {
      const tail = readFileSync(logFile, 'utf8').slice(-2_000);
      throw new Error(
        `The VS Code server ${child.exitCode === null ? 'does not answer' : 'ended'}:\n${tail}`,
      );
    }
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
  }
}
