// Brings what the tests and the demo run: node_modules, the AWS emulator's Python packages, the real VS Code.
// Idempotent and cached. Plain Node 20, no dependencies.
//
//   node test/vscode/setUp.mjs [--oldest]
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { artefactPaths, editions, motoVersion, pythonPackages, repository } from './locations.mjs';
import { say } from './say.mjs';
import { makeCacheDirectory, requirePrerequisites } from './prerequisites.mjs';
import { buildVsCode } from './setUpVsCode.mjs';

/** @typedef {import('./prerequisites.mjs').Need} Need */

/**
 * Runs a program to its end; its output is shown only if it fails.
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd: string, env?: NodeJS.ProcessEnv }} options
 * @returns {Promise<string>} standard output
 * @throws Error with the output's end
 */
export function run(program, args, options) {
  return new Promise((resolve, reject) => {
    // npm is a .cmd file on Windows, which only a shell can start.
    const shell = process.platform === 'win32';
    const child = spawn(program, args, { ...options, shell, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let all = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
      all += chunk;
    });
    child.stderr.on('data', (chunk) => {
      all += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${program} ${args.join(' ')} failed (${code}):\n${all.slice(-6000)}`));
    });
  });
}

/**
 * Makes an artefact in a temporary sibling and renames it into place once complete, so that an interrupted set-up
 * leaves none and two at once do no harm: the one that comes second throws its own away.
 * @param {string} target
 * @param {(folder: string) => Promise<string | void>} make fills the folder; may return the part to be kept
 */
async function makeArtefact(target, make) {
  const folder = await mkdtemp(`${target}.partial-`);
  try {
    const kept = (await make(folder)) ?? folder;
    await rename(kept, target).catch((error) => {
      if (!existsSync(target)) throw error;
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Removes what set-ups that were interrupted more than a day ago left behind. */
async function removeLeftOvers() {
  const cache = makeCacheDirectory();
  for (const name of await readdir(cache)) {
    const file = path.join(cache, name);
    const old = name.includes('.partial-') && Date.now() - (await stat(file)).mtimeMs > 86_400_000;
    if (old) await rm(file, { recursive: true, force: true });
  }
}

/** Whether node_modules holds what package-lock.json names, by npm's own record of what it installed. */
function nodeModulesUpToDate() {
  const record = path.join(repository, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  /** @param {string} file */
  const packages = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
  const installed = packages(record);
  return Object.entries(packages(path.join(repository, 'package-lock.json'))).every(
    ([name, entry]) => name === '' || entry.optional || installed[name]?.version === entry.version,
  );
}

async function setUpNodeModules() {
  const { node } = artefactPaths();
  if (!nodeModulesUpToDate()) {
    step('Installing the npm packages of package-lock.json (downloads about 120 MB)');
    await run('npm', ['ci', '--ignore-scripts', '--include=dev', '--no-audit', '--no-fund'], {
      cwd: repository,
    });
  }
  if (!existsSync(node)) {
    step('Fetching Node 24, which runs the tests (downloads about 55 MB)');
    await run('npm', ['rebuild', 'node'], { cwd: repository });
    if (!existsSync(node)) throw new Error(`npm rebuild node did not make ${node}.`);
  }
}

async function setUpPython() {
  const { venv, python } = artefactPaths();
  if (existsSync(python)) return;
  const system = process.platform === 'win32' ? 'python' : 'python3';
  const probe = `import moto, moto.server, flask_cors, boto3, awscli; assert moto.__version__ == '${motoVersion}'`;
  const present = spawnSync(system, ['-c', probe], { stdio: 'ignore' }).status === 0;
  step(
    present
      ? `Using the installed moto ${motoVersion} for the AWS emulator`
      : `Installing moto ${motoVersion}, the AWS emulator, and the AWS CLI in a Python environment of their own (downloads about 60 MB)`,
  );
  await makeArtefact(venv, async (folder) => {
    // The environment is renamed afterwards: its `python` still works, its scripts do not; always use `python -m`.
    const kind = present ? ['--system-site-packages', '--without-pip'] : [];
    await run(system, ['-m', 'venv', ...kind, folder], { cwd: repository });
    if (present) return;
    const own = path.join(folder, path.relative(venv, python));
    const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', '--quiet'];
    await run(
      own,
      [...pip, '--constraint', pythonPackages, `moto[server]==${motoVersion}`, 'boto3', 'awscli'],
      { cwd: folder },
    );
  });
}

/** @param {keyof typeof editions} edition */
async function setUpVsCode(edition) {
  const { ownNode, vscodeNode, vscodeRoot } = artefactPaths(edition);
  const { nodeMajor, vscode } = editions[edition];
  if (!existsSync(vscodeNode)) {
    step(`Fetching Node ${nodeMajor}, which VS Code ${vscode} needs (downloads about 55 MB)`);
    await makeArtefact(ownNode, async (folder) => {
      return unpackPackage(`node-linux-${process.arch}@${nodeMajor}`, folder);
    });
  }
  if (existsSync(vscodeRoot)) return;
  step(`Installing VS Code ${vscode} (downloads about 90 MB, compiles for about half a minute)`);
  await makeArtefact(vscodeRoot, async (folder) => {
    const unpacked = await unpackPackage(`code-server@${editions[edition].package}`, folder);
    return buildVsCode({ folder: path.join(unpacked, 'lib', 'vscode'), node: vscodeNode, edition, run });
  });
}

/**
 * Downloads a package of the npm registry without running anything of it.
 * @param {string} name with version
 * @param {string} folder
 * @returns {Promise<string>} the unpacked package
 */
async function unpackPackage(name, folder) {
  // A version range can match several versions: npm packs each, the highest last; `@24` alone resolves to one.
  const packed = await run('npm', ['pack', name, '--json', '--pack-destination', folder], { cwd: folder });
  const { filename } = JSON.parse(packed)[0];
  await run('tar', ['-xzf', filename], { cwd: folder });
  await rm(path.join(folder, filename));
  return path.join(folder, 'package');
}

/** @param {string} text */
function step(text) {
  say(`[set-up] ${text} …`);
}

/**
 * Checks the machine, then makes whatever of the needed things is not there yet.
 * @param {ReadonlySet<Need>} needs
 * @throws Error with the failing program's output
 */
export async function setUp(needs) {
  const start = Date.now();
  requirePrerequisites(needs);
  await removeLeftOvers();
  await setUpNodeModules();
  if (needs.has('python')) await setUpPython();
  if (needs.has('vscode')) await setUpVsCode('newest');
  if (needs.has('oldest')) await setUpVsCode('oldest');
  const seconds = Math.round((Date.now() - start) / 1000);
  if (seconds > 2) say(`[set-up] Done in ${seconds} s.`);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  /** @type {Need[]} */
  const needs = ['node', 'python', 'vscode', 'browser'];
  if (process.argv.includes('--oldest')) needs.push('oldest');
  await setUp(new Set(needs)).catch((error) => {
    say(error instanceof Error ? error.message : String(error));
    process.exit(1);
  });
}
