/** Failures, updates and drift of stacks of the emulator, judged by the real SDK. Time passes by the emulator's clock, not by waiting. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackDriftDetectionStatusCommand,
  DescribeStackEventsCommand,
  DescribeStackResourceDriftsCommand,
  DetectStackDriftCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { DetachRolePolicyCommand } from '@aws-sdk/client-iam';
import { ACCOUNTS, startAws, type Aws } from '../aws/emulator.ts';
import { emulatorPython } from '../aws/python.ts';
import { createStackTester, QUEUE, roleTemplate, type StackTester } from '../aws/stackTester.ts';

const { tools } = ACCOUNTS;
const ADMINISTRATOR = 'arn:aws:iam::aws:policy/AdministratorAccess';

let aws: Aws;
let stack: StackTester;
before(async () => {
  aws = await startAws({ python: emulatorPython(), stackSeconds: 30, propagationSeconds: 5 });
  stack = await createStackTester(aws);
});
after(() => aws.dispose());
beforeEach(() => aws.faults.clear());

void describe('failures', () => {
  void it('on demand: CREATE_FAILED with the reason, rolled back, nothing left', async () => {
    aws.faults.failResource({ type: 'AWS::SQS::Queue', reason: 'No queue today.' });
    const id = await stack.create('failing', { TemplateBody: roleTemplate(QUEUE) });
    aws.clock.advance(30_000);
    assert.equal(await stack.status('failing'), 'ROLLBACK_COMPLETE');
    const { StackEvents = [] } = await stack.cloudFormation.send(
      new DescribeStackEventsCommand({ StackName: id }),
    );
    const failed = StackEvents.find(({ ResourceStatus }) => ResourceStatus === 'CREATE_FAILED');
    assert.deepEqual([failed?.LogicalResourceId, failed?.ResourceStatusReason], ['Queue', 'No queue today.']);
    assert.deepEqual((await stack.events(id)).slice(0, 4), [
      'failing ROLLBACK_COMPLETE',
      'Role DELETE_COMPLETE',
      'Role DELETE_IN_PROGRESS',
      'failing ROLLBACK_IN_PROGRESS',
    ]);
    assert.equal(await stack.roleExists('failing-role'), false);
    await assert.rejects(stack.create('failing'), { name: 'AlreadyExistsException' });
    await stack.cloudFormation.send(new DeleteStackCommand({ StackName: 'failing' }));
    aws.clock.advance(30_000);
    await assert.rejects(stack.status('failing'), { name: 'ValidationError' });
  });

  void it('of itself: the role’s name is taken, and the other role is left alone', async () => {
    await stack.create('first');
    aws.clock.advance(30_000);
    await stack.create('second', {
      Parameters: [
        { ParameterKey: 'ExternalId', ParameterValue: 'id-1' },
        { ParameterKey: 'RoleName', ParameterValue: 'first-role' },
      ],
    });
    aws.clock.advance(30_000);
    assert.equal(await stack.status('second'), 'ROLLBACK_COMPLETE');
    assert.equal(await stack.roleExists('first-role'), true);
  });

  void it('when the creator may not create roles', async () => {
    const credentials = await aws.createUser(tools, 'stacks-only', {
      policies: { Statement: { Effect: 'Allow', Action: 'cloudformation:*', Resource: '*' } },
    });
    const limited = new CloudFormationClient({ endpoint: aws.endpoint, region: 'eu-west-1', credentials });
    await limited.send(
      new CreateStackCommand({
        StackName: 'forbidden',
        TemplateBody: roleTemplate(),
        Capabilities: ['CAPABILITY_NAMED_IAM'],
        Parameters: [{ ParameterKey: 'ExternalId', ParameterValue: 'id-1' }],
      }),
    );
    aws.clock.advance(30_000);
    const { StackEvents = [] } = await stack.cloudFormation.send(
      new DescribeStackEventsCommand({ StackName: 'forbidden' }),
    );
    const failed = StackEvents.find(({ ResourceStatus }) => ResourceStatus === 'CREATE_FAILED');
    assert.match(
      failed?.ResourceStatusReason ?? '',
      /is not authorized to perform: iam:CreateRole on resource: role/,
    );
  });

  void it('to delete: DELETE_FAILED, and it can be tried again', async () => {
    const id = await stack.create('sticky');
    aws.clock.advance(30_000);
    const heal = aws.faults.failResource({ logicalId: 'Role', operation: 'delete', reason: 'In use.' });
    await stack.cloudFormation.send(new DeleteStackCommand({ StackName: 'sticky' }));
    aws.clock.advance(30_000);
    assert.equal(await stack.status('sticky'), 'DELETE_FAILED');
    heal();
    await stack.cloudFormation.send(new DeleteStackCommand({ StackName: 'sticky' }));
    aws.clock.advance(30_000);
    assert.equal(await stack.status(id), 'DELETE_COMPLETE');
  });
});

void describe('updates', () => {
  const update = (name: string, ExternalId: string, body = roleTemplate()) =>
    stack.cloudFormation.send(
      new UpdateStackCommand({
        StackName: name,
        TemplateBody: body,
        Capabilities: ['CAPABILITY_NAMED_IAM'],
        Parameters: [
          { ParameterKey: 'ExternalId', ParameterValue: ExternalId },
          { ParameterKey: 'RoleName', UsePreviousValue: true },
        ],
      }),
    );

  void it('change the trust of the role; no change is an error', async () => {
    await stack.create('rotated');
    await assert.rejects(update('rotated', 'id-2'), {
      name: 'ValidationError',
      message: /CREATE_IN_PROGRESS state/,
    });
    aws.clock.advance(40_000);
    await assert.rejects(update('rotated', 'id-1'), {
      name: 'ValidationError',
      message: 'No updates are to be performed.',
    });
    await update('rotated', 'id-2');
    assert.equal(await stack.status('rotated'), 'UPDATE_IN_PROGRESS');
    aws.clock.advance(40_000);
    assert.equal(await stack.status('rotated'), 'UPDATE_COMPLETE');
    await stack.assume('rotated-role', 'id-2');
    await assert.rejects(stack.assume('rotated-role', 'id-1'), { name: 'AccessDenied' });
  });

  void it('that name a policy nobody has are rolled back', async () => {
    await stack.create('unattached');
    aws.clock.advance(40_000);
    await update('unattached', 'id-2', roleTemplate().replace('AdministratorAccess', 'NoSuchPolicy'));
    aws.clock.advance(40_000);
    assert.equal(await stack.status('unattached'), 'UPDATE_ROLLBACK_COMPLETE');
    assert.match((await stack.failure('unattached'))[1] ?? '', /NoSuchPolicy/);
    await stack.assume('unattached-role', 'id-1');
  });

  void it('can fail and leave things as they were', async () => {
    await stack.create('kept');
    aws.clock.advance(40_000);
    aws.faults.failResource({ operation: 'update', reason: 'Not now.' });
    await update('kept', 'id-2');
    aws.clock.advance(30_000);
    assert.equal(await stack.status('kept'), 'UPDATE_ROLLBACK_COMPLETE');
    await stack.assume('kept-role', 'id-1');
  });
});

void describe('drift', () => {
  async function drift(StackName: string) {
    const { StackDriftDetectionId } = await stack.cloudFormation.send(
      new DetectStackDriftCommand({ StackName }),
    );
    const read = () =>
      stack.cloudFormation.send(new DescribeStackDriftDetectionStatusCommand({ StackDriftDetectionId }));
    assert.equal((await read()).DetectionStatus, 'DETECTION_IN_PROGRESS');
    aws.clock.advance(10_000);
    const { StackDriftStatus } = await read();
    const { StackResourceDrifts = [] } = await stack.cloudFormation.send(
      new DescribeStackResourceDriftsCommand({ StackName }),
    );
    const paths = StackResourceDrifts[0]?.PropertyDifferences?.map(({ PropertyPath }) => PropertyPath);
    return { StackDriftStatus, resource: StackResourceDrifts[0]?.StackResourceDriftStatus, paths };
  }

  void it('is seen in a role’s policies', async () => {
    await stack.create('drifting');
    aws.clock.advance(30_000);
    assert.deepEqual(await drift('drifting'), {
      StackDriftStatus: 'IN_SYNC',
      resource: 'IN_SYNC',
      paths: [],
    });
    await stack.iam.send(
      new DetachRolePolicyCommand({ RoleName: 'drifting-role', PolicyArn: ADMINISTRATOR }),
    );
    assert.deepEqual(await drift('drifting'), {
      StackDriftStatus: 'DRIFTED',
      resource: 'MODIFIED',
      paths: ['/ManagedPolicyArns'],
    });
  });
});
