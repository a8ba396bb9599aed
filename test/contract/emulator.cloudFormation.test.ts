/** Stacks of the emulator, judged by the real SDK. Time passes by the emulator's clock, not by waiting. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import {
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
  GetTemplateSummaryCommand,
  ListStacksCommand,
  ValidateTemplateCommand,
} from '@aws-sdk/client-cloudformation';
import { ListAttachedRolePoliciesCommand } from '@aws-sdk/client-iam';
import { ACCOUNTS, startAws, type Aws } from '../aws/emulator.ts';
import { emulatorPython } from '../aws/python.ts';
import { createStackTester, QUEUE, roleTemplate, type StackTester } from '../aws/stackTester.ts';

const { tools, dev } = ACCOUNTS;
const ADMINISTRATOR = 'arn:aws:iam::aws:policy/AdministratorAccess';

let aws: Aws;
let stack: StackTester;
before(async () => {
  aws = await startAws({ python: emulatorPython(), stackSeconds: 30, propagationSeconds: 5 });
  stack = await createStackTester(aws);
});
after(() => aws.dispose());
beforeEach(() => aws.faults.clear());

void describe('a stack’s life', () => {
  void it('takes its time; the role appears with its event and can be assumed after propagation', async () => {
    const id = await stack.create('life', {
      TemplateBody: roleTemplate(QUEUE),
      ClientRequestToken: 'token-1',
    });
    assert.match(id, new RegExp(`^arn:aws:cloudformation:eu-west-1:${tools}:stack/life/`));
    assert.equal(await stack.status('life'), 'CREATE_IN_PROGRESS');
    assert.deepEqual(await stack.events('life'), ['life CREATE_IN_PROGRESS']);
    assert.equal(await stack.roleExists('life-role'), false);
    aws.clock.advance(5000);
    assert.deepEqual(await stack.events('life'), ['Role CREATE_IN_PROGRESS', 'life CREATE_IN_PROGRESS']);
    aws.clock.advance(9000);
    assert.ok((await stack.events('life')).includes('Role CREATE_COMPLETE'));
    assert.equal(await stack.status('life'), 'CREATE_IN_PROGRESS');
    assert.equal(await stack.roleExists('life-role'), true);
    await assert.rejects(stack.assume('life-role', 'id-1'), { name: 'AccessDenied' });
    aws.clock.advance(16_000);
    assert.equal(await stack.status('life'), 'CREATE_COMPLETE');
    const page = await stack.cloudFormation.send(new DescribeStackEventsCommand({ StackName: id }));
    assert.ok(page.StackEvents?.every(({ ClientRequestToken }) => ClientRequestToken === 'token-1'));
    assert.deepEqual(await stack.events(id), [
      'life CREATE_COMPLETE',
      'Queue CREATE_COMPLETE',
      'Queue CREATE_IN_PROGRESS',
      'Queue CREATE_IN_PROGRESS',
      'Role CREATE_COMPLETE',
      'Role CREATE_IN_PROGRESS',
      'Role CREATE_IN_PROGRESS',
      'life CREATE_IN_PROGRESS',
    ]);
    await stack.assume('life-role', 'id-1', 7200);
    await assert.rejects(stack.assume('life-role', 'id-2'), { name: 'AccessDenied' });
    const { Stacks } = await stack.cloudFormation.send(new DescribeStacksCommand({ StackName: 'life' }));
    assert.equal(Stacks?.[0]?.Outputs?.[0]?.OutputValue, `arn:aws:iam::${tools}:role/life-role`);
    assert.equal(Stacks?.[0]?.Description, 'An access role');
    const { AttachedPolicies } = await stack.iam.send(
      new ListAttachedRolePoliciesCommand({ RoleName: 'life-role' }),
    );
    assert.equal(AttachedPolicies?.[0]?.PolicyArn, ADMINISTRATOR);
    assert.deepEqual(await aws.stacks(dev, 'eu-west-1'), []);
  });

  void it('is deleted over time: gone by name, DELETE_COMPLETE by id', async () => {
    const id = await stack.create('gone');
    aws.clock.advance(30_000);
    await stack.cloudFormation.send(new DeleteStackCommand({ StackName: 'gone' }));
    assert.equal(await stack.status('gone'), 'DELETE_IN_PROGRESS');
    aws.clock.advance(30_000);
    await assert.rejects(stack.status('gone'), {
      name: 'ValidationError',
      message: 'Stack with id gone does not exist',
    });
    assert.equal(await stack.status(id), 'DELETE_COMPLETE');
    assert.equal(await stack.roleExists('gone-role'), false);
  });

  void it('can be deleted while it is being created', async () => {
    const id = await stack.create('cancelled');
    aws.clock.advance(10_000);
    await stack.cloudFormation.send(new DeleteStackCommand({ StackName: 'cancelled' }));
    aws.clock.advance(30_000);
    assert.equal(await stack.status(id), 'DELETE_COMPLETE');
    assert.ok(!(await stack.events(id)).includes('cancelled CREATE_COMPLETE'));
    assert.equal(await stack.roleExists('cancelled-role'), false);
    const again = await stack.create('cancelled');
    assert.notEqual(again, id);
  });

  void it('keeps what it shows: resources, template, summary, list', async () => {
    await stack.create('shown');
    aws.clock.advance(30_000);
    const { StackResources } = await stack.cloudFormation.send(
      new DescribeStackResourcesCommand({ StackName: 'shown' }),
    );
    assert.equal(StackResources?.[0]?.PhysicalResourceId, 'shown-role');
    const { TemplateBody } = await stack.cloudFormation.send(new GetTemplateCommand({ StackName: 'shown' }));
    assert.equal(TemplateBody, roleTemplate());
    const summary = await stack.cloudFormation.send(new GetTemplateSummaryCommand({ StackName: 'shown' }));
    assert.deepEqual(summary.Capabilities, ['CAPABILITY_NAMED_IAM']);
    const valid = await stack.cloudFormation.send(
      new ValidateTemplateCommand({ TemplateBody: roleTemplate() }),
    );
    assert.deepEqual(
      valid.Parameters?.map(({ ParameterKey }) => ParameterKey),
      ['ExternalId', 'RoleName'],
    );
    await assert.rejects(
      stack.cloudFormation.send(new ValidateTemplateCommand({ TemplateBody: 'Resources: {}' })),
      {
        name: 'ValidationError',
      },
    );
    const { StackSummaries } = await stack.cloudFormation.send(
      new ListStacksCommand({ StackStatusFilter: ['CREATE_COMPLETE'] }),
    );
    assert.ok(StackSummaries?.some(({ StackName }) => StackName === 'shown'));
  });
});

void describe('refusals', () => {
  void it('have the names and words of the service', async () => {
    const id = await stack.create('taken', { ClientRequestToken: 'same' });
    assert.equal(await stack.create('taken', { ClientRequestToken: 'same' }), id);
    await assert.rejects(stack.create('taken', { ClientRequestToken: 'other' }), {
      name: 'AlreadyExistsException',
      message: 'Stack [taken] already exists',
    });
    await assert.rejects(stack.create('capable', { Capabilities: ['CAPABILITY_IAM'] }), {
      name: 'InsufficientCapabilitiesException',
      message: 'Requires capabilities : [CAPABILITY_NAMED_IAM]',
    });
    await assert.rejects(stack.create('no-parameters', { Parameters: [] }), {
      name: 'ValidationError',
      message: 'Parameters: [ExternalId] must have values',
    });
    await assert.rejects(stack.create('large', { TemplateBody: roleTemplate(`#${'x'.repeat(51_200)}`) }), {
      name: 'ValidationError',
    });
    await assert.rejects(stack.create('bad_name'), { name: 'ValidationError' });
  });
});
