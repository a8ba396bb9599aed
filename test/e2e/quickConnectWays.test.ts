import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation';
import { GetPolicyCommand, GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { GetSessionTokenCommand, STSClient } from '@aws-sdk/client-sts';
import { ACCOUNTS, type UserKeys } from '../aws/emulator.ts';
import { identifyWithKeys, newConnectPage, type ConnectPage } from './connectPanel.ts';
import { openScene, type Scene } from './scene.ts';

const account = ACCOUNTS.dev;
const connected = 60_000;

/** The ways to a role beside the simple one, in the real workbench; their failures are held at the panel's host side. */
describe('Quick Connect, other ways', () => {
  let scene: Scene;
  let keys: UserKeys;

  before(async () => {
    scene = await openScene();
    keys = await scene.aws.createUser(account, 'deployer');
    await scene.code.openContainer('AWS Providers');
  });
  after(() => scene.dispose());

  async function role(RoleName: string) {
    const client = new IAMClient(scene.aws.sdkConfig(account));
    const { Role } = await client.send(new GetRoleCommand({ RoleName }));
    client.destroy();
    return Role;
  }

  async function chooseWay(connect: ConnectPage, label: string): Promise<void> {
    await connect.click('Another way');
    await connect.frame.getByRole('radio', { name: label }).check();
  }

  it('advanced: a limited role, with the boundary its stack makes', async () => {
    const connect = await newConnectPage(scene.code);
    await identifyWithKeys(connect, keys);
    await connect.frame.getByRole('radio', { name: 'Advanced' }).check();
    await connect.frame.getByLabel('Provider name').fill('limited');
    await connect.frame.getByRole('radio', { name: 'Serverless deploy (limited)' }).check();
    await connect.waitForText(/permissionsBoundary of your services/);
    await connect.click('Create access role');
    await connect.waitForHeading('Connected', connected);
    assert.ok(await role('stage-providers-limited'));
    const client = new IAMClient(scene.aws.sdkConfig(account));
    const PolicyArn = `arn:aws:iam::${account}:policy/stage-providers-limited-boundary`;
    assert.ok((await client.send(new GetPolicyCommand({ PolicyArn }))).Policy);
    client.destroy();
    await scene.code.view('Providers').waitForRow('limited');
  });

  it('an existing role by its ARN and ExternalId', async () => {
    const arn = await scene.aws.createRole(account, 'made-before', {
      trust: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { AWS: keys.arn },
            Action: 'sts:AssumeRole',
            Condition: { StringEquals: { 'sts:ExternalId': 'agreed-upon-before' } },
          },
        ],
      },
    });
    const connect = await newConnectPage(scene.code);
    await identifyWithKeys(connect, keys);
    await chooseWay(connect, 'Use a role that exists');
    await connect.frame.getByLabel('Provider name').fill('existing');
    await connect.frame.getByLabel('Role ARN').fill(arn);
    await connect.frame.getByLabel('ExternalId').fill('agreed-upon-before');
    await connect.click('Verify role');
    await connect.waitForHeading('Connected', connected);
    await scene.code.view('Providers').waitForRow('existing');
  });

  it('in the AWS console: the template is saved with every value, and the stack is seen by itself', async () => {
    const { code } = scene;
    const connect = await newConnectPage(code);
    await identifyWithKeys(connect, keys);
    await chooseWay(connect, 'Create it in the AWS console');
    await connect.frame.getByLabel('Provider name').fill('by hand');
    await connect.click('Open AWS console');
    const file = path.join(path.dirname(scene.workspace), 'stage-providers-by-hand.yaml');
    await code.quickInput.waitForTitle(/Save the template/);
    await code.quickInput.fill(file);
    await code.quickInput.accept();
    await code.dialog().click('Cancel');
    await connect.waitForText('Open AWS console again');
    const client = new CloudFormationClient(scene.aws.sdkConfig(account, 'eu-west-1'));
    await client.send(
      new CreateStackCommand({
        StackName: 'stage-providers-by-hand',
        TemplateBody: await readFile(file, 'utf8'),
        Capabilities: ['CAPABILITY_NAMED_IAM'],
      }),
    );
    client.destroy();
    await connect.waitForHeading('Connected', connected);
  });

  it('root: a session makes a role with a user of its own, and is not kept', async () => {
    const { accessKeyId, secretAccessKey } = scene.aws.rootKey(account);
    const sts = new STSClient({
      ...scene.aws.sdkConfig(account),
      credentials: { accessKeyId, secretAccessKey },
    });
    const { Credentials } = await sts.send(new GetSessionTokenCommand({}));
    sts.destroy();
    await mkdir(path.join(scene.server.home, '.aws'), { recursive: true });
    await writeFile(
      path.join(scene.server.home, '.aws', 'credentials'),
      [
        '[owner]',
        `aws_access_key_id = ${Credentials?.AccessKeyId}`,
        `aws_secret_access_key = ${Credentials?.SecretAccessKey}`,
        `aws_session_token = ${Credentials?.SessionToken}`,
        '',
      ].join('\n'),
    );
    const connect = await newConnectPage(scene.code);
    await connect.chooseMethod('Access role (Quick Connect)');
    await connect.chooseIdentity(/^owner/);
    await connect.waitForText(/Root cannot assume roles/);
    await connect.click('Continue');
    await connect.frame.getByLabel('Provider name').fill('owner');
    await connect.click('Create access role');
    await connect.waitForHeading('Connected', connected);
    const rows = (await scene.code.view('Providers').rows()).map(({ label }) => label);
    assert.ok(
      rows.includes('stage-providers-owner-user') && rows.filter((label) => label === 'owner').length === 1,
    );
  });
});
