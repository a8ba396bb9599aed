import assert from 'node:assert/strict';
import { cp, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ACCOUNTS } from '../aws/emulator.ts';
import { workbenchReady } from '../vscode/browser.ts';
import { repository } from '../vscode/locations.mjs';
import { eventually } from './eventually.ts';
import { openScene, type Scene } from './scene.ts';

const link = { dev: { account: ACCOUNTS.dev, role: 'deploy' } };

/** The project as a teammate committed it, with a link to an account. */
async function withLink(folder: string): Promise<void> {
  await mkdir(path.join(folder, '.vscode'));
  await writeFile(
    path.join(folder, '.vscode', 'settings.json'),
    JSON.stringify({ 'awsProviders.stages': link }),
  );
}

describe('A workspace that is not trusted', () => {
  let scene: Scene;

  before(async () => {
    scene = await openScene({ code: { trust: true }, project: withLink });
  });
  after(() => scene.dispose());

  it('has stages, but its links do nothing until it is trusted', async () => {
    const { aws, code, page } = scene;
    const dialog = code.dialog();
    await dialog.locator.waitFor();
    await dialog.click("No, I don't trust the authors");
    await code.openContainer('AWS Providers');
    const stages = code.view('Stages');
    await stages.waitForRow('dev');
    await eventually(async () => assert.match(await stages.text(), /^dev — active · workspace not trusted/m));
    assert.deepEqual(await stages.actions('dev'), ['Link Stage to Provider']);

    await code.runCommand('Workspaces: Manage Workspace Trust');
    await page.getByRole('button', { name: 'Trust', exact: true }).click();
    await eventually(async () => assert.match(await stages.text(), /^dev — active · no provider yet/m));
    assert.deepEqual(aws.calls(), []);
  });
});

describe('A workspace of several projects', () => {
  let scene: Scene;

  before(async () => {
    scene = await openScene({ project: withLink });
    await scene.code.openContainer('AWS Providers');
  });
  after(() => scene.dispose());

  it('shows why a project cannot be read, with its line, until it can', async () => {
    const { code, workspace } = scene;
    const stages = code.view('Stages');
    await stages.waitForRow('dev');
    const file = path.join(workspace, 'serverless.yml');
    const whole = await readFile(file, 'utf8');
    await writeFile(file, 'service: shop\nprovider:\n  name: aws\n  stage: [dev\nfunctions: {}\n');
    await stages.waitForRow(/^serverless\.yml:\d+$/);
    const broken = (await stages.rows()).filter(({ label }) => label.startsWith('serverless.yml'));
    assert.equal(broken.length, 1);
    assert.notEqual(broken[0]?.description, '');
    await stages.click(/^serverless\.yml:\d+$/);
    await eventually(async () => assert.ok((await code.editorTabs()).includes('serverless.yml')));

    await writeFile(file, whole);
    await stages.waitForRow('uat');
    assert.ok(!(await stages.text()).includes('serverless.yml:'));
    await code.runCommand('View: Close All Editors');
  });

  it('keeps the rest when one of several projects is broken', async () => {
    const { code, workspace } = scene;
    const stages = code.view('Stages');
    const elsewhere = path.join(path.dirname(workspace), 'billing');
    await mkdir(elsewhere);
    await writeFile(path.join(elsewhere, 'serverless.yml'), 'service: "billing\nprovider: aws\n');
    // The file system tells of the folder only, not of what is in it; so it does when the folder goes.
    await rename(elsewhere, path.join(workspace, 'billing'));
    await stages.waitForRow('billing');
    await stages.waitForRow('shop');
    await stages.expand('shop');
    await stages.waitForRow('dev');
    const text = await stages.text();
    assert.match(text, /^billing — .*cannot be read/m);
    assert.match(text, /^ {2}dev — active · no provider yet · 444455556666/m);

    await rename(path.join(workspace, 'billing'), elsewhere);
    await eventually(async () => assert.ok(!(await stages.text()).includes('billing')));
  });

  it('shows the projects of all its folders, each with its own links', async () => {
    const { code, page, server, workspace } = scene;
    const second = path.join(path.dirname(workspace), 'mail');
    await mkdir(second);
    await cp(
      path.join(repository, 'test', 'fixtures', 'sample-service', 'handler.js'),
      path.join(second, 'handler.js'),
    );
    await writeFile(
      path.join(second, 'serverless.yml'),
      'service: mail\nprovider:\n  name: aws\n  stage: live\n  region: us-west-2\n',
    );
    const file = path.join(path.dirname(workspace), 'all.code-workspace');
    await writeFile(file, JSON.stringify({ folders: [{ path: 'shop' }, { path: 'mail' }] }));
    const stages = code.view('Stages');
    const noFolder = stages.locator.getByRole('button', { name: 'Open Folder' });
    // The served VS Code itself now and then opens a workspace file without its folders; loaded again, it has them.
    for (let tries = 0; tries < 3; tries++) {
      await page.goto(`${server.origin}/?workspace=${encodeURIComponent(file)}`);
      await workbenchReady(page);
      await code.openContainer('AWS Providers');
      await noFolder.or(stages.locator.locator('.monaco-list-row')).first().waitFor();
      if (!(await noFolder.isVisible())) break;
    }
    // The service of the active stage is open from the start.
    await stages.waitForRow('dev', 60_000);
    await stages.expand('mail');
    await stages.waitForRow('live');
    const text = await stages.text();
    assert.match(text, /^ {2}live — .*not linked · us-west-2/m);
    assert.match(text, /^ {2}dev — .*no provider yet · 444455556666/m);
  });
});
