// Where the things that `npm start` and `npm test` run live. Plain Node 20, no dependencies, no network.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder. */
export const repository = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/**
 * What is pinned. `vscode` is the version VS Code itself reports; it comes inside the npm package `code-server`,
 * whose version is `package`; `nodeMajor` is the Node that this version needs.
 */
export const editions = {
  newest: { vscode: '1.139.1', package: '4.139.1', nodeMajor: 24 },
  oldest: { vscode: '1.105.1', package: '4.105.1', nodeMajor: 22 },
};

/** The AWS emulator's version; `pythonPackages` pins it with everything beneath and beside it. */
export const motoVersion = '5.2.5';

/** Absolute path of the list of Python packages. */
export const pythonPackages = path.join(repository, 'test', 'vscode', 'python-packages.txt');

/** @param {string} file @returns {string} short; another content gives another one */
function digest(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 12);
}

/**
 * The folder in which set-up keeps its artefacts, outside the repository.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string} absolute path; it may not exist yet
 */
export function cacheDirectory(env = process.env) {
  if (env.STAGE_PROVIDERS_CACHE) return path.resolve(env.STAGE_PROVIDERS_CACHE);
  if (env.XDG_CACHE_HOME) return path.join(path.resolve(env.XDG_CACHE_HOME), 'stage-providers');
  return path.join(env.HOME || homedir(), '.cache', 'stage-providers');
}

/**
 * Finds the first of several programs on PATH.
 * @param {string[]} names
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string | undefined} absolute path
 */
export function findProgram(names, env = process.env) {
  for (const name of names) {
    for (const folder of (env.PATH ?? '').split(path.delimiter)) {
      const candidate = path.join(folder, name);
      if (folder !== '' && existsSync(candidate)) return candidate;
    }
  }
  return undefined;
}

/** @param {NodeJS.ProcessEnv} [env] @returns {string | undefined} a Chromium that playwright-core can drive */
export function findChromium(env = process.env) {
  if (env.CHROMIUM && existsSync(env.CHROMIUM)) return env.CHROMIUM;
  return findProgram(['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'], env);
}

/**
 * The paths of every artefact, whether or not it exists: what set-up makes and `locations` hands out.
 * @param {keyof typeof editions} [edition]
 */
export function artefactPaths(edition = 'newest') {
  const cache = cacheDirectory();
  const { vscode, nodeMajor } = editions[edition];
  const windows = process.platform === 'win32';
  const node = path.join(repository, 'node_modules', 'node', 'bin', windows ? 'node.exe' : 'node');
  const ownNode = path.join(cache, `node-${nodeMajor}`);
  const vscodeRoot = path.join(cache, `vscode-${vscode}`);
  const venv = path.join(cache, `python-${digest(pythonPackages)}`);
  return {
    cache,
    /** Node 24 of package.json; runs the `.ts` scripts and the newest VS Code. */
    node,
    /** Unpacked Node package of an edition that needs another Node. */
    ownNode,
    /** The Node that runs this edition of VS Code. */
    vscodeNode: edition === 'newest' ? node : path.join(ownNode, 'bin', 'node'),
    /** The folder that holds `out/server-main.js` and `node_modules`. */
    vscodeRoot,
    venv,
    python: windows ? path.join(venv, 'Scripts', 'python.exe') : path.join(venv, 'bin', 'python'),
  };
}

/**
 * Paths of everything the tests run, from the cache, without network.
 * @param {keyof typeof editions} [edition] which VS Code; default the newest
 * @returns {{ repository: string, cache: string, node: string, vscodeNode: string, vscodeRoot: string, vscodeVersion: string, python: string, chromium: string }}
 * @throws Error naming what is missing and the command that makes it
 */
export function locations(edition = 'newest') {
  const { cache, node, vscodeNode, vscodeRoot, python } = artefactPaths(edition);
  const chromium = findChromium();
  const missing = [
    ...[node, vscodeNode, path.join(vscodeRoot, 'out', 'server-main.js'), python].filter(
      (p) => !existsSync(p),
    ),
    ...(chromium === undefined ? ['Chromium on PATH'] : []),
  ];
  if (chromium === undefined || missing.length > 0) {
    const command = `node test/vscode/setUp.mjs${edition === 'oldest' ? ' --oldest' : ''}`;
    throw new Error(`Run \`${command}\` first. Missing:\n  ${missing.join('\n  ')}`);
  }
  const vscodeVersion = editions[edition].vscode;
  return { repository, cache, node, vscodeNode, vscodeRoot, vscodeVersion, python, chromium };
}

/**
 * Path of the Python environment alone, for tiers that need neither VS Code nor a browser.
 * @returns {string}
 * @throws Error naming the command that makes it
 */
export function pythonLocation() {
  const { python } = artefactPaths();
  if (!existsSync(python)) throw new Error(`Run \`node test/vscode/setUp.mjs\` first. Missing:\n  ${python}`);
  return python;
}

/** @returns {string} the Node 24 that runs the `.ts` scripts; it may not be set up yet */
export function nodeBinary() {
  return artefactPaths().node;
}

/**
 * A program that an npm package of this repository brings.
 * @param {string} name
 * @returns {string} absolute path
 */
export function tool(name) {
  const file = process.platform === 'win32' ? `${name}.cmd` : name;
  return path.join(repository, 'node_modules', '.bin', file);
}
