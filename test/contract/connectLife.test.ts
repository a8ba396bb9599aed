import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { IAMClient, ListAccessKeysCommand } from '@aws-sdk/client-iam';
import { GetSessionTokenCommand, STSClient } from '@aws-sdk/client-sts';
import { accessKeySecret } from '../../src/core/providers/secretStore.ts';
import type { RolePlan } from '../../src/core/quickConnect/plan.ts';
import { roleTemplate } from '../../src/core/quickConnect/template.ts';
import { ACCOUNTS, startAws, type Aws } from '../aws/emulator.ts';
import { emulatorPython } from '../aws/python.ts';
import { isDone, openConnect, toRoleStep, type ConnectMachine } from './connectSetUp.ts';
import { accessRole, findings, loadRole, setFields, toRoleStepAs, useProfile } from './connectSteps.ts';

const account = ACCOUNTS.dev;
const region = 'eu-west-1';
let aws: Aws;
let connect: ConnectMachine;
let folder: string;
let users = 0;

before(async () => {
  aws = await startAws({ python: emulatorPython() });
  folder = await mkdtemp(path.join(tmpdir(), 'stage-providers-paths-'));
});
after(async () => {
  await aws.dispose();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  connect = await openConnect(aws);
});
afterEach(() => connect.dispose());

async function newUser(options: Parameters<Aws['createUser']>[2] = {}) {
  users += 1;
  const keys = await aws.createUser(account, `life-${users}`, options);
  return { keys, alias: `life ${users}`, stackName: `stage-providers-life-${users}` };
}

test('later life: check, new ExternalId, update, deletion with the stack', async () => {
  const { keys, alias, stackName } = await newUser();
  await toRoleStep(connect, keys);
  await setFields(connect, { alias });
  await connect.send({ type: 'create' });
  await connect.waitFor(isDone);
  const provider = await accessRole(connect);
  const check = () => findings(connect, provider);
  assert.deepEqual(await check(), []);
  const before = JSON.stringify((await loadRole(aws, account, stackName)).trust);
  await connect.operations.run('rotate', provider.id);
  assert.notEqual(JSON.stringify((await loadRole(aws, account, stackName)).trust), before);
  await connect.credentials.get(provider.id);
  await connect.operations.run('update', provider.id);
  assert.deepEqual(await check(), []);
  await connect.operations.run('delete', provider.id);
  assert.ok(!(await aws.stacks(account, region)).some(({ name }) => name === stackName));
  assert.ok(!(await connect.state.load()).providers.some(({ id }) => id === provider.id));
});

test('a trust that was opened by hand, a deleted role and a deleted stack are found', async () => {
  const { keys, alias, stackName } = await newUser();
  await toRoleStep(connect, keys);
  await setFields(connect, { alias });
  await connect.send({ type: 'create' });
  await connect.waitFor(isDone);
  const provider = await accessRole(connect);
  const check = () => findings(connect, provider);
  const client = new IAMClient(aws.sdkConfig(account));
  const { UpdateAssumeRolePolicyCommand } = await import('@aws-sdk/client-iam');
  const Statement = [{ Effect: 'Allow', Principal: { AWS: keys.arn }, Action: 'sts:AssumeRole' }];
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
  await client.send(new UpdateAssumeRolePolicyCommand({ RoleName: stackName, PolicyDocument }));
  client.destroy();
  aws.clock.advance(60_000);
  assert.deepEqual((await check()).toSorted(), ['drifted', 'external-id-not-enforced']);
  await connect.operations.run('rotate', provider.id);
  assert.deepEqual(await check(), []);
  const { DeleteStackCommand } = await import('@aws-sdk/client-cloudformation');
  const stacks = new CloudFormationClient(aws.sdkConfig(account, region));
  await stacks.send(new DeleteStackCommand({ StackName: stackName }));
  stacks.destroy();
  aws.clock.advance(60_000);
  const gone = await check();
  assert.ok(gone.includes('stack-gone') && gone.includes('role-gone'), gone.join());
});

/** Temporary credentials of root, as a console sign-in gives them. */
async function rootSession() {
  const { accessKeyId, secretAccessKey } = aws.rootKey(account);
  const client = new STSClient({ ...aws.sdkConfig(account), credentials: { accessKeyId, secretAccessKey } });
  const { Credentials } = await client.send(new GetSessionTokenCommand({}));
  client.destroy();
  return {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
}

test('the quick-start user: key by API only, assume-only, deleted before the stack', async () => {
  const session = await rootSession();
  const file = await useProfile(folder, 'root', session);
  const untouched = await readFile(file, 'utf8');
  await toRoleStepAs(connect, 'root');
  assert.match(connect.view().identity?.who?.note ?? '', /Root cannot assume roles/);
  await setFields(connect, { alias: 'from root' });
  await connect.send({ type: 'create' });
  await connect.waitFor(isDone);
  const provider = await accessRole(connect);
  await connect.credentials.get(provider.id);
  const client = new IAMClient(aws.sdkConfig(account));
  const UserName = 'stage-providers-from-root-user';
  const { AccessKeyMetadata = [] } = await client.send(new ListAccessKeysCommand({ UserName }));
  assert.equal(AccessKeyMetadata.length, 1);
  const secret = connect.secrets.values.get(accessKeySecret(provider.sourceProviderId)) ?? '';
  assert.ok(secret.includes(AccessKeyMetadata[0]?.AccessKeyId ?? 'none'));
  const template = roleTemplate(provider.plan as RolePlan);
  assert.ok(!template.includes('AWS::IAM::AccessKey'));
  await connect.operations.run('delete', provider.id);
  await assert.rejects(client.send(new ListAccessKeysCommand({ UserName })), {
    name: 'NoSuchEntityException',
  });
  client.destroy();
  assert.equal((await connect.state.load()).providers.length, 0);
  assert.equal(await readFile(file, 'utf8'), untouched);
});
