import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import type { UserKeys } from '../aws/emulator.ts';
import { identifyWithKeys, newConnectPage, submitKeys, type ConnectPage } from './connectPanel.ts';
import { eventually } from './eventually.ts';
import { savedState, sealedSecrets } from './savedState.ts';
import { openScene, type Scene } from './scene.ts';

const connected = 60_000;

describe('Quick Connect when something goes wrong', () => {
  let scene: Scene;
  let account = '';
  let nextAccount = 300_000_000_001;

  before(async () => {
    scene = await openScene();
  });
  after(() => scene.dispose());
  afterEach(() => scene.aws.faults.clear());

  /** A panel in front of an account that nothing was done in yet. */
  async function newcomer(
    policies?: Parameters<Scene['aws']['createUser']>[2],
  ): Promise<{ connect: ConnectPage; keys: UserKeys }> {
    account = String(nextAccount++);
    scene.aws.addAccount(account, `account ${account}`);
    const keys = await scene.aws.createUser(account, 'deployer', policies);
    return { connect: await newConnectPage(scene.code), keys };
  }

  /** Starts creating with everything as it was filled in. */
  async function create(connect: ConnectPage, keys: UserKeys): Promise<{ region: string; role: string }> {
    await identifyWithKeys(connect, keys);
    const planned = {
      region: await connect.frame.getByLabel('Region').inputValue(),
      role: await connect.fact('Role'),
    };
    await connect.click('Create access role');
    return planned;
  }

  const stacks = (region: string) => scene.aws.stacks(account, region);
  const callsOf = (action: string) =>
    scene.aws.calls().filter((call) => call.action === action && call.accountId === account);
  const saved = () => savedState(scene.server);
  const assertOneRole = async (region: string, role: string): Promise<void> => {
    const found = await stacks(region);
    assert.deepEqual(
      found.map(({ name, status }) => ({ name, status })),
      [{ name: role, status: 'CREATE_COMPLETE' }],
    );
    const made = saved().providers.filter(
      (each) => each.accountId === account && each.kind === 'access-role',
    );
    assert.equal(made.length, 1);
    await eventually(() => assert.deepEqual(saved().pendingWork, []));
  };

  describe('before anything is created', () => {
    const nothingSaved = async (act: () => Promise<void>): Promise<void> => {
      const [state, secrets] = [saved(), await sealedSecrets(scene.page)];
      await act();
      assert.deepEqual(saved(), state);
      assert.equal(await sealedSecrets(scene.page), secrets);
    };

    it('says that the secret does not belong to the key id', async () => {
      const { connect, keys } = await newcomer();
      await nothingSaved(async () => {
        await submitKeys(connect, { ...keys, secretAccessKey: 'w'.repeat(40) });
        assert.match(await connect.notice(), /secret access key does not belong to this access key id/);
      });
      assert.equal(await connect.frame.getByLabel('Secret access key').inputValue(), '');
      await connect.enterKeys(keys);
      await connect.waitForText('AWS says you are');
    });

    it('says that AWS does not know the key', async () => {
      const { connect, keys } = await newcomer();
      await nothingSaved(async () => {
        await submitKeys(connect, { ...keys, accessKeyId: 'AKIAUNKNOWNUNKNOWN22' });
        assert.match(await connect.notice(), /AWS does not know this access key/);
      });
    });

    it('names what is wrong with malformed keys and asks AWS nothing', async () => {
      const { connect } = await newcomer();
      await nothingSaved(async () => {
        await submitKeys(connect, { accessKeyId: 'hello', secretAccessKey: 'short' });
        await connect.waitForText('An access key ID begins with AKIA.');
        await connect.waitForText('5 of 40 characters');
        await connect.enterKeys({ accessKeyId: 'ASIAQWERTYUIOPASDFGH', secretAccessKey: 'x'.repeat(40) });
        await connect.waitForText(/Keys that begin with ASIA are temporary/);
      });
      assert.equal(callsOf('GetCallerIdentity').length, 0);
    });

    it('refuses root keys and saves nothing', async () => {
      const { connect } = await newcomer();
      await nothingSaved(async () => {
        await submitKeys(connect, scene.aws.rootKey(account));
        assert.match(await connect.notice(), /root user of account/);
        assert.match(await connect.notice(), /they were not saved/);
      });
      assert.ok(!(await connect.text()).includes('AWS says you are'));
    });
  });

  it('names the call that the identity may not make, and leaves nothing', async () => {
    const { connect, keys } = await newcomer({
      policies: {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action: '*', Resource: '*' },
          { Effect: 'Deny', Action: 'cloudformation:CreateStack', Resource: '*' },
        ],
      },
    });
    const { region } = await create(connect, keys);
    const notice = await connect.notice();
    assert.match(notice, /AWS refused cloudformation:CreateStack/);
    assert.match(notice, /is not authorized to perform/);
    await connect.click('Back');
    await connect.waitForHeading('What role?');
    assert.deepEqual(await stacks(region), []);
    await eventually(() => assert.deepEqual(saved().pendingWork, []));
    assert.ok(!saved().providers.some((each) => each.kind === 'access-role'));
  });

  describe('a resource fails', () => {
    const reason = 'The maximum number of roles for this account is 1000.';

    it('shows the first reason; Retry makes exactly one stack', async () => {
      const { connect, keys } = await newcomer();
      const removeFault = scene.aws.faults.failResource({
        type: 'AWS::IAM::Role',
        accountId: account,
        reason,
      });
      const { region, role } = await create(connect, keys);
      const notice = await connect.notice();
      assert.ok(notice.includes(reason), notice);
      assert.match(notice, /AccessRole \(AWS::IAM::Role\) could not be created/);
      await connect.waitForHeading('The access role was not created');
      removeFault();
      await connect.click('Retry');
      await connect.waitForHeading('Connected', connected);
      await assertOneRole(region, role);
    });

    it('deletes what was left', async () => {
      const { connect, keys } = await newcomer();
      scene.aws.faults.failResource({ type: 'AWS::IAM::Role', accountId: account, reason });
      const { region } = await create(connect, keys);
      await connect.notice();
      assert.equal((await stacks(region))[0]?.status, 'ROLLBACK_COMPLETE');
      await connect.click('Delete What Was Left');
      await connect.waitForHeading('Cancelled');
      assert.deepEqual(await stacks(region), []);
      await eventually(() => assert.deepEqual(saved().pendingWork, []));
      await connect.click('Start Over');
      await connect.waitForHeading('How do you want to connect?');
    });
  });

  it('deletes the stack when it is cancelled midway', async () => {
    const { connect, keys } = await newcomer();
    const { region } = await create(connect, keys);
    await connect.waitForText('CREATE_IN_PROGRESS');
    await connect.click('Cancel');
    await connect.waitForHeading('Cancelled');
    await connect.waitForText('Cancelled: nothing was left in your account');
    assert.deepEqual(await stacks(region), []);
    await eventually(() => assert.deepEqual(saved().pendingWork, []));
    assert.ok(!saved().providers.some((each) => each.accountId === account && each.kind === 'access-role'));
  });

  it('goes on by itself after the network was lost during creation', async () => {
    const { connect, keys } = await newcomer();
    const { region, role } = await create(connect, keys);
    await connect.waitForText('CREATE_IN_PROGRESS');
    await scene.aws.network.down();
    try {
      const notice = await connect.notice();
      assert.match(notice, /AWS cannot be reached/);
      assert.match(notice, /Trying again by itself/);
    } finally {
      await scene.aws.network.up();
    }
    await connect.waitForHeading('Connected', connected);
    await assertOneRole(region, role);
    assert.equal(await connect.frame.locator('.notice').count(), 0);
  });

  it('does not touch a stack of somebody else that has the name', async () => {
    const { connect, keys } = await newcomer();
    await identifyWithKeys(connect, keys);
    const region = await connect.frame.getByLabel('Region').inputValue();
    const StackName = await connect.fact('Role');
    const client = new CloudFormationClient(scene.aws.sdkConfig(account, region));
    const TemplateBody = JSON.stringify({ Resources: { Topic: { Type: 'AWS::SNS::Topic' } } });
    await client.send(new CreateStackCommand({ StackName, TemplateBody }));
    const before = await client.send(new DescribeStacksCommand({ StackName }));
    await connect.click('Create access role');
    const notice = await connect.notice();
    assert.ok(notice.includes(`A stack named ${StackName} already exists in ${region}.`), notice);
    assert.match(notice, /It was not touched/);
    await connect.click('Choose Another Name');
    await connect.waitForHeading('What role?');
    const now = await client.send(new DescribeStacksCommand({ StackName }));
    client.destroy();
    assert.equal(now.Stacks?.[0]?.StackId, before.Stacks?.[0]?.StackId);
    assert.deepEqual([...callsOf('DeleteStack'), ...callsOf('UpdateStack')], []);
    await eventually(() => assert.deepEqual(saved().pendingWork, []));

    await connect.frame.getByLabel('Provider name').fill('Shop elsewhere');
    await connect.waitForText('stage-providers-Shop-elsewhere');
    await connect.click('Create access role');
    await connect.waitForHeading('Connected', connected);
  });

  it('waits until AWS makes the new role known', async () => {
    const { connect, keys } = await newcomer();
    const usual = scene.aws.timing.propagationSeconds;
    scene.aws.timing.propagationSeconds = 6;
    try {
      const { region, role } = await create(connect, keys);
      await connect.waitForText(/AWS is making the new role known\. Waited \d+ s/);
      await connect.waitForHeading('Connected', connected);
      await assertOneRole(region, role);
    } finally {
      scene.aws.timing.propagationSeconds = usual;
    }
    assert.ok(callsOf('AssumeRole').some(({ error }) => error === 'AccessDenied'));
  });

  it('outlasts AWS limiting how fast it answers', async () => {
    const { connect, keys } = await newcomer();
    scene.aws.faults.add({
      kind: 'throttle',
      service: 'cloudformation',
      action: 'DescribeStacks',
      accountId: account,
      times: 7,
    });
    const { region, role } = await create(connect, keys);
    assert.match(await connect.notice(), /AWS is limiting how fast it answers/);
    await connect.waitForHeading('Connected', connected);
    await assertOneRole(region, role);
  });
});
