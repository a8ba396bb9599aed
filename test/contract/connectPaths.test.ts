import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation';
import { GetRoleCommand, IAMClient, ListAccessKeysCommand } from '@aws-sdk/client-iam';
import { GetSessionTokenCommand, STSClient } from '@aws-sdk/client-sts';
import type { AccessRoleProvider } from '../../src/core/providers/provider.ts';
import { accessKeySecret } from '../../src/core/providers/secretStore.ts';
import { checkRole } from '../../src/core/quickConnect/checkRole.ts';
import type { RolePlan } from '../../src/core/quickConnect/plan.ts';
import { roleTemplate } from '../../src/core/quickConnect/template.ts';
import type { RoleField } from '../../src/protocol/connect.ts';
import { ACCOUNTS, startAws, type Aws } from '../aws/emulator.ts';
import { emulatorPython } from '../aws/python.ts';
import { isDone, openConnect, rests, toRoleStep, type ConnectMachine } from './connectSetUp.ts';

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
  const keys = await aws.createUser(account, `paths-${users}`, options);
  return { keys, alias: `paths ${users}`, stackName: `stage-providers-paths-${users}` };
}

async function set(fields: Partial<Record<RoleField, string>>): Promise<void> {
  for (const [field, value] of Object.entries(fields)) {
    await connect.send({ type: 'setRole', field: field as RoleField, value });
  }
}

/** Writes a profile with session credentials and points the SDK's loader at it, as the environment would. */
async function useProfile(
  name: string,
  session: { accessKeyId: string; secretAccessKey: string; sessionToken?: string },
): Promise<string> {
  const file = path.join(folder, `credentials-${name}`);
  const lines = [
    `[${name}]`,
    `aws_access_key_id = ${session.accessKeyId}`,
    `aws_secret_access_key = ${session.secretAccessKey}`,
    ...(session.sessionToken === undefined ? [] : [`aws_session_token = ${session.sessionToken}`]),
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  process.env['AWS_SHARED_CREDENTIALS_FILE'] = file;
  process.env['AWS_CONFIG_FILE'] = path.join(folder, 'none');
  return file;
}

async function toRoleStepAs(profile: string): Promise<void> {
  await connect.send(
    { type: 'ready' },
    { type: 'selectMethod', method: 'access-role' },
    { type: 'selectIdentity', id: `profile:${profile}` },
    { type: 'confirmIdentity' },
  );
}

async function accessRole(): Promise<AccessRoleProvider> {
  const provider = (await connect.state.load()).providers.find((each) => each.kind === 'access-role');
  assert.ok(provider);
  return provider;
}

async function role(name: string) {
  const client = new IAMClient(aws.sdkConfig(account));
  const { Role } = await client.send(new GetRoleCommand({ RoleName: name }));
  client.destroy();
  assert.ok(Role);
  return {
    ...Role,
    trust: JSON.parse(decodeURIComponent(Role.AssumeRolePolicyDocument ?? '')) as {
      Statement: readonly Record<string, unknown>[];
    },
  };
}

test('advanced: own role name, policies, boundary and session length reach the role', async () => {
  const { keys, alias } = await newUser();
  await toRoleStep(connect, keys);
  await connect.send({ type: 'setMode', mode: 'advanced' }, { type: 'setPermissionKind', kind: 'policies' });
  await set({
    alias,
    roleName: `own-name-${users}`,
    sessionHours: '4',
    policyArns: 'arn:aws:iam::aws:policy/PowerUserAccess',
  });
  await connect.send({ type: 'create' });
  await connect.waitFor(isDone);
  assert.equal((await role(`own-name-${users}`)).MaxSessionDuration, 4 * 3600);
  const { expiresAt = 0 } = await connect.credentials.get((await accessRole()).id);
  assert.ok(expiresAt - aws.clock.now() > 3.5 * 3_600_000);
});

test('advanced fields are checked as typed, and nothing is created while one is wrong', async () => {
  const { keys } = await newUser();
  await toRoleStep(connect, keys);
  await connect.send({ type: 'setMode', mode: 'advanced' }, { type: 'setPermissionKind', kind: 'policies' });
  await set({
    alias: '',
    region: 'nowhere',
    roleName: 'a b',
    sessionHours: '13',
    boundaryArn: 'x',
    policyArns: '',
  });
  assert.deepEqual(Object.keys(connect.view().role?.problems ?? {}).toSorted(), [
    'alias',
    'boundaryArn',
    'policyArns',
    'region',
    'roleName',
    'sessionHours',
  ]);
  aws.clearCalls();
  await connect.send({ type: 'create' });
  assert.equal(connect.view().step, 'role');
  assert.equal(connect.view().notice?.severity, 'error');
  assert.deepEqual(aws.calls(), []);
});

test('limited: the role deploys the service within the boundary, and cannot make an unbounded role', async () => {
  const { keys, alias, stackName } = await newUser();
  await toRoleStep(connect, keys);
  await connect.send({ type: 'setMode', mode: 'advanced' }, { type: 'setPermissionKind', kind: 'limited' });
  await set({ alias, services: 'shop' });
  assert.ok(connect.view().role?.notes.some((note) => note.includes('permissionsBoundary')));
  await connect.send({ type: 'create' });
  await connect.waitFor(isDone);
  const credentials = await connect.credentials.get((await accessRole()).id);
  const { CreateRoleCommand } = await import('@aws-sdk/client-iam');
  const client = new IAMClient({ ...aws.sdkConfig(account), credentials, maxAttempts: 1 });
  const AssumeRolePolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
    ],
  });
  const RoleName = `shop-dev-${users}`;
  const PermissionsBoundary = `arn:aws:iam::${account}:policy/${stackName}-boundary`;
  await assert.rejects(client.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument })), {
    name: 'AccessDenied',
  });
  await client.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument, PermissionsBoundary }));
  client.destroy();
});

test('a role session with a path is trusted by the role’s real ARN; without leave to read it, by name', async () => {
  for (const [name, policies, expected] of [
    ['Deployers', 'admin', { AWS: `arn:aws:iam::${account}:role/team/Deployers` }],
    [
      'Readers',
      {
        Statement: [
          {
            Effect: 'Allow',
            Action: [
              'cloudformation:*',
              'sts:*',
              'iam:CreateRole',
              'iam:AttachRolePolicy',
              'iam:PassRole',
              'iam:TagRole',
            ],
            Resource: '*',
          },
        ],
      },
      { AWS: `arn:aws:iam::${account}:root` },
    ],
  ] as const) {
    await connect.dispose();
    connect = await openConnect(aws);
    await useProfile(
      name,
      await aws.roleSession(account, name, { path: '/team/', sessionName: 'jane', policies }),
    );
    await toRoleStepAs(name);
    await set({ alias: `by ${name}` });
    await connect.send({ type: 'create' });
    const view = await connect.waitFor(rests);
    assert.equal(view.step, 'done', JSON.stringify(view.notice));
    const { trust } = await role(`stage-providers-by-${name}`);
    assert.deepEqual(trust.Statement[0]?.['Principal'], expected);
  }
});

test('“only me” lets in this session name and no other', async () => {
  const policies = { Statement: [{ Effect: 'Allow' as const, NotAction: 'iam:GetRole', Resource: '*' }] };
  await useProfile('shared', await aws.roleSession(account, 'Shared', { sessionName: 'jane', policies }));
  await toRoleStepAs('shared');
  assert.equal(connect.view().role?.onlyMe, false);
  await set({ alias: 'only jane' });
  await connect.send({ type: 'setOnlyMe', onlyMe: true }, { type: 'create' });
  await connect.waitFor(isDone);
  const { id } = await accessRole();
  await useProfile('shared', await aws.roleSession(account, 'Shared', { sessionName: 'eve', policies }));
  connect.credentials.forget(id);
  connect.credentials.forget((await accessRole()).sourceProviderId);
  await assert.rejects(connect.credentials.get(id), { code: 'access-denied' });
});

test('root keys are refused, and nothing is saved', async () => {
  const keys = aws.rootKey(account);
  await toRoleStep(connect, keys);
  assert.equal(connect.view().step, 'identity');
  assert.match(connect.view().notice?.message ?? '', /root user/);
  assert.equal(connect.secrets.values.size, 0);
});

test('console: seen by DescribeStacks, failures included, with every value in the saved template', async () => {
  const { keys, alias, stackName } = await newUser();
  await toRoleStep(connect, keys);
  await connect.send({ type: 'setWay', way: 'console' });
  await set({ alias });
  await connect.send({ type: 'create' });
  await connect.waitFor((view) => view.create?.state === 'awaiting');
  const [opened] = connect.opened;
  assert.ok(opened);
  await createInConsole(opened.plan, opened.externalId);
  await connect.waitFor(isDone);
  assert.equal((await role(stackName)).RoleName, stackName);
});

async function createInConsole(plan: RolePlan, externalId: string): Promise<void> {
  const client = new CloudFormationClient(aws.sdkConfig(plan.accountId, plan.region));
  await client.send(
    new CreateStackCommand({
      StackName: plan.stackName,
      TemplateBody: roleTemplate(plan, { externalId }),
      Capabilities: ['CAPABILITY_NAMED_IAM'],
    }),
  );
  client.destroy();
}

const assumeOnly = { Statement: [{ Effect: 'Allow' as const, Action: 'sts:AssumeRole', Resource: '*' }] };

test('console in another account without leave to look: seen by trying the role', async () => {
  const { keys, alias } = await newUser({ policies: assumeOnly });
  await toRoleStep(connect, keys);
  await connect.send({ type: 'setWay', way: 'console' });
  await set({ alias, accountId: ACCOUNTS.prod });
  await connect.send({ type: 'create' });
  await connect.waitFor((view) => view.create?.state === 'awaiting');
  const [opened] = connect.opened;
  assert.ok(opened);
  await createInConsole(opened.plan, opened.externalId);
  await connect.waitFor(isDone);
  assert.equal((await accessRole()).accountId, ACCOUNTS.prod);
});

test('console: a pasted ARN of another account changes nothing, the right one goes on', async () => {
  const { keys, alias, stackName } = await newUser({ policies: assumeOnly });
  await toRoleStep(connect, keys);
  await connect.send({ type: 'setWay', way: 'console' });
  await set({ alias });
  await connect.send({ type: 'create' });
  await connect.waitFor((view) => view.create?.state === 'awaiting');
  await connect.send({ type: 'submitRoleArn', roleArn: `arn:aws:iam::${ACCOUNTS.prod}:role/${stackName}` });
  assert.match(connect.view().notice?.message ?? '', new RegExp(`${ACCOUNTS.prod}.*${account}`));
  await connect.send({ type: 'submitRoleArn', roleArn: 'nonsense' });
  assert.match(connect.view().notice?.message ?? '', /not the ARN of a role/);
  const [opened] = connect.opened;
  assert.ok(opened);
  await createInConsole(opened.plan, opened.externalId);
  await connect.send({ type: 'submitRoleArn', roleArn: `arn:aws:iam::${account}:role/${stackName}` });
  await connect.waitFor(isDone);
});

test('console: cancelling leaves nothing pending', async () => {
  const { keys, alias } = await newUser();
  await toRoleStep(connect, keys);
  await connect.send({ type: 'setWay', way: 'console' });
  await set({ alias });
  await connect.send({ type: 'create' });
  await connect.waitFor((view) => view.create?.state === 'awaiting');
  await connect.send({ type: 'cancel' });
  await connect.waitFor((view) => view.create?.state === 'cancelled');
  assert.deepEqual((await connect.state.load()).pendingWork, []);
});

for (const externalId of ['shared-external-id', '']) {
  test(`an existing role ${externalId === '' ? 'without' : 'with'} an ExternalId`, async () => {
    const { keys, alias } = await newUser();
    const Condition =
      externalId === '' ? {} : { Condition: { StringEquals: { 'sts:ExternalId': externalId } } };
    const roleArn = await aws.createRole(account, `existing-${users}`, {
      path: '/team/',
      trust: {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal: { AWS: keys.arn }, Action: 'sts:AssumeRole', ...Condition },
        ],
      },
    });
    await toRoleStep(connect, keys);
    await connect.send({ type: 'setWay', way: 'existing' });
    await set({ alias, roleArn });
    await connect.send({ type: 'useExisting', externalId });
    await connect.waitFor(isDone);
    const provider = await accessRole();
    assert.equal(provider.externalIdEnforced, externalId !== '');
    assert.equal(provider.stack, undefined);
    await connect.credentials.get(provider.id);
  });
}

test('later life: check, new ExternalId, update, deletion with the stack', async () => {
  const { keys, alias, stackName } = await newUser();
  await toRoleStep(connect, keys);
  await set({ alias });
  await connect.send({ type: 'create' });
  await connect.waitFor(isDone);
  const provider = await accessRole();
  const check = async () =>
    (await checkRole(provider, provider.plan as RolePlan, connect.checks(provider))).map(({ code }) => code);
  assert.deepEqual(await check(), []);
  const before = JSON.stringify((await role(stackName)).trust);
  await connect.operations.run('rotate', provider.id);
  assert.notEqual(JSON.stringify((await role(stackName)).trust), before);
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
  await set({ alias });
  await connect.send({ type: 'create' });
  await connect.waitFor(isDone);
  const provider = await accessRole();
  const check = async () =>
    (await checkRole(provider, provider.plan as RolePlan, connect.checks(provider))).map(({ code }) => code);
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
  const file = await useProfile('root', session);
  const untouched = await readFile(file, 'utf8');
  await toRoleStepAs('root');
  assert.match(connect.view().identity?.who?.note ?? '', /Root cannot assume roles/);
  await set({ alias: 'from root' });
  await connect.send({ type: 'create' });
  await connect.waitFor(isDone);
  const provider = await accessRole();
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
