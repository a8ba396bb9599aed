import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { ACCOUNTS, type Aws } from '../../aws/emulator.ts';
import { connectPage, identifyWithKeys } from '../../e2e/connectPanel.ts';
import { openScene, screenshots } from '../../e2e/scene.ts';
import type { TourContext, TourResult } from '../tour.ts';

const account = ACCOUNTS.dev;
const region = 'us-east-1';
const stack = 'hello-dev';

/**
 * From an empty folder to a deployed service without leaving the editor, osls installed by the real npm; then the later life
 * of its access role: a new ExternalId, a check, an update, and deletion with the stack.
 */
export async function run({ out, vsix, note }: TourContext): Promise<TourResult> {
  const parent = await mkdtemp(path.join(tmpdir(), 'stage-providers-whole-'));
  const folder = path.join(parent, 'hello');
  await mkdir(folder);
  const scene = await openScene({ code: { workspace: folder }, ...(vsix === undefined ? {} : { vsix }) });
  try {
    const { aws, code } = scene;
    const shot = screenshots(code, out);
    const providers = code.view('Providers');
    const keys = await aws.createUser(account, 'deployer');

    await code.openContainer('AWS Providers');
    await code.view('Stages').clickWelcome('Create Serverless Service');
    await code.quickInput.pick('This folder');
    await code.quickInput.fill('hello');
    await shot('create-a-service');
    await code.quickInput.accept();
    await code.view('Stages').waitForRow('dev');
    await shot('service-created');
    await code.notifications.click('was created', 'Install osls');
    await code.notifications.waitFor('osls is installed', 180_000);
    await shot('osls-installed');
    note('Service created, osls installed');

    await code.notifications.click('osls is installed', 'Connect AWS Provider');
    const connect = await connectPage(code, false);
    await connect.waitForHeading('How do you want to connect?');
    await identifyWithKeys(connect, keys);
    await connect.click('Create access role');
    await connect.waitForHeading('Connected', 60_000);
    const roleArn = await connect.frame.getByText(/^arn:aws:iam::/).innerText();
    await shot('connected');
    await connect.click('Deploy now');
    await code.terminal.waitFor(/Service deployed to stack/, 120_000);
    await shot('deployed');
    const landed = (await aws.stacks(account, region)).some(({ name }) => name === stack);
    note(`Deployed with ${roleArn}`);

    const role = 'hello dev';
    const forRole = async (command: string): Promise<void> => {
      await code.runCommand(`AWS Providers: ${command}`);
      await code.quickInput.pick(role);
    };
    const before = await trustOf(aws, roleArn);
    await forRole('Change ExternalId');
    await code.notifications.waitFor('has a new ExternalId', 60_000);
    const rotated = (await trustOf(aws, roleArn)) !== before;
    await shot('new-external-id');
    await forRole('Update Access Role');
    await code.notifications.waitFor('is up to date', 60_000);
    await forRole('Check Access Role');
    await code.notifications.waitFor('are as they should be', 60_000);
    await shot('checked');
    await forRole('Remove Provider');
    await code.dialog().click('Remove and Delete Stack');
    await providers.locator
      .getByText(role, { exact: true })
      .first()
      .waitFor({ state: 'hidden', timeout: 60_000 });
    await shot('removed');
    const left = (await aws.stacks(account, region)).map(({ name }) => name);
    const deleted = !left.includes('stage-providers-hello-dev');
    return { ok: landed && rotated && deleted, account, roleArn, stage: 'dev', stack, rotated, deleted };
  } finally {
    await scene.dispose();
    await rm(parent, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function trustOf(aws: Aws, roleArn: string): Promise<string> {
  const client = new IAMClient(aws.sdkConfig(account));
  const { Role } = await client.send(
    new GetRoleCommand({ RoleName: roleArn.slice(roleArn.lastIndexOf('/') + 1) }),
  );
  client.destroy();
  return Role?.AssumeRolePolicyDocument ?? '';
}
