import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ACCOUNTS, startAws, type Aws, type UserKeys } from '../aws/emulator.ts';
import { pythonLocation } from '../vscode/locations.mjs';
import { connectPage } from './connectPanel.ts';
import { eventually } from './eventually.ts';
import { savedState } from './savedState.ts';
import { openScene, type Scene } from './scene.ts';

void describe('credentials that are on the machine already', () => {
  let aws: Aws;
  let scene: Scene;
  let home = '';
  let worker: UserKeys;
  let environment: UserKeys;
  let planted: ReadonlyMap<string, string>;

  /** Text and time of every file below `~/.aws`. */
  async function awsFiles(): Promise<ReadonlyMap<string, string>> {
    const folder = path.join(home, '.aws');
    const found = new Map<string, string>();
    for (const name of await readdir(folder, { recursive: true })) {
      const file = path.join(folder, name);
      const { mtimeMs, mode, ino } = await stat(file);
      found.set(name, `${mtimeMs} ${mode} ${ino} ${await readFile(file, 'utf8').catch(() => 'folder')}`);
    }
    return found;
  }

  before(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'stage-providers-home-'));
    // The keys must be in the environment and files before the editor starts.
    aws = await startAws({ python: pythonLocation() });
    worker = await aws.createUser(ACCOUNTS.dev, 'worker');
    environment = await aws.createUser(ACCOUNTS.prod, 'from-environment');
    const root = aws.rootKey(ACCOUNTS.dev);
    const section = (name: string, keys: UserKeys): string =>
      `[${name}]\naws_access_key_id = ${keys.accessKeyId}\naws_secret_access_key = ${keys.secretAccessKey}\n`;
    await mkdir(path.join(home, '.aws'));
    await writeFile(
      path.join(home, '.aws', 'credentials'),
      [
        section('work', worker),
        section('mistyped', { ...worker, accessKeyId: 'AKIAUNKNOWNUNKNOWN22' }),
        section('root', root),
      ].join('\n'),
      { mode: 0o600 },
    );
    await writeFile(
      path.join(home, '.aws', 'config'),
      '[profile work]\nregion = eu-central-1\n\n[profile company]\nsso_session = company\nsso_account_id = 111111111111\nsso_role_name = Admin\n\n[sso-session company]\nsso_start_url = https://example.awsapps.com/start\nsso_region = eu-west-1\n',
    );
    planted = await awsFiles();
    scene = await openScene({
      code: {
        home,
        env: {
          AWS_ENDPOINT_URL: aws.endpoint,
          AWS_ACCESS_KEY_ID: environment.accessKeyId,
          AWS_SECRET_ACCESS_KEY: environment.secretAccessKey,
        },
      },
    });
  });
  after(async () => {
    await scene.dispose();
    await aws.dispose();
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  });

  const providers = () => scene.code.view('Providers');

  void it('lists them, and asks nobody', async () => {
    await scene.code.openContainer('AWS Providers');
    await providers().waitForRow('Found on this machine');
    const rows = (await providers().rows()).map(({ label, description }) => [label, description]);
    assert.deepEqual(rows, [
      ['Found on this machine', 'use these?'],
      ['company', 'IAM Identity Center · who is this?'],
      ['mistyped', 'access keys · who is this?'],
      ['root', 'access keys · who is this?'],
      ['work', 'access keys · who is this?'],
      ['Environment', `AKIA…${environment.accessKeyId.slice(-4)} · access keys · who is this?`],
      ['Connect another way…', ''],
    ]);
    assert.deepEqual(aws.calls(), []);
  });

  void it('says account and ARN after one click, and saves nothing by that', async () => {
    await providers().action('work', 'Who Is This?');
    const { message, buttons } = await scene.code.notifications.waitFor('“work” is account');
    assert.equal(message, `“work” is account ${ACCOUNTS.dev}: ${worker.arn}`);
    assert.deepEqual(buttons, ['Use as Provider', 'Create an Access Role']);
    assert.deepEqual(
      aws.calls().map(({ action, callerArn }) => [action, callerArn]),
      [['GetCallerIdentity', worker.arn]],
    );
    const row = (await providers().rows()).find(({ label }) => label === 'work');
    assert.equal(row?.description, `${ACCOUNTS.dev} · IAM user worker`);
    assert.deepEqual(savedState(scene.server).providers, []);
  });

  void it('begins Quick Connect with it', async () => {
    await scene.code.notifications.click('“work” is account', 'Create an Access Role');
    const connect = await connectPage(scene.code, false);
    await connect.waitForText('AWS says you are');
    await connect.waitForText(worker.arn);
    assert.ok(await connect.frame.getByRole('radio', { name: /^work/ }).isChecked());
    assert.deepEqual(savedState(scene.server).providers, []);
  });

  void it('becomes a provider on another click, and is not listed any more', async () => {
    await scene.code.notifications.clear();
    await providers().action('work', 'Use as Provider');
    await scene.code.notifications.waitFor('“work” is a provider now');
    const [provider] = savedState(scene.server).providers;
    assert.ok(provider?.kind === 'profile');
    assert.deepEqual(
      [provider.name, provider.accountId, provider.profile, provider.arn],
      ['work', ACCOUNTS.dev, 'work', worker.arn],
    );
    await eventually(async () => {
      const labels = (await providers().rows()).map(({ label }) => label);
      assert.deepEqual(labels.filter((label) => label === 'work').length, 1);
      assert.ok(!labels.includes('Connect another way…'));
    });
  });

  void it('root keys never become a provider', async () => {
    await scene.code.notifications.clear();
    await providers().click('root');
    const { message, severity, buttons } = await scene.code.notifications.waitFor('“root” is account');
    assert.equal(severity, 'warning');
    assert.match(message, /never becomes a provider/);
    assert.deepEqual(buttons, []);
    await eventually(async () => {
      assert.deepEqual(await providers().actions('root'), []);
    });
  });

  void it('leaves the sign-in of the AWS CLI alone, and says how to go on', async () => {
    await scene.code.notifications.clear();
    const before = aws.calls().length;
    await providers().click('company');
    const { message } = await scene.code.notifications.waitFor('The sign-in of profile company has ended');
    assert.match(message, /aws sso login --profile company/);
    assert.equal(aws.calls().length, before);
  });

  void it('keys of the environment become a provider whose keys are kept', async () => {
    await scene.code.notifications.clear();
    await providers().action('Environment', 'Who Is This?');
    await scene.code.notifications.waitFor(environment.arn);
    await scene.code.notifications.click(environment.arn, 'Use as Provider');
    const { buttons } = await scene.code.notifications.waitFor('“from-environment” is a provider now');
    assert.deepEqual(buttons, ['Link Stage to Provider', 'Create an Access Role']);
    const made = savedState(scene.server).providers.find(({ kind }) => kind === 'access-key');
    assert.equal(made?.accountId, ACCOUNTS.prod);
    await providers().waitForRow('Found on this machine');
    await scene.code.reload();
    await scene.code.openContainer('AWS Providers');
    await providers().waitForRow('Found on this machine');
    const labels = (await providers().rows()).map(({ label }) => label);
    assert.ok(!labels.includes('Environment'), labels.join());
  });

  void it('imports several profiles: those that work, with the reason for each other', async () => {
    const other = await aws.createUser(ACCOUNTS.dev, 'other');
    const file = path.join(home, '.aws', 'credentials');
    await writeFile(
      file,
      `${await readFile(file, 'utf8')}\n[later]\naws_access_key_id = ${other.accessKeyId}\naws_secret_access_key = ${other.secretAccessKey}\n`,
    );
    planted = await awsFiles();
    const { quickInput, notifications } = scene.code;
    await scene.code.runCommand('AWS Providers: Import AWS Profiles');
    await quickInput.settled();
    const labels = (await quickInput.items()).map(({ label }) => label);
    assert.deepEqual(labels, ['company', 'later', 'mistyped', 'root']);
    for (const label of ['later', 'mistyped', 'root']) await quickInput.toggle(label);
    await quickInput.accept();
    const { message } = await notifications.waitFor('Not imported');
    assert.match(message, /Imported: later\. Not imported: 2\./);
    assert.match(message, /mistyped: AWS does not know this access key\./);
    assert.match(message, /root: These keys belong to the root user/);
    const profiles = savedState(scene.server).providers.filter(({ kind }) => kind === 'profile');
    assert.deepEqual(profiles.map(({ name }) => name).toSorted(), ['later', 'work']);
    await eventually(async () => {
      const rows = (await providers().rows()).filter(({ label }) => label === 'later');
      assert.deepEqual(
        rows.map(({ description }) => description),
        [ACCOUNTS.dev],
      );
    });
  });

  void it('hides them for good', async () => {
    await providers().action('Found on this machine', 'Hide');
    await eventually(async () => {
      const labels = (await providers().rows()).map(({ label }) => label);
      assert.ok(!labels.includes('Found on this machine'));
    });
    await scene.code.reload();
    await scene.code.openContainer('AWS Providers');
    await providers().waitForRow('work');
    const labels = (await providers().rows()).map(({ label }) => label);
    assert.ok(!labels.includes('Found on this machine'), labels.join());
  });

  void it('never wrote to the files of the user', async () => {
    assert.deepEqual(await awsFiles(), planted);
  });
});
