import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation';
import { IAMClient } from '@aws-sdk/client-iam';
import type { RolePlan } from '../../src/core/quickConnect/plan.ts';
import { roleTemplate } from '../../src/core/quickConnect/template.ts';
import { ACCOUNTS, startAws, type Aws } from '../aws/emulator.ts';
import { emulatorPython } from '../aws/python.ts';
import { isDone, openConnect, rests, toRoleStep, type ConnectMachine } from './connectSetUp.ts';
import { accessRole, loadRole, setFields, toRoleStepAs, useProfile } from './connectSteps.ts';

const account = ACCOUNTS.dev;
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

test('advanced: own role name, policies, boundary and session length reach the role', async () => {
  const { keys, alias } = await newUser();
  await toRoleStep(connect, keys);
  await connect.send({ type: 'setMode', mode: 'advanced' }, { type: 'setPermissionKind', kind: 'policies' });
  await setFields(connect, {
    alias,
    roleName: `own-name-${users}`,
    sessionHours: '4',
    policyArns: 'arn:aws:iam::aws:policy/PowerUserAccess',
  });
  await connect.send({ type: 'create' });
  await connect.waitFor(isDone);
  assert.equal((await loadRole(aws, account, `own-name-${users}`)).MaxSessionDuration, 4 * 3600);
  const { expiresAt = 0 } = await connect.credentials.get((await accessRole(connect)).id);
  assert.ok(expiresAt - aws.clock.now() > 3.5 * 3_600_000);
});

test('advanced fields are checked as typed, and nothing is created while one is wrong', async () => {
  const { keys } = await newUser();
  await toRoleStep(connect, keys);
  await connect.send({ type: 'setMode', mode: 'advanced' }, { type: 'setPermissionKind', kind: 'policies' });
  await setFields(connect, {
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
  await setFields(connect, { alias, services: 'shop' });
  assert.ok(connect.view().role?.notes.some((note) => note.includes('permissionsBoundary')));
  await connect.send({ type: 'create' });
  await connect.waitFor(isDone);
  const credentials = await connect.credentials.get((await accessRole(connect)).id);
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
      folder,
      name,
      await aws.roleSession(account, name, { path: '/team/', sessionName: 'jane', policies }),
    );
    await toRoleStepAs(connect, name);
    await setFields(connect, { alias: `by ${name}` });
    await connect.send({ type: 'create' });
    const view = await connect.waitFor(rests);
    assert.equal(view.step, 'done', JSON.stringify(view.notice));
    const { trust } = await loadRole(aws, account, `stage-providers-by-${name}`);
    assert.deepEqual(trust.Statement[0]?.['Principal'], expected);
  }
});

test('“only me” lets in this session name and no other', async () => {
  const policies = { Statement: [{ Effect: 'Allow' as const, NotAction: 'iam:GetRole', Resource: '*' }] };
  await useProfile(
    folder,
    'shared',
    await aws.roleSession(account, 'Shared', { sessionName: 'jane', policies }),
  );
  await toRoleStepAs(connect, 'shared');
  assert.equal(connect.view().role?.onlyMe, false);
  await setFields(connect, { alias: 'only jane' });
  await connect.send({ type: 'setOnlyMe', onlyMe: true }, { type: 'create' });
  await connect.waitFor(isDone);
  const { id } = await accessRole(connect);
  await useProfile(
    folder,
    'shared',
    await aws.roleSession(account, 'Shared', { sessionName: 'eve', policies }),
  );
  connect.credentials.forget(id);
  connect.credentials.forget((await accessRole(connect)).sourceProviderId);
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
  await setFields(connect, { alias });
  await connect.send({ type: 'create' });
  await connect.waitFor((view) => view.create?.state === 'awaiting');
  const [opened] = connect.opened;
  assert.ok(opened);
  await createInConsole(opened.plan, opened.externalId);
  await connect.waitFor(isDone);
  assert.equal((await loadRole(aws, account, stackName)).RoleName, stackName);
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
  await setFields(connect, { alias, accountId: ACCOUNTS.prod });
  await connect.send({ type: 'create' });
  await connect.waitFor((view) => view.create?.state === 'awaiting');
  const [opened] = connect.opened;
  assert.ok(opened);
  await createInConsole(opened.plan, opened.externalId);
  await connect.waitFor(isDone);
  assert.equal((await accessRole(connect)).accountId, ACCOUNTS.prod);
});

test('console: a pasted ARN of another account changes nothing, the right one goes on', async () => {
  const { keys, alias, stackName } = await newUser({ policies: assumeOnly });
  await toRoleStep(connect, keys);
  await connect.send({ type: 'setWay', way: 'console' });
  await setFields(connect, { alias });
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
  await setFields(connect, { alias });
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
    await setFields(connect, { alias, roleArn });
    await connect.send({ type: 'useExisting', externalId });
    await connect.waitFor(isDone);
    const provider = await accessRole(connect);
    assert.equal(provider.externalIdEnforced, externalId !== '');
    assert.equal(provider.stack, undefined);
    await connect.credentials.get(provider.id);
  });
}
