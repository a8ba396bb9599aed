import assert from 'node:assert/strict';
import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { ACCOUNTS, type UserKeys } from '../aws/emulator.ts';
import { identifyWithKeys, newConnectPage } from './connectPanel.ts';
import { savedState, workspaceSettings } from './savedState.ts';
import { openScene, type Scene } from './scene.ts';

const region = 'eu-west-1';
const connected = 60_000;

describe('Quick Connect', () => {
  let scene: Scene;
  let keys: UserKeys;

  before(async () => {
    scene = await openScene();
    keys = await scene.aws.createUser(ACCOUNTS.dev, 'deployer');
    await scene.code.openContainer('AWS Providers');
  });
  after(() => scene.dispose());

  /** The trust policy of a role as IAM has it. */
  async function trustPolicy(account: string, RoleName: string): Promise<unknown> {
    const client = new IAMClient(scene.aws.sdkConfig(account, region));
    const { Role } = await client.send(new GetRoleCommand({ RoleName }));
    client.destroy();
    return JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ''));
  }

  /** The ExternalId that the role's stack was given. */
  function externalIdOf(account: string): string {
    const create = scene.aws
      .calls()
      .findLast((call) => call.action === 'CreateStack' && call.accountId === account);
    const found = /"ParameterKey":"ExternalId","ParameterValue":"([^"]+)"/.exec(
      JSON.stringify(create?.params),
    );
    return found?.[1] ?? '';
  }

  const exactTrust = (principal: string, externalId: string) => ({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: principal },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'sts:ExternalId': externalId } },
      },
    ],
  });

  describe('with access keys', () => {
    const role = 'stage-providers-shop-dev';
    let externalId = '';

    before(async () => {
      const connect = await newConnectPage(scene.code);
      await identifyWithKeys(connect, keys);
      await connect.click('Create access role');
      await connect.waitForHeading('Connected', connected);
      externalId = externalIdOf(ACCOUNTS.dev);
    });

    it('makes one stack, in the account of the keys and the region of the stage', async () => {
      const stacks = await scene.aws.stacks(ACCOUNTS.dev, region);
      assert.deepEqual(
        stacks.map(({ name, status }) => [name, status]),
        [[role, 'CREATE_COMPLETE']],
      );
      assert.deepEqual(await scene.aws.stacks(ACCOUNTS.tools, region), []);
      assert.deepEqual(await scene.aws.stacks(ACCOUNTS.prod, region), []);
    });

    it('lets in this user with the ExternalId, and nobody else', async () => {
      assert.match(externalId, /^[\w+=,.@:/-]{22,}$/);
      assert.deepEqual(await trustPolicy(ACCOUNTS.dev, role), exactTrust(keys.arn, externalId));

      const RoleArn = `arn:aws:iam::${ACCOUNTS.dev}:role/${role}`;
      const client = new STSClient({ ...scene.aws.sdkConfig(ACCOUNTS.dev, region), credentials: keys });
      const assume = (ExternalId?: string) =>
        client.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'outside', ExternalId }));
      await assert.rejects(assume(), { name: 'AccessDenied' });
      await assert.rejects(assume(`${externalId}x`), { name: 'AccessDenied' });
      const { AssumedRoleUser } = await assume(externalId);
      assert.equal(AssumedRoleUser?.Arn, `arn:aws:sts::${ACCOUNTS.dev}:assumed-role/${role}/outside`);
      client.destroy();
    });

    it('verified both ways before it said so', () => {
      const assumed = scene.aws
        .calls()
        .filter(({ action, params }) => action === 'AssumeRole' && params['RoleSessionName'] !== 'outside')
        .map(({ params, error }) => [params['ExternalId'] === externalId, error ?? 'given']);
      assert.ok(assumed.some(([withId, outcome]) => withId === true && outcome === 'given'));
      assert.ok(assumed.some(([withId, outcome]) => withId === false && outcome === 'AccessDenied'));
      assert.ok(!assumed.some(([withId, outcome]) => withId === false && outcome === 'given'));
    });

    it('writes a link that can be committed', async () => {
      assert.deepEqual(workspaceSettings(scene.workspace), {
        'awsProviders.stages': { dev: { account: ACCOUNTS.dev, role } },
      });
    });

    it('keeps no secret in the state file', () => {
      const [source, provider, ...others] = savedState(scene.server).providers;
      assert.deepEqual(others, []);
      assert.equal(source?.kind, 'access-key');
      assert.equal(provider?.kind, 'access-role');
      assert.equal(provider.accountId, ACCOUNTS.dev);
      assert.ok(provider.kind === 'access-role' && provider.externalIdEnforced);
      const text = JSON.stringify(savedState(scene.server));
      assert.ok(!text.includes(keys.secretAccessKey));
      assert.ok(!text.includes(externalId));
    });

    it('shows it in both views and the status bar, as the active stage', async () => {
      const stages = await scene.code.view('Stages').text();
      assert.match(stages, new RegExp(`^dev — active · shop dev · ${ACCOUNTS.dev} · ${region}`, 'm'));
      assert.match(stages, /^uat — not linked/m);
      const providers = await scene.code.view('Providers').text();
      assert.match(providers, new RegExp(`^Access role\n  shop dev — ${ACCOUNTS.dev}`, 'm'));
      assert.match(providers, new RegExp(`^Access keys\n  deployer — ${ACCOUNTS.dev}`, 'm'));
      const item = scene.code.statusBarItem('shop dev');
      assert.match(await item.text(), /^dev · shop dev/);
      assert.equal(await item.background(), 'plain');
    });

    it('says on the last page what there is now', async () => {
      const connect = await scene.code.webview('Connect AWS Provider');
      const text = await connect.locator('body').innerText();
      assert.ok(text.includes(`arn:aws:iam::${ACCOUNTS.dev}:role/${role}`));
      assert.ok(text.includes('shop · dev'));
    });
  });

  it('shows the very template it creates', async () => {
    const { code, page, aws } = scene;
    const connect = await newConnectPage(code);
    await identifyWithKeys(connect, await aws.createUser(ACCOUNTS.tools, 'builder'));
    await connect.click('View template');
    await page.locator('.part.editor .editor-instance .view-lines').last().click();
    await page.keyboard.press('Control+A');
    await page.keyboard.press('Control+C');
    const shown = await page.evaluate(() => navigator.clipboard.readText());
    await connect.click('Create access role');
    const { params } = await aws.waitForCall(
      ({ action, accountId }) => action === 'CreateStack' && accountId === ACCOUNTS.tools,
    );
    assert.equal(shown, params['TemplateBody']);
    assert.match(shown, /Type: "?AWS::IAM::Role/);
    assert.ok([...shown.matchAll(/^ *# \S.*$/gm)].length >= 6, 'commented for the person who reads it');
    await connect.waitForHeading('Connected', connected);
  });

  it('works with a local profile, whose files stay as they are', async () => {
    const { aws, code, server } = scene;
    const user = await aws.createUser(ACCOUNTS.prod, 'ana');
    const folder = path.join(server.home, '.aws');
    await mkdir(folder);
    await writeFile(
      path.join(folder, 'config'),
      `# mine\n[default]\nregion = us-west-2\n\n[profile shop-admin]\nregion = ${region}\noutput = json\n`,
    );
    await writeFile(
      path.join(folder, 'credentials'),
      `[shop-admin]\naws_access_key_id = ${user.accessKeyId}\naws_secret_access_key=${user.secretAccessKey}\n`,
    );
    const snapshot = async (): Promise<unknown> =>
      Promise.all(
        (await readdir(folder, { recursive: true })).toSorted().map(async (name) => {
          const file = path.join(folder, name);
          return [name, (await stat(file)).mtimeMs, await readFile(file, 'utf8')];
        }),
      );
    const before = await snapshot();

    const connect = await newConnectPage(code);
    await connect.chooseMethod('Access role (Quick Connect)');
    await connect.chooseIdentity(/^shop-admin/);
    await connect.waitForText('AWS says you are');
    await connect.waitForText(user.arn);
    await connect.click('Continue');
    await connect.waitForHeading('What role?');
    const role = await connect.fact('Role');
    await connect.click('Create access role');
    await connect.waitForHeading('Connected', connected);

    assert.deepEqual(
      await trustPolicy(ACCOUNTS.prod, role),
      exactTrust(user.arn, externalIdOf(ACCOUNTS.prod)),
    );
    assert.deepEqual(await snapshot(), before);
    assert.ok(!JSON.stringify(savedState(server)).includes(user.secretAccessKey));

    await code.view('Providers').action(/shop prod/, 'Test Provider');
    const told = await code.notifications.waitFor(/works: account/);
    assert.ok(told.message.includes(`arn:aws:sts::${ACCOUNTS.prod}:assumed-role/${role}/`), told.message);
  });
});
