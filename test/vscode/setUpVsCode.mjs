// Turns the VS Code inside the npm package `code-server` into one that runs. Plain Node 20, no dependencies.
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Dependencies of features that no test uses and that are loaded only when used: the AI agents (220 MB). */
const leftOut = ['@github/copilot-sdk', '@microsoft/mxc-sdk', '@devcontainers/cli', 'ssh2'];

/**
 * The native modules without which something the tests use does not work; the others bring a compiled file, or
 * VS Code does without. spdlog: output channels and log files. native-watchdog: the extension host ends with the
 * server. node-pty: terminals (in newer versions it comes compiled).
 */
const compiled = {
  newest: ['@vscode/spdlog', '@vscode/native-watchdog'],
  oldest: ['@vscode/spdlog', 'native-watchdog', 'node-pty'],
};

/** 1.105 pins a source archive that is not in the registry; the registry has the same code as this version. */
const watcherOfOldest = '2.5.1';

/**
 * Installs the dependencies of VS Code's server and compiles the native modules, without any install script that
 * would download something on its own.
 * @param {object} options
 * @param {string} options.folder the package's `lib/vscode`
 * @param {string} options.node the Node that will run it; its headers are beside it
 * @param {'newest' | 'oldest'} options.edition
 * @param {typeof import('./setUp.mjs').run} options.run
 * @returns {Promise<string>} the folder, complete
 */
export async function buildVsCode({ folder, node, edition, run }) {
  const manifestFile = path.join(folder, 'package.json');
  const manifest = JSON.parse(await readFile(manifestFile, 'utf8'));
  for (const name of leftOut) delete manifest.dependencies[name];
  if (edition === 'oldest') {
    manifest.dependencies['@parcel/watcher'] = watcherOfOldest;
    // The package that 1.105 uses downloads its program when installed; this one ships it.
    manifest.dependencies['@vscode/ripgrep-universal'] = '^1.18.0';
    await rm(path.join(folder, 'npm-shrinkwrap.json'));
    await rm(path.join(folder, 'extensions', 'npm-shrinkwrap.json'));
    const sharedFile = path.join(folder, 'extensions', 'package.json');
    const shared = JSON.parse(await readFile(sharedFile, 'utf8'));
    delete shared.devDependencies;
    await writeFile(sharedFile, JSON.stringify(shared, null, 2));
  }
  await writeFile(manifestFile, JSON.stringify(manifest, null, 2));
  await rm(path.join(folder, 'extensions', 'copilot'), { recursive: true, force: true });

  const env = {
    ...process.env,
    PATH: [path.dirname(node), process.env.PATH ?? ''].join(path.delimiter),
    npm_config_nodedir: nodeDirectory(node),
    npm_config_devdir: path.join(folder, '.node-gyp'),
  };
  const quiet = ['--no-audit', '--no-fund'];
  await run('npm', ['install', '--omit=dev', '--ignore-scripts', ...quiet], { cwd: folder, env });
  // TypeScript's language server: without it, opening a .js file shows an error that is not the product's.
  const extensions = path.join(folder, 'extensions');
  await run('npm', ['install', '--omit=dev', '--ignore-scripts', ...quiet], { cwd: extensions, env });
  await run('npm', ['rebuild', ...compiled[edition]], { cwd: folder, env });
  if (edition === 'oldest') await placeRipgrep(folder);
  return folder;
}

/** The folder whose `include/node` holds the headers. @param {string} node */
function nodeDirectory(node) {
  const own = path.resolve(path.dirname(node), '..');
  const inner = path.join(own, 'node_modules', `node-linux-${process.arch}`);
  const found = [own, inner].find((candidate) => existsSync(path.join(candidate, 'include', 'node')));
  if (found === undefined) throw new Error(`No headers beside ${node}.`);
  return found;
}

/** @param {string} folder */
async function placeRipgrep(folder) {
  const modules = path.join(folder, 'node_modules', '@vscode');
  const source = path.join(modules, 'ripgrep-universal', 'bin', `linux-${process.arch}`, 'rg');
  const target = path.join(modules, 'ripgrep', 'bin', 'rg');
  await mkdir(path.dirname(target), { recursive: true });
  await cp(source, target);
}
