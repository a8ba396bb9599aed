import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ACCOUNTS, type UserKeys } from '../aws/emulator.ts';
import { pythonLocation, repository } from '../vscode/locations.mjs';
import { descendants } from '../vscode/processTree.ts';
import { identifyWithKeys, newConnectPage } from './connectPanel.ts';
import { eventually } from './eventually.ts';
import { globalStorage, workspaceSettings } from './savedState.ts';
import { openScene, type Scene } from './scene.ts';

const region = 'eu-west-1';
const deployed = (stack: string): RegExp => new RegExp(`Service deployed to stack ${stack}`);

describe('A stage’s identity reaches its terminals and deploys, whatever else is around', () => {
  let scene: Scene;
  let containerEndpoint: Server;
  /** An administrator of another account, whose keys lie about everywhere. */
  let stranger: UserKeys;
  let containerCalls = 0;

  const python = `${pythonLocation()} -c 'import boto3; print("boto3", boto3.client("sts").get_caller_identity()["Arn"])'`;
  const sdk = `node ${path.join(repository, 'test', 'fixtures', 'who-am-i.cjs')} ${repository}`;
  const role = (account: string, stage: string): string =>
    `arn:aws:sts::${account}:assumed-role/stage-providers-shop-${stage}/`;

  before(async () => {
    scene = await openScene({
      prepare: async (aws) => {
        stranger = await aws.createUser(ACCOUNTS.tools, 'stranger');
        containerEndpoint = createServer((_request, response) => {
          containerCalls += 1;
          const Expiration = new Date(Date.now() + 3_600_000).toISOString();
          const { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey } = stranger;
          response.setHeader('Content-Type', 'application/json');
          response.end(JSON.stringify({ AccessKeyId, SecretAccessKey, Token: '', Expiration }));
        });
        await new Promise<void>((resolve) => {
          containerEndpoint.listen(0, '127.0.0.1', resolve);
        });
        const { port } = containerEndpoint.address() as AddressInfo;
        const keys = {
          AWS_ACCESS_KEY_ID: stranger.accessKeyId,
          AWS_SECRET_ACCESS_KEY: stranger.secretAccessKey,
        };
        return {
          env: {
            ...keys,
            AWS_PROFILE: 'stranger',
            AWS_DEFAULT_PROFILE: 'stranger',
            AWS_REGION: 'us-west-2',
            AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}/`,
            AWS_DEV_ACCESS_KEY_ID: stranger.accessKeyId,
            AWS_DEV_SECRET_ACCESS_KEY: stranger.secretAccessKey,
            AWS_DEV_PROFILE: 'stranger',
            FOREIGN_VARIABLES: JSON.stringify({
              ...keys,
              AWS_PROFILE: 'stranger',
              AWS_CONFIG_FILE: '/dev/null',
            }),
          },
        };
      },
      otherExtensions: [path.join(repository, 'test', 'fixtures', 'foreign-extension')],
    });
    await scene.code.openContainer('AWS Providers');
    await quickConnect(ACCOUNTS.dev);
    await quickConnect(ACCOUNTS.prod);
    const settings = workspaceSettings(scene.workspace);
    const links = settings['awsProviders.stages'] as Record<string, object>;
    assert.deepEqual(Object.keys(links), ['dev', 'uat']);
    settings['awsProviders.stages'] = { ...links, uat: { ...links['uat'], protected: true } };
    writeFileSync(path.join(scene.workspace, '.vscode', 'settings.json'), JSON.stringify(settings));
  });
  after(async () => {
    containerEndpoint.close();
    await scene.dispose();
  });

  /** Connects the first free stage to an account. */
  async function quickConnect(account: string): Promise<void> {
    const connect = await newConnectPage(scene.code);
    await identifyWithKeys(connect, await scene.aws.createUser(account, 'deployer'));
    await connect.click('Create access role');
    await connect.waitForHeading('Connected', 60_000);
  }

  function leases(): readonly string[] {
    const folder = path.join(globalStorage(scene.server), 'leases');
    if (!existsSync(folder)) return [];
    return readdirSync(folder).filter((name) => existsSync(path.join(folder, name, 'token')));
  }

  /** Runs a tool in the active terminal. Returns the ARN it printed, or the end of what it said instead. */
  async function whoIn(tool: string, name: string): Promise<string> {
    const { terminal } = scene.code;
    const file = path.join(scene.server.home, `who-${Math.random().toString(36).slice(2)}`);
    await terminal.write(`${tool} > ${file} 2>&1; echo done >> ${file}\n`);
    let text = '';
    await eventually(() => {
      text = existsSync(file) ? readFileSync(file, 'utf8') : '';
      assert.match(text, /done\n$/);
    }, 30_000);
    return new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1] ?? text.slice(-600);
  }

  const deployCallers = (account: string, action = 'CreateChangeSet'): readonly string[] =>
    scene.aws
      .calls()
      .filter((call) => call.action === action && call.accountId === account)
      .map(({ callerArn }) => callerArn ?? '');
  const stacksOf = async (account: string): Promise<readonly string[]> =>
    (await scene.aws.stacks(account, region)).map(({ name }) => name);

  it('boto3 and the JavaScript SDK get the role in a stage terminal', async () => {
    const { code } = scene;
    await code.view('Stages').action('dev', 'Open Terminal for Stage');
    await code.terminal.waitFor(/[$#] ?$/m);
    assert.ok((await code.terminal.names()).some((name) => name.includes(`AWS: dev (${ACCOUNTS.dev})`)));
    assert.ok((await whoIn(python, 'boto3')).startsWith(role(ACCOUNTS.dev, 'dev')));
    assert.ok((await whoIn(sdk, 'sdk')).startsWith(role(ACCOUNTS.dev, 'dev')));
    assert.equal(containerCalls, 0);
    assert.equal(leases().length, 1);
  });

  it('a stage terminal is a shell like any other: it stops what runs in it, and tells its size', async () => {
    const { terminal } = scene.code;
    await terminal.write('sleep 4321\n');
    // Pressed any earlier, Ctrl+C would reach the shell, which is about to hand the terminal over.
    const running = () => descendants(scene.server.pid).some(({ command }) => command === 'sleep 4321');
    await eventually(() => assert.ok(running()));
    await terminal.write('\u0003');
    await eventually(() => assert.ok(!running()));
    assert.match(await whoIn('echo size $(stty size | tr " " x)', 'size'), /^\d+x\d{2,}$/);
    assert.match(await whoIn('sleep 600 & kill %1; echo jobs $?', 'jobs'), /^0$/);
  });

  it('another active stage changes nothing in an open terminal', async () => {
    const { code } = scene;
    await code.runCommand('AWS Providers: Switch Active Stage');
    await code.quickInput.pick(/uat/);
    await code.statusBarItem(/uat/).locator.waitFor();
    assert.ok((await whoIn(python, 'boto3')).startsWith(role(ACCOUNTS.dev, 'dev')));
    await code.runCommand('AWS Providers: Switch Active Stage');
    await code.quickInput.pick(/dev/);
    await code.statusBarItem(/dev/).locator.waitFor();
  });

  it('closing the terminal ends its access', async () => {
    const [lease = ''] = leases();
    await scene.code.runCommand('Terminal: Kill the Active Terminal Instance');
    await eventually(() => assert.deepEqual(leases(), []));
    assert.ok(!existsSync(path.join(globalStorage(scene.server), 'leases', lease)));
  });

  it('deploys a stage by its row’s icon, into the role’s account', async () => {
    const { code } = scene;
    await code.view('Stages').action('dev', 'Deploy Stage');
    await code.terminal.waitFor(deployed('shop-dev'), 120_000);
    assert.ok((await stacksOf(ACCOUNTS.dev)).includes('shop-dev'));
    assert.deepEqual(await stacksOf(ACCOUNTS.tools), []);
    const callers = deployCallers(ACCOUNTS.dev);
    assert.ok(callers.length > 0);
    assert.ok(callers.every((arn) => arn.startsWith(role(ACCOUNTS.dev, 'dev'))));
    await eventually(() => assert.deepEqual(leases(), []));
  });

  it('asks for the name of a protected stage and takes no other', async () => {
    const { code, aws } = scene;
    await code.view('Stages').action('uat', 'Deploy Stage');
    await code.quickInput.waitForTitle('Deploy a protected stage');
    await code.quickInput.fill('dev');
    await code.quickInput.accept();
    await eventually(async () => assert.match(await code.quickInput.message(), /Type exactly “uat”/));
    await code.quickInput.cancel();
    assert.deepEqual(deployCallers(ACCOUNTS.prod), []);
    assert.deepEqual(leases(), []);
    assert.equal(await code.statusBarItem('uat').locator.count(), 0);
    assert.ok(!aws.calls().some(({ callerArn }) => callerArn?.startsWith(role(ACCOUNTS.prod, 'uat/osls'))));
  });

  describe('while another extension sets AWS variables in every terminal and task', () => {
    before(async () => {
      await scene.code.runCommand('Foreign: Take Over');
      // The collection is on its way; a plain terminal shows when it has arrived.
      await scene.code.runCommand('Terminal: Create New Terminal');
      await scene.code.terminal.waitFor(/[$#] ?$/m);
      await eventually(async () =>
        assert.ok((await whoIn('echo profile $AWS_PROFILE-', 'profile')).startsWith('stranger-')),
      );
      await scene.code.runCommand('Terminal: Kill the Active Terminal Instance');
    });

    it('a deploy still lands in the stage’s account', async () => {
      const { code } = scene;
      await code.view('Stages').action('uat', 'Deploy Stage');
      await code.quickInput.waitForTitle('Deploy a protected stage');
      await code.quickInput.fill('uat');
      await code.quickInput.accept();
      await code.terminal.waitFor(deployed('shop-uat'), 120_000);
      assert.ok((await stacksOf(ACCOUNTS.prod)).includes('shop-uat'));
      assert.deepEqual(await stacksOf(ACCOUNTS.tools), []);
      assert.ok(deployCallers(ACCOUNTS.prod).every((arn) => arn.startsWith(role(ACCOUNTS.prod, 'uat'))));
    });

    it('a stage terminal has the stage’s identity or none', async () => {
      const { code } = scene;
      await code.view('Stages').action('dev', 'Open Terminal for Stage');
      await code.terminal.waitFor(/[$#] ?$/m);
      const found = [await whoIn(python, 'boto3'), await whoIn(sdk, 'sdk')];
      assert.ok(!found.some((who) => who.includes(stranger.arn)), found.join('\n'));
      assert.equal(containerCalls, 0);
    });
  });
});
