import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation';
import { ACCOUNTS, startAws, type Aws } from '../aws/emulator.ts';
import { emulatorPython } from '../aws/python.ts';
import { isDone, openConnect, rests, toRoleStep, type ConnectMachine } from './connectSetUp.ts';

const account = ACCOUNTS.dev;
const region = 'eu-west-1';
let aws: Aws;
let connect: ConnectMachine;
let users = 0;

before(async () => {
  aws = await startAws({ python: emulatorPython() });
});
after(() => aws.dispose());
beforeEach(async () => {
  connect = await openConnect(aws);
});
afterEach(async () => {
  aws.faults.clear();
  aws.clock.skewMs = 0;
  await connect.dispose();
});

/** A new user, whose name also makes the role's names new. */
async function newUser(policies: Parameters<Aws['createUser']>[2] = {}) {
  users += 1;
  const keys = await aws.createUser(account, `user-${users}`, policies);
  const alias = `case ${users}`;
  return { keys, alias, stackName: `stage-providers-case-${users}` };
}

async function create(alias: string): Promise<void> {
  await connect.send({ type: 'setRole', field: 'alias', value: alias }, { type: 'create' });
}

async function livingStacks(): Promise<readonly string[]> {
  return (await aws.stacks(account, region)).map(({ name }) => name);
}

/** Every call of the main job, as the emulator's log names it. */
const calls = [
  ['sts', 'GetCallerIdentity'],
  ['cloudformation', 'CreateStack'],
  ['cloudformation', 'DescribeStacks'],
  ['cloudformation', 'DescribeStackEvents'],
  ['sts', 'AssumeRole'],
] as const;

test('the log of the main job holds exactly the calls whose refusal is tried below', async () => {
  const { keys, alias } = await newUser();
  aws.clearCalls();
  await toRoleStep(connect, keys);
  await create(alias);
  await connect.waitFor(isDone);
  const seen = new Set(aws.calls().map(({ service, action }) => `${service}:${action}`));
  assert.deepEqual([...seen].toSorted(), calls.map(([service, action]) => `${service}:${action}`).toSorted());
});

for (const [service, action] of calls) {
  test(`refused ${service}:${action}: said by name, nothing left unlisted, and it goes on once allowed`, async () => {
    const { keys, alias, stackName } = await newUser();
    const allow = aws.faults.add({ kind: 'accessDenied', service, action, accountId: account });
    await toRoleStep(connect, keys);
    if (connect.view().step === 'identity') {
      const { notice } = connect.view();
      assert.match(`${notice?.message} ${notice?.hint}`, new RegExp(`${service}:${action}`));
      allow();
      await toRoleStep(connect, keys);
      await create(alias);
    } else {
      await create(alias);
      const { notice } = await connect.waitFor(rests);
      assert.match(`${notice?.message} ${notice?.hint}`, new RegExp(`${service}:${action}`, 'i'));
      const listed = (await connect.state.load()).pendingWork.length;
      assert.ok(listed === 1 || !(await livingStacks()).includes(stackName));
      allow();
      await connect.send({ type: 'retry' });
    }
    await connect.waitFor(isDone);
    assert.equal((await livingStacks()).filter((name) => name === stackName).length, 1);
  });
}

for (const kind of ['throttle', 'serverError', 'reset'] as const) {
  test(`${kind} for a while on every call is ridden out`, async () => {
    const { keys, alias } = await newUser();
    await toRoleStep(connect, keys);
    aws.faults.add({
      kind,
      service: 'cloudformation',
      action: 'DescribeStacks',
      accountId: account,
      times: 6,
    });
    aws.faults.add({ kind, service: 'sts', action: 'AssumeRole', accountId: account, times: 6 });
    await create(alias);
    await connect.waitFor(isDone);
  });
}

for (const seconds of [10, 120]) {
  test(`a role that cannot be assumed for ${seconds} s is waited for`, async () => {
    const { keys, alias, stackName } = await newUser();
    aws.timing.propagationOfRole.set(`arn:aws:iam::${account}:role/${stackName}`, seconds);
    await toRoleStep(connect, keys);
    await create(alias);
    await connect.waitFor(isDone);
  });
}

test('a role that never lets us in ends with the reason, and its stack can be deleted', async () => {
  const { keys, alias, stackName } = await newUser();
  aws.timing.propagationOfRole.set(`arn:aws:iam::${account}:role/${stackName}`, 3600);
  await toRoleStep(connect, keys);
  await create(alias);
  const { notice } = await connect.waitFor(rests);
  assert.match(notice?.message ?? '', /does not let you assume it/);
  await connect.send({ type: 'deleteLeftover' });
  await connect.waitFor((view) => view.create?.state === 'cancelled');
  assert.ok(!(await livingStacks()).includes(stackName));
});

test('a foreign stack of the name is not touched', async () => {
  const { keys, alias, stackName } = await newUser();
  const client = new CloudFormationClient(aws.sdkConfig(account, region));
  const TemplateBody = JSON.stringify({ Resources: { Q: { Type: 'AWS::SQS::Queue' } } });
  const { StackId } = await client.send(new CreateStackCommand({ StackName: stackName, TemplateBody }));
  client.destroy();
  await toRoleStep(connect, keys);
  await create(alias);
  const { notice } = await connect.waitFor(rests);
  assert.match(notice?.message ?? '', /already exists/);
  assert.deepEqual(
    notice?.actions.map(({ title }) => title),
    ['Choose Another Name'],
  );
  await connect.send({ type: 'back' });
  assert.equal(connect.view().step, 'role');
  assert.ok((await aws.stacks(account, region)).some(({ id }) => id === StackId));
});

test('a stack of ours from before can be taken over, on explicit choice', async () => {
  const { keys, alias, stackName } = await newUser();
  await toRoleStep(connect, keys);
  await create(alias);
  await connect.waitFor(isDone);
  const second = await openConnect(aws);
  try {
    await toRoleStep(second, keys);
    await second.send({ type: 'setRole', field: 'alias', value: alias }, { type: 'create' });
    const { notice } = await second.waitFor(rests);
    assert.deepEqual(
      notice?.actions.map(({ title }) => title),
      ['Take It Over', 'Choose Another Name'],
    );
    await second.send({ type: 'adopt' });
    await second.waitFor(isDone);
    assert.equal((await livingStacks()).filter((name) => name === stackName).length, 1);
    const [role] = (await second.state.load()).providers.filter((each) => each.kind === 'access-role');
    assert.ok(role);
    await second.credentials.get(role.id);
    connect.credentials.forget(
      (await connect.state.load()).providers.find((each) => each.kind === 'access-role')?.id ?? '',
    );
  } finally {
    await second.dispose();
  }
});

test('a stack that a provider of this editor uses is not taken over', async () => {
  const { keys, alias } = await newUser();
  await toRoleStep(connect, keys);
  await create(alias);
  await connect.waitFor(isDone);
  await connect.send({ type: 'startOver' });
  await connect.state.update((state) => ({
    ...state,
    providers: state.providers.map((each) =>
      each.kind === 'access-role' ? { ...each, name: 'renamed' } : each,
    ),
  }));
  await toRoleStep(connect, keys);
  await create(alias);
  const { notice } = await connect.waitFor(rests);
  assert.match(notice?.hint ?? '', /“renamed” uses it/);
});

test('an ExternalId guard that is missing: kept only as not verified, by explicit choice', async () => {
  const { keys, alias, stackName } = await newUser();
  const { IAMClient, UpdateAssumeRolePolicyCommand } = await import('@aws-sdk/client-iam');
  await toRoleStep(connect, keys);
  aws.timing.propagationOfRole.set(`arn:aws:iam::${account}:role/${stackName}`, 20);
  await create(alias);
  await connect.waitFor((view) => view.step === 'verify');
  const client = new IAMClient(aws.sdkConfig(account));
  const Statement = [{ Effect: 'Allow', Principal: { AWS: keys.arn }, Action: 'sts:AssumeRole' }];
  await client.send(
    new UpdateAssumeRolePolicyCommand({
      RoleName: stackName,
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
    }),
  );
  client.destroy();
  const { notice } = await connect.waitFor((view) => view.notice?.severity === 'warning' && !view.busy);
  assert.match(notice?.message ?? '', /do not know its ExternalId/);
  assert.equal((await connect.state.load()).providers.filter(({ kind }) => kind === 'access-role').length, 0);
  await connect.send({ type: 'saveUnverified' });
  await connect.waitFor(isDone);
  const saved = (await connect.state.load()).providers.find((each) => each.kind === 'access-role');
  assert.equal(saved?.externalIdEnforced, false);
});

test('a clock that is ten minutes off does not matter', async () => {
  const { keys, alias } = await newUser();
  aws.clock.skewMs = 10 * 60_000;
  await toRoleStep(connect, keys);
  await create(alias);
  await connect.waitFor(isDone);
});

test('offline at start: said as such, nothing saved, and it works once there is a network', async () => {
  const { keys, alias } = await newUser();
  await aws.network.down();
  await toRoleStep(connect, keys);
  assert.match(connect.view().notice?.message ?? '', /cannot be reached/);
  assert.equal((await connect.state.load()).providers.length, 0);
  assert.equal(connect.secrets.values.size, 0);
  await aws.network.up();
  await toRoleStep(connect, keys);
  await create(alias);
  await connect.waitFor(isDone);
});
