// Checks what `npm start` and `npm test` need from the system, all at once. Plain Node 20, no dependencies.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { artefactPaths, cacheDirectory, findChromium, findProgram } from './locations.mjs';
import { say } from './say.mjs';

/** Bytes that a cold set-up takes: node_modules, VS Code, Python packages and what the builds leave. */
const neededBytes = 3e9;

/**
 * @typedef {'node' | 'python' | 'vscode' | 'browser' | 'oldest'} Need
 *   node: node_modules · python: the AWS emulator · vscode: the real VS Code · browser: Chromium ·
 *   oldest: the oldest VS Code that is supported
 */

/** @param {string} name */
const runs = (name) => findProgram([name]) !== undefined;

/** Whether python3 can make an environment with pip in it: Debian ships the module but not always ensurepip. */
function pythonHasVenv() {
  return spawnSync('python3', ['-c', 'import venv, ensurepip'], { stdio: 'ignore' }).status === 0;
}

/** Free bytes where the cache will be. */
function freeBytes() {
  let folder = cacheDirectory();
  while (!existsSync(folder)) folder = path.dirname(folder);
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/**
 * Lists what is missing for these needs. What exists in the cache already is not asked for again.
 * @param {ReadonlySet<Need>} needs
 * @returns {{ what: string, why: string, debian?: string[] }[]} `debian`: the packages that bring it
 */
export function missingPrerequisites(needs) {
  /** @type {{ what: string, why: string, debian?: string[] }[]} */
  const missing = [];
  const newest = artefactPaths();
  const build =
    (needs.has('vscode') && !existsSync(newest.vscodeRoot)) ||
    (needs.has('oldest') && !existsSync(artefactPaths('oldest').vscodeRoot));
  const makePython = needs.has('python') && !existsSync(newest.python);
  const [major = 0] = process.versions.node.split('.').map(Number);
  if (major < 20) missing.push({ what: 'Node.js 20 or newer', why: `this is ${process.version}` });
  if (!runs('npm')) missing.push({ what: 'npm', why: 'installs packages', debian: ['npm'] });
  if ((needs.has('vscode') || needs.has('oldest')) && process.platform !== 'linux') {
    const why = 'the served VS Code runs on Linux only; elsewhere use `npm run test:desktop`';
    missing.push({ what: 'Linux', why });
  }
  if (build) {
    const why = "compiles two of VS Code's native modules";
    if (!runs('g++')) missing.push({ what: 'g++', why, debian: ['g++'] });
    if (!runs('make')) missing.push({ what: 'make', why, debian: ['make'] });
    if (!runs('tar')) missing.push({ what: 'tar', why: 'unpacks VS Code', debian: ['tar'] });
  }
  if (build || makePython) {
    if (!runs(process.platform === 'win32' ? 'python' : 'python3')) {
      missing.push({
        what: 'python3 with venv',
        why: 'runs the AWS emulator; node-gyp needs it too',
        debian: ['python3', 'python3-venv'],
      });
    } else if (makePython && process.platform !== 'win32' && !pythonHasVenv()) {
      missing.push({
        what: "python3's venv module",
        why: 'keeps the AWS emulator out of your system',
        debian: ['python3-venv'],
      });
    }
  }
  if (needs.has('browser') && findChromium() === undefined) {
    missing.push({
      what: 'Chromium (or CHROMIUM=/path/to/it)',
      why: 'shows and drives VS Code',
      debian: ['chromium', 'fonts-dejavu-core'],
    });
  }
  if ((build || makePython) && freeBytes() < neededBytes) {
    const free = (freeBytes() / 1e9).toFixed(1);
    missing.push({ what: '3 GB of free disk', why: `${cacheDirectory()} has ${free} GB` });
  }
  return missing;
}

/**
 * Checks, installs what Debian's packages bring if this is root on Debian, else prints the command and ends the
 * process with exit code 1.
 * @param {ReadonlySet<Need>} needs
 */
export function requirePrerequisites(needs) {
  const missing = missingPrerequisites(needs);
  if (missing.length === 0) return;
  say('Missing on this machine:');
  for (const { what, why } of missing) say(`  - ${what}: ${why}`);
  const packages = [...new Set(missing.flatMap((m) => m.debian ?? []))];
  const install = ['apt-get', 'install', '-y', '--no-install-recommends', ...packages];
  const installable = missing.every((m) => m.debian !== undefined) && runs('apt-get');
  if (installable && process.getuid?.() === 0) {
    say(`Installing with apt-get: ${packages.join(' ')}`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    for (const command of [['apt-get', 'update', '-q'], install]) {
      const [program = '', ...rest] = command;
      const done = spawnSync(program, rest, { env, encoding: 'utf8', cwd: tmpdir(), maxBuffer: 64e6 });
      if (done.status !== 0) {
        say(`${command.join(' ')} failed:\n${done.stdout}${done.stderr}`);
        process.exit(1);
      }
    }
    if (missingPrerequisites(needs).length === 0) return;
    say('Still missing after the installation. Please install by hand.');
  } else if (packages.length > 0) {
    say(`On Debian and Ubuntu:\n  sudo apt-get update && sudo ${install.join(' ')}`);
  }
  process.exit(1);
}

/** Makes the cache folder. @returns {string} its path */
export function makeCacheDirectory() {
  const folder = cacheDirectory();
  mkdirSync(folder, { recursive: true });
  return folder;
}
