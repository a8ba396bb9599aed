/** CloudFormation of the emulator, judged by the real SDK. Time passes by the emulator's clock, not by waiting. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackDriftDetectionStatusCommand,
  DescribeStackEventsCommand,
  DescribeStackResourceDriftsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  DetectStackDriftCommand,
  GetTemplateCommand,
  GetTemplateSummaryCommand,
  ListStacksCommand,
  UpdateStackCommand,
  ValidateTemplateCommand,
  type CreateStackCommandInput,
} from '@aws-sdk/client-cloudformation';
import {
  DetachRolePolicyCommand,
  GetRoleCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { ACCOUNTS, startAws, type Aws, type UserKeys } from '../aws/emulator.ts';
import { emulatorPython } from '../aws/python.ts';

const { tools, dev } = ACCOUNTS;
const ADMINISTRATOR = 'arn:aws:iam::aws:policy/AdministratorAccess';

let aws: Aws;
let ana: UserKeys;
let cloudFormation: CloudFormationClient;
let iam: IAMClient;
before(async () => {
  aws = await startAws({ python: emulatorPython(), stackSeconds: 30, propagationSeconds: 5 });
  ana = await aws.createUser(tools, 'ana');
  const config = { endpoint: aws.endpoint, region: 'eu-west-1', credentials: ana, maxAttempts: 1 };
  cloudFormation = new CloudFormationClient(config);
  iam = new IAMClient(config);
});
after(() => aws.dispose());
beforeEach(() => aws.faults.clear());

const template = (more = ''): string => `
Description: An access role
Parameters:
  ExternalId: { Type: String }
  RoleName: { Type: String, Default: shop-deploy }
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: !Ref RoleName
      MaxSessionDuration: 7200
      ManagedPolicyArns: [ '${ADMINISTRATOR}' ]
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Effect: Allow
            Principal: { AWS: !Sub 'arn:\${AWS::Partition}:iam::\${AWS::AccountId}:user/ana' }
            Action: sts:AssumeRole
            Condition: { StringEquals: { 'sts:ExternalId': !Ref ExternalId } }
${more}
Outputs:
  RoleArn: { Value: !GetAtt Role.Arn }
`;

const QUEUE = `
  Queue:
    Type: AWS::SQS::Queue
    DependsOn: Role
`;

async function create(name: string, more: Partial<CreateStackCommandInput> = {}): Promise<string> {
  const { StackId = '' } = await cloudFormation.send(
    new CreateStackCommand({
      StackName: name,
      TemplateBody: template(),
      Capabilities: ['CAPABILITY_NAMED_IAM'],
      Parameters: [
        { ParameterKey: 'ExternalId', ParameterValue: 'id-1' },
        { ParameterKey: 'RoleName', ParameterValue: `${name}-role` },
      ],
      ...more,
    }),
  );
  return StackId;
}

const status = async (StackName: string): Promise<string | undefined> =>
  (await cloudFormation.send(new DescribeStacksCommand({ StackName }))).Stacks?.[0]?.StackStatus;
const events = async (StackName: string): Promise<string[]> =>
  ((await cloudFormation.send(new DescribeStackEventsCommand({ StackName }))).StackEvents ?? []).map(
    ({ LogicalResourceId, ResourceStatus }) => `${LogicalResourceId} ${ResourceStatus}`,
  );
const roleExists = (RoleName: string): Promise<boolean> =>
  iam.send(new GetRoleCommand({ RoleName })).then(
    () => true,
    (error: Error) => (assert.equal(error.name, 'NoSuchEntityException'), false),
  );
const assume = (roleName: string, ExternalId: string, seconds = 3600) =>
  new STSClient({ endpoint: aws.endpoint, region: 'eu-west-1', credentials: ana, maxAttempts: 1 }).send(
    new AssumeRoleCommand({
      RoleArn: `arn:aws:iam::${tools}:role/${roleName}`,
      RoleSessionName: 'work',
      ExternalId,
      DurationSeconds: seconds,
    }),
  );

describe('a stack’s life', () => {
  it('takes its time; the role appears with its event and can be assumed after propagation', async () => {
    const id = await create('life', { TemplateBody: template(QUEUE), ClientRequestToken: 'token-1' });
    assert.match(id, new RegExp(`^arn:aws:cloudformation:eu-west-1:${tools}:stack/life/`));
    assert.equal(await status('life'), 'CREATE_IN_PROGRESS');
    assert.deepEqual(await events('life'), ['life CREATE_IN_PROGRESS']);
    assert.equal(await roleExists('life-role'), false);
    aws.clock.advance(5000);
    assert.deepEqual(await events('life'), ['Role CREATE_IN_PROGRESS', 'life CREATE_IN_PROGRESS']);
    aws.clock.advance(9000);
    assert.ok((await events('life')).includes('Role CREATE_COMPLETE'));
    assert.equal(await status('life'), 'CREATE_IN_PROGRESS');
    assert.equal(await roleExists('life-role'), true);
    await assert.rejects(assume('life-role', 'id-1'), { name: 'AccessDenied' });
    aws.clock.advance(16_000);
    assert.equal(await status('life'), 'CREATE_COMPLETE');
    const page = await cloudFormation.send(new DescribeStackEventsCommand({ StackName: id }));
    assert.ok(page.StackEvents?.every(({ ClientRequestToken }) => ClientRequestToken === 'token-1'));
    assert.deepEqual(await events(id), [
      'life CREATE_COMPLETE',
      'Queue CREATE_COMPLETE',
      'Queue CREATE_IN_PROGRESS',
      'Queue CREATE_IN_PROGRESS',
      'Role CREATE_COMPLETE',
      'Role CREATE_IN_PROGRESS',
      'Role CREATE_IN_PROGRESS',
      'life CREATE_IN_PROGRESS',
    ]);
    await assume('life-role', 'id-1', 7200);
    await assert.rejects(assume('life-role', 'id-2'), { name: 'AccessDenied' });
    const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: 'life' }));
    assert.equal(Stacks?.[0]?.Outputs?.[0]?.OutputValue, `arn:aws:iam::${tools}:role/life-role`);
    assert.equal(Stacks?.[0]?.Description, 'An access role');
    const { AttachedPolicies } = await iam.send(
      new ListAttachedRolePoliciesCommand({ RoleName: 'life-role' }),
    );
    assert.equal(AttachedPolicies?.[0]?.PolicyArn, ADMINISTRATOR);
    assert.deepEqual(await aws.stacks(dev, 'eu-west-1'), []);
  });

  it('is deleted over time: gone by name, DELETE_COMPLETE by id', async () => {
    const id = await create('gone');
    aws.clock.advance(30_000);
    await cloudFormation.send(new DeleteStackCommand({ StackName: 'gone' }));
    assert.equal(await status('gone'), 'DELETE_IN_PROGRESS');
    aws.clock.advance(30_000);
    await assert.rejects(status('gone'), {
      name: 'ValidationError',
      message: 'Stack with id gone does not exist',
    });
    assert.equal(await status(id), 'DELETE_COMPLETE');
    assert.equal(await roleExists('gone-role'), false);
  });

  it('can be deleted while it is being created', async () => {
    const id = await create('cancelled');
    aws.clock.advance(10_000);
    await cloudFormation.send(new DeleteStackCommand({ StackName: 'cancelled' }));
    aws.clock.advance(30_000);
    assert.equal(await status(id), 'DELETE_COMPLETE');
    assert.ok(!(await events(id)).includes('cancelled CREATE_COMPLETE'));
    assert.equal(await roleExists('cancelled-role'), false);
    const again = await create('cancelled');
    assert.notEqual(again, id);
  });

  it('keeps what it shows: resources, template, summary, list', async () => {
    await create('shown');
    aws.clock.advance(30_000);
    const { StackResources } = await cloudFormation.send(
      new DescribeStackResourcesCommand({ StackName: 'shown' }),
    );
    assert.equal(StackResources?.[0]?.PhysicalResourceId, 'shown-role');
    const { TemplateBody } = await cloudFormation.send(new GetTemplateCommand({ StackName: 'shown' }));
    assert.equal(TemplateBody, template());
    const summary = await cloudFormation.send(new GetTemplateSummaryCommand({ StackName: 'shown' }));
    assert.deepEqual(summary.Capabilities, ['CAPABILITY_NAMED_IAM']);
    const valid = await cloudFormation.send(new ValidateTemplateCommand({ TemplateBody: template() }));
    assert.deepEqual(
      valid.Parameters?.map(({ ParameterKey }) => ParameterKey),
      ['ExternalId', 'RoleName'],
    );
    await assert.rejects(
      cloudFormation.send(new ValidateTemplateCommand({ TemplateBody: 'Resources: {}' })),
      {
        name: 'ValidationError',
      },
    );
    const { StackSummaries } = await cloudFormation.send(
      new ListStacksCommand({ StackStatusFilter: ['CREATE_COMPLETE'] }),
    );
    assert.ok(StackSummaries?.some(({ StackName }) => StackName === 'shown'));
  });
});

describe('refusals', () => {
  it('have the names and words of the service', async () => {
    const id = await create('taken', { ClientRequestToken: 'same' });
    assert.equal(await create('taken', { ClientRequestToken: 'same' }), id);
    await assert.rejects(create('taken', { ClientRequestToken: 'other' }), {
      name: 'AlreadyExistsException',
      message: 'Stack [taken] already exists',
    });
    await assert.rejects(create('capable', { Capabilities: ['CAPABILITY_IAM'] }), {
      name: 'InsufficientCapabilitiesException',
      message: 'Requires capabilities : [CAPABILITY_NAMED_IAM]',
    });
    await assert.rejects(create('no-parameters', { Parameters: [] }), {
      name: 'ValidationError',
      message: 'Parameters: [ExternalId] must have values',
    });
    await assert.rejects(create('large', { TemplateBody: template(`#${'x'.repeat(51_200)}`) }), {
      name: 'ValidationError',
    });
    await assert.rejects(create('bad_name'), { name: 'ValidationError' });
  });
});

describe('failures', () => {
  it('on demand: CREATE_FAILED with the reason, rolled back, nothing left', async () => {
    aws.faults.failResource({ type: 'AWS::SQS::Queue', reason: 'No queue today.' });
    const id = await create('failing', { TemplateBody: template(QUEUE) });
    aws.clock.advance(30_000);
    assert.equal(await status('failing'), 'ROLLBACK_COMPLETE');
    const { StackEvents = [] } = await cloudFormation.send(new DescribeStackEventsCommand({ StackName: id }));
    const failed = StackEvents.find(({ ResourceStatus }) => ResourceStatus === 'CREATE_FAILED');
    assert.deepEqual([failed?.LogicalResourceId, failed?.ResourceStatusReason], ['Queue', 'No queue today.']);
    assert.deepEqual((await events(id)).slice(0, 4), [
      'failing ROLLBACK_COMPLETE',
      'Role DELETE_COMPLETE',
      'Role DELETE_IN_PROGRESS',
      'failing ROLLBACK_IN_PROGRESS',
    ]);
    assert.equal(await roleExists('failing-role'), false);
    await assert.rejects(create('failing'), { name: 'AlreadyExistsException' });
    await cloudFormation.send(new DeleteStackCommand({ StackName: 'failing' }));
    aws.clock.advance(30_000);
    await assert.rejects(status('failing'), { name: 'ValidationError' });
  });

  it('of itself: the role’s name is taken, and the other role is left alone', async () => {
    await create('first');
    aws.clock.advance(30_000);
    await create('second', {
      Parameters: [
        { ParameterKey: 'ExternalId', ParameterValue: 'id-1' },
        { ParameterKey: 'RoleName', ParameterValue: 'first-role' },
      ],
    });
    aws.clock.advance(30_000);
    assert.equal(await status('second'), 'ROLLBACK_COMPLETE');
    assert.equal(await roleExists('first-role'), true);
  });

  it('when the creator may not create roles', async () => {
    const credentials = await aws.createUser(tools, 'stacks-only', {
      policies: { Statement: { Effect: 'Allow', Action: 'cloudformation:*', Resource: '*' } },
    });
    const limited = new CloudFormationClient({ endpoint: aws.endpoint, region: 'eu-west-1', credentials });
    await limited.send(
      new CreateStackCommand({
        StackName: 'forbidden',
        TemplateBody: template(),
        Capabilities: ['CAPABILITY_NAMED_IAM'],
        Parameters: [{ ParameterKey: 'ExternalId', ParameterValue: 'id-1' }],
      }),
    );
    aws.clock.advance(30_000);
    const { StackEvents = [] } = await cloudFormation.send(
      new DescribeStackEventsCommand({ StackName: 'forbidden' }),
    );
    const failed = StackEvents.find(({ ResourceStatus }) => ResourceStatus === 'CREATE_FAILED');
    assert.match(
      failed?.ResourceStatusReason ?? '',
      /is not authorized to perform: iam:CreateRole on resource: role/,
    );
  });

  it('to delete: DELETE_FAILED, and it can be tried again', async () => {
    const id = await create('sticky');
    aws.clock.advance(30_000);
    const heal = aws.faults.failResource({ logicalId: 'Role', operation: 'delete', reason: 'In use.' });
    await cloudFormation.send(new DeleteStackCommand({ StackName: 'sticky' }));
    aws.clock.advance(30_000);
    assert.equal(await status('sticky'), 'DELETE_FAILED');
    heal();
    await cloudFormation.send(new DeleteStackCommand({ StackName: 'sticky' }));
    aws.clock.advance(30_000);
    assert.equal(await status(id), 'DELETE_COMPLETE');
  });
});

describe('updates', () => {
  const update = (name: string, ExternalId: string, body = template()) =>
    cloudFormation.send(
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

  it('change the trust of the role; no change is an error', async () => {
    await create('rotated');
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
    assert.equal(await status('rotated'), 'UPDATE_IN_PROGRESS');
    aws.clock.advance(40_000);
    assert.equal(await status('rotated'), 'UPDATE_COMPLETE');
    await assume('rotated-role', 'id-2');
    await assert.rejects(assume('rotated-role', 'id-1'), { name: 'AccessDenied' });
  });

  it('can fail and leave things as they were', async () => {
    await create('kept');
    aws.clock.advance(40_000);
    aws.faults.failResource({ operation: 'update', reason: 'Not now.' });
    await update('kept', 'id-2');
    aws.clock.advance(30_000);
    assert.equal(await status('kept'), 'UPDATE_ROLLBACK_COMPLETE');
    await assume('kept-role', 'id-1');
  });
});

describe('drift', () => {
  async function drift(StackName: string) {
    const { StackDriftDetectionId } = await cloudFormation.send(new DetectStackDriftCommand({ StackName }));
    const read = () =>
      cloudFormation.send(new DescribeStackDriftDetectionStatusCommand({ StackDriftDetectionId }));
    assert.equal((await read()).DetectionStatus, 'DETECTION_IN_PROGRESS');
    aws.clock.advance(10_000);
    const { StackDriftStatus } = await read();
    const { StackResourceDrifts = [] } = await cloudFormation.send(
      new DescribeStackResourceDriftsCommand({ StackName }),
    );
    const paths = StackResourceDrifts[0]?.PropertyDifferences?.map(({ PropertyPath }) => PropertyPath);
    return { StackDriftStatus, resource: StackResourceDrifts[0]?.StackResourceDriftStatus, paths };
  }

  it('is seen in a role’s policies', async () => {
    await create('drifting');
    aws.clock.advance(30_000);
    assert.deepEqual(await drift('drifting'), {
      StackDriftStatus: 'IN_SYNC',
      resource: 'IN_SYNC',
      paths: [],
    });
    await iam.send(new DetachRolePolicyCommand({ RoleName: 'drifting-role', PolicyArn: ADMINISTRATOR }));
    assert.deepEqual(await drift('drifting'), {
      StackDriftStatus: 'DRIFTED',
      resource: 'MODIFIED',
      paths: ['/ManagedPolicyArns'],
    });
  });
});
