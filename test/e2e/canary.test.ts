import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ACCOUNTS } from '../aws/emulator.ts';
import { pythonLocation } from '../vscode/locations.mjs';
import { identifyWithKeys, newConnectPage } from './connectPanel.ts';
import { eventually } from './eventually.ts';
import { globalStorage, savedState, sealedSecrets } from './savedState.ts';
import { openScene, type Scene } from './scene.ts';
import {
  modeOf,
  searchBrowser,
  searchFiles,
  searchProcesses,
  type Needle,
  type Trace,
} from './secretSearch.ts';

const whoAmI = `import boto3; print(boto3.client("sts").get_caller_identity()["Arn"])`;

describe('After the main job no secret lies anywhere', () => {
  const began = Date.now();
  const needles: Needle[] = [];
  const tokens = new Map<string, Needle>();
  let scene: Scene;
  let duringDeploy: readonly Trace[] = [];

  /** Reads the tokens of the leases there are now; each may be in its own file only. */
  function collectTokens(): void {
    const leases = path.join(globalStorage(scene.server), 'leases');
    for (const name of existsSync(leases) ? readdirSync(leases) : []) {
      const file = path.join(leases, name, 'token');
      if (tokens.has(file) || !existsSync(file)) continue;
      assert.equal(modeOf(file), 0o600);
      assert.equal(modeOf(path.dirname(file)), 0o700);
      tokens.set(file, { name: 'lease token', value: readFileSync(file, 'utf8').trim() });
    }
  }

  /** Every secret there is by now. */
  function known(): readonly Needle[] {
    collectTokens();
    const sessions = scene.aws.issued().flatMap(({ secretAccessKey, sessionToken }) => [
      { name: 'secret key of a session', value: secretAccessKey },
      { name: 'session token', value: sessionToken },
    ]);
    return [...needles, ...sessions, ...tokens.values()];
  }

  /** All that the product, the editor or its tools may have written since the scene began. */
  function folders(): readonly string[] {
    const { server, workspace } = scene;
    const temporary = readdirSync(tmpdir())
      .map((name) => path.join(tmpdir(), name))
      .filter((file) => statSync(file, { throwIfNoEntry: false })?.isDirectory() === true)
      .filter((folder) => statSync(folder).birthtimeMs >= began);
    const inside = (folder: string): boolean => temporary.some((each) => folder.startsWith(`${each}/`));
    return [
      ...[server.userDataDir, server.home, path.dirname(workspace)].filter((each) => !inside(each)),
      ...temporary,
    ];
  }

  const inFiles = (wanted: readonly Needle[]): readonly Trace[] =>
    searchFiles(folders(), wanted).filter((trace) => {
      const file = /^file (.*): lease token$/.exec(trace)?.[1];
      return file === undefined || !tokens.has(file);
    });

  before(async () => {
    scene = await openScene();
    const { aws, code, server } = scene;
    const keys = await aws.createUser(ACCOUNTS.dev, 'deployer');
    needles.push({ name: 'secret access key', value: keys.secretAccessKey });
    await code.openContainer('AWS Providers');
    const connect = await newConnectPage(code);
    const sealedBefore = await sealedSecrets(scene.page);
    await identifyWithKeys(connect, keys);
    await connect.click('Create access role');
    await connect.waitForHeading('Connected', 60_000);
    assert.notEqual(await sealedSecrets(scene.page), sealedBefore);
    const create = aws.calls().find(({ action }) => action === 'CreateStack');
    const externalId = /"ParameterKey":"ExternalId","ParameterValue":"([^"]+)"/.exec(
      JSON.stringify(create?.params),
    )?.[1];
    assert.ok(externalId !== undefined);
    needles.push({ name: 'ExternalId', value: externalId });

    await connect.click('Open terminal');
    await code.terminal.write(`${pythonLocation()} -c '${whoAmI}'\n`);
    await code.terminal.waitFor(/arn:aws:sts::\d+:assumed-role\//);
    collectTokens();
    assert.equal(tokens.size, 1);

    await connect.click('Deploy now');
    const seen = new Set<Trace>();
    const watch = setInterval(() => {
      for (const trace of searchProcesses(server.pid, known())) seen.add(trace);
    }, 150);
    try {
      await code.terminal.waitFor(/Packaging|Deploying/, 60_000);
      for (const trace of inFiles(known())) seen.add(trace);
      await code.terminal.waitFor(/Service deployed to stack/, 120_000);
    } finally {
      clearInterval(watch);
    }
    duringDeploy = [...seen];
  });
  after(() => scene.dispose());

  it('used every kind of secret there is', () => {
    const kinds = new Set(known().map(({ name }) => name));
    assert.deepEqual(
      kinds,
      new Set(['secret access key', 'ExternalId', 'secret key of a session', 'session token', 'lease token']),
    );
    assert.ok(tokens.size >= 2, 'a lease for the terminal and one for the deploy');
    assert.ok(known().every(({ value }) => value.length >= 16));
  });

  it('in no file, while the deploy ran and afterwards', async () => {
    assert.deepEqual(duringDeploy, []);
    assert.deepEqual(inFiles(known()), []);
    const ended = [...tokens.keys()].filter((file) => !existsSync(file));
    await eventually(() => assert.equal(ended.length, tokens.size - 1, 'only the terminal is left'));
  });

  it('in no environment and no command line', () => {
    assert.deepEqual(searchProcesses(scene.server.pid, known()), []);
  });

  it('in no storage, database or text of the workbench and its webviews', async () => {
    assert.deepEqual(await searchBrowser(scene.user.context, known()), []);
  });

  it('and this search does find what is there', async () => {
    const { code, page, server, user, workspace } = scene;
    const planted = { name: 'canary', value: randomBytes(30).toString('base64') };
    const deep = (folder: string): string => path.join(folder, 'planted', 'canary.bin');
    const files = [
      path.join(globalStorage(server), 'canary.json'),
      ...[server.logs.directory, server.home, workspace].map(deep),
    ];
    const content = Buffer.concat([randomBytes(70_000), Buffer.from(planted.value), randomBytes(9)]);
    for (const file of files) {
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, content);
    }
    await writeFile(`${deep(workspace)}.b64`, Buffer.from(`${planted.value}!!`).toString('base64'));
    assert.deepEqual(
      new Set(inFiles([planted])),
      new Set([...files, `${deep(workspace)}.b64`].map((file) => `file ${file}: canary`)),
    );

    const seen = () => searchBrowser(user.context, [planted]);
    const webview = await code.webview('Connect AWS Provider');
    const store = (value: string): void => sessionStorage.setItem('canary', value);
    const clear = (): void => sessionStorage.clear();
    for (const frame of [page.mainFrame(), webview]) {
      await frame.evaluate(store, planted.value);
      assert.ok((await seen()).length > 0);
      await frame.evaluate(clear);
      assert.deepEqual(await seen(), []);
    }
    await page.evaluate(plantInDatabase, planted.value);
    assert.ok((await seen()).length > 0);

    await code.runCommand('Terminal: Create New Terminal');
    await code.terminal.waitFor(/[$#] ?$/m);
    await code.terminal.write(
      `CANARY='${planted.value}' sleep 600 & sh -c 'sleep 600 # ${planted.value}' &\n`,
    );
    await eventually(() => {
      const where = searchProcesses(server.pid, [planted]).map((trace) => trace.split(' ')[2]);
      assert.ok(where.includes('environ:') && where.includes('cmdline:'), where.join());
    });
  });

  it('Remove All Data takes everything away', async () => {
    const { code, page, server } = scene;
    assert.ok((await sealedSecrets(page)).length > 300);
    await code.runCommand('AWS Providers: Remove All Data');
    const dialog = code.dialog();
    await dialog.locator.waitFor();
    assert.match(await dialog.text(), /These stacks stay in AWS: stage-providers-shop-dev/);
    await dialog.click('Remove All Data');
    await eventually(() => {
      const { providers, pendingWork } = savedState(server);
      assert.deepEqual({ providers, pendingWork }, { providers: [], pendingWork: [] });
      assert.deepEqual(
        [...tokens.keys()].filter((file) => existsSync(file)),
        [],
      );
    });
    // What seals an empty list of secrets.
    await eventually(async () => assert.ok((await sealedSecrets(page)).length < 200));
    assert.match(await code.view('Providers').welcome(), /No AWS account is connected yet/);
  });
});

/** Runs in the page: puts a value among the workbench's own state. */
async function plantInDatabase(value: string): Promise<void> {
  const opened = indexedDB.open('vscode-web-state-db-global');
  await new Promise((resolve) => opened.addEventListener('success', resolve));
  const database = opened.result;
  const transaction = database.transaction('ItemTable', 'readwrite');
  transaction.objectStore('ItemTable').put(`{"kept":"${value}"}`, 'canary');
  await new Promise((resolve) => transaction.addEventListener('complete', resolve));
  database.close();
}
