import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { ACCOUNTS } from '../aws/emulator.ts';
import { pythonLocation, repository } from '../vscode/locations.mjs';
import { packageProduct } from '../vscode/product.ts';
import { identifyWithKeys, newConnectPage } from './connectPanel.ts';
import { openScene, type Scene } from './scene.ts';

const sources = ['src/**/*', 'media/**/*', 'package*.json', 'esbuild.mjs', '.vscodeignore', '*.md', 'l10n/*'];
const python = `${pythonLocation()} -c 'import boto3; print(boto3.client("sts").get_caller_identity()["Arn"])'`;

/** The package, made anew unless it is younger than everything that goes into it. */
async function freshPackage(): Promise<string> {
  const file = path.join(repository, 'out', 'stage-providers.vsix');
  const made = existsSync(file) ? statSync(file).mtimeMs : 0;
  const changed = globSync(sources, { cwd: repository }).some(
    (source) => statSync(path.join(repository, source)).mtimeMs > made,
  );
  return changed ? packageProduct() : file;
}

describe('The packaged extension, installed as users install it', () => {
  let vsix = '';
  let scene: Scene;

  before(async () => {
    vsix = await freshPackage();
    scene = await openScene({ vsix });
  });
  after(() => scene.dispose());

  it('holds what users need, and nothing of the workshop', async () => {
    const { stdout } = await promisify(execFile)(pythonLocation(), ['-m', 'zipfile', '-l', vsix]);
    const files = [...stdout.matchAll(/^extension\/(\S+)/gm)].map(([, name = '']) => name);
    for (const needed of ['package.json', 'dist/extension.js', 'dist/helper.cjs', 'dist/launch.cjs'])
      assert.ok(files.includes(needed), `${needed} is missing`);
    const alien =
      /^(?:src|test|node_modules|out|\.github|\.ci|\.vscode)\/|\.(?:ts|map)$|^\.ox|tsconfig|esbuild/;
    assert.deepEqual(
      files.filter((name) => alien.test(name) && name !== 'api.d.ts'),
      [],
    );
    assert.ok(statSync(vsix).size <= 1_000_000, `${statSync(vsix).size} bytes`);
  });

  it('activates without an error and shows its views', async () => {
    const { code, server } = scene;
    await code.openContainer('AWS Providers');
    await code.view('Stages').waitForRow('dev');
    assert.match(await code.view('Providers').welcome(), /No AWS account is connected yet/);
    await code.statusBarItem('dev · not linked').locator.waitFor();
    assert.deepEqual(await code.notifications.list(), []);
    const logs = globSync('**/*exthost*.log', { cwd: server.logs.directory }).map((file) =>
      readFileSync(path.join(server.logs.directory, file), 'utf8'),
    );
    const lines = logs.flatMap((log) => log.split('\n'));
    assert.ok(lines.some((line) => line.includes('_doActivateExtension stage-providers.stage-providers')));
    assert.deepEqual(
      lines.filter((line) => line.includes('[error]') && line.includes('stage-providers')),
      [],
    );
  });

  it('connects an account and hands its role to a terminal', async () => {
    const { aws, code } = scene;
    const connect = await newConnectPage(code);
    await identifyWithKeys(connect, await aws.createUser(ACCOUNTS.dev, 'deployer'));
    await connect.click('Create access role');
    await connect.waitForHeading('Connected', 60_000);
    await connect.click('Open terminal');
    await code.terminal.write(`${python}\n`);
    await code.terminal.waitFor(`arn:aws:sts::${ACCOUNTS.dev}:assumed-role/stage-providers-shop-dev/`);
  });
});
