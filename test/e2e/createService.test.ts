import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Workbench } from '../vscode/workbench.ts';
import { eventually } from './eventually.ts';
import { openScene, type Scene } from './scene.ts';

const command = 'AWS Providers: Create Serverless Service';
const files = ['.gitignore', 'README.md', 'handler.js', 'package.json', 'serverless.yml'];

/** Stands in for npm: says what the file beside it says, and makes what installing osls makes. */
const fakeNpm = `#!/bin/sh
cd "$PWD" || exit 1
echo "fake npm $*"
if [ -e "$(dirname "$0")/fails" ]; then echo "npm error network"; exit 7; fi
mkdir -p node_modules/.bin node_modules/osls
echo '{"version":"4.3.1"}' > node_modules/osls/package.json
touch node_modules/.bin/osls
`;

void describe('Create Serverless Service', () => {
  let scene: Scene;
  let code: Workbench;
  let root = '';
  const at = (...names: string[]): string => path.join(root, ...names);
  const names = (folder: string): string[] => readdirSync(folder).toSorted();

  before(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'stage-providers-create-'));
    for (const folder of ['bin', 'empty', 'full', 'parent']) await mkdir(at(folder));
    await writeFile(at('bin', 'npm'), fakeNpm);
    await chmod(at('bin', 'npm'), 0o755);
    await writeFile(at('full', 'notes.txt'), 'mine');
    const PATH = [at('bin'), path.dirname(process.execPath), process.env['PATH'] ?? ''].join(path.delimiter);
    // Not the server's PATH: the login shell that VS Code asks for the environment would set its own.
    const settings = { 'terminal.integrated.env.linux': { PATH } };
    scene = await openScene({ code: { workspace: at('empty'), settings } });
    code = scene.code;
  });
  after(async () => {
    await scene.dispose();
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  });

  void it('writes nothing before the last answer', async () => {
    await code.openContainer('AWS Providers');
    await eventually(async () => {
      assert.match(await code.view('Stages').welcome(), /there is no serverless.yml/);
    });
    await code.runCommand(command);
    await code.quickInput.pick('This folder');
    await code.quickInput.cancel();
    assert.deepEqual(names(at('empty')), []);
  });

  void it('from the welcome of an empty folder to stages, without a reload', async () => {
    const stages = code.view('Stages');
    await stages.clickWelcome('Create Serverless Service');
    await code.quickInput.pick('This folder');
    await code.quickInput.waitForTitle('AWS – Node.js – Starter');
    await refuses(code, 'con', /Windows keeps this name/);
    await refuses(code, '../evil', /Letters, digits and “-”/);
    await code.quickInput.fill('shop');
    await code.quickInput.accept();
    await stages.waitForRow('dev');
    await stages.waitForRow('prod');
    assert.deepEqual(names(at('empty')), files);
    assert.match(readFileSync(at('empty', 'serverless.yml'), 'utf8'), /^service: shop$/m);
    assert.deepEqual(await code.editorTabs(), ['serverless.yml']);
  });

  void it('offers to install osls, and says why that failed', async () => {
    const { buttons } = await code.notifications.waitFor('“shop” was created');
    assert.deepEqual(buttons, ['Install osls', 'Connect AWS Provider']);
    await writeFile(at('bin', 'fails'), '');
    await code.notifications.click('“shop” was created', 'Install osls');
    const failure = await code.notifications.waitFor('osls was not installed');
    assert.equal(failure.severity, 'error');
    assert.match(failure.message, /The terminal “npm install” shows why/);
    await rm(at('bin', 'fails'));
    await code.notifications.click('osls was not installed', 'Try Again');
    const done = await code.notifications.waitFor('osls is installed');
    assert.deepEqual(done.buttons, ['Connect AWS Provider']);
    assert.ok(existsSync(at('empty', 'node_modules', '.bin', 'osls')));
    await code.notifications.click('osls is installed', 'Connect AWS Provider');
    const frame = await code.webview('Connect AWS Provider');
    await frame.getByRole('heading', { name: 'How do you want to connect?' }).waitFor();
  });

  void it('gives a service in a folder with other things a folder of its own', async () => {
    const window = await scene.openWindow({ folder: at('full') });
    await mkdir(at('full', 'taken'));
    await writeFile(at('full', 'taken', 'mine.txt'), 'mine');
    await window.openContainer('AWS Providers');
    await window.runCommand(command);
    assert.match(await window.quickInput.placeholder(), /“full” is not empty/);
    const labels = (await window.quickInput.items()).map(({ label }) => label);
    assert.deepEqual(labels, ['A new folder in it', 'Somewhere else…']);
    await window.quickInput.pick('A new folder in it');
    await window.quickInput.waitForTitle('AWS – Node.js – Starter');
    await refuses(window, 'taken', /“taken” exists in this folder and is not empty/);
    await window.quickInput.fill('aws-node-project');
    await window.quickInput.accept();
    await window.view('Stages').waitForRow('dev');
    await window.view('Stages').waitForRow('prod');
    assert.deepEqual(names(at('full')), ['aws-node-project', 'notes.txt', 'taken']);
    assert.deepEqual(names(at('full', 'aws-node-project')), files);
    assert.deepEqual(names(at('full', 'taken')), ['mine.txt']);
  });

  void it('suggests a free name beside what is there', async () => {
    const window = await scene.openWindow({ folder: at('full') });
    await window.runCommand(command);
    await window.quickInput.pick('A new folder in it');
    await window.quickInput.waitForTitle('AWS – Node.js – Starter');
    const box = window.quickInput.locator.locator('.quick-input-box input').first();
    await eventually(async () => {
      assert.equal(await box.inputValue(), 'aws-node-project-2');
    });
    await window.quickInput.cancel();
    await window.page.close();
  });

  void it('works from an empty window, and goes on in the one that opens', async () => {
    const window = await scene.openWindow({ folder: null });
    await window.openContainer('AWS Providers');
    await window.view('Stages').clickWelcome('Create Serverless Service');
    await window.quickInput.waitForTitle('Where to put the folder of the service');
    // The dialog fills its box itself once it has read the first folder.
    await window.quickInput.settled();
    await window.quickInput.fill(`${at('parent')}/`);
    await window.quickInput.settled();
    await window.quickInput.accept();
    await window.quickInput.waitForTitle('AWS – Node.js – Starter');
    await window.quickInput.accept();
    const { buttons } = await window.notifications.waitFor('“aws-node-project” was created', 60_000);
    assert.deepEqual(buttons, ['Install osls', 'Connect AWS Provider']);
    await window.openContainer('AWS Providers');
    await window.view('Stages').waitForRow('prod');
    assert.deepEqual(await window.editorTabs(), ['serverless.yml']);
    assert.deepEqual(names(at('parent', 'aws-node-project')), files);
    await window.reload();
    await window.view('Stages').waitForRow('prod');
    assert.deepEqual(await window.notifications.list(), []);
  });
});

/** The input box does not take a name and says why. */
async function refuses({ quickInput }: Workbench, name: string, why: RegExp): Promise<void> {
  await quickInput.fill(name);
  await quickInput.accept();
  await eventually(async () => {
    assert.match(await quickInput.message(), why);
  });
}
