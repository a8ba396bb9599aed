/** Stacks as Quick Connect makes them: with a user of their own, and with a boundary. Judged by the real SDK. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { DeleteStackCommand } from '@aws-sdk/client-cloudformation';
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  DeleteAccessKeyCommand,
  IAMClient,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { ACCOUNTS, startAws, type Aws } from '../aws/emulator.ts';
import { clientConfig } from '../aws/probes.ts';
import { emulatorPython } from '../aws/python.ts';
import { createStackTester, type StackTester } from '../aws/stackTester.ts';

const { tools } = ACCOUNTS;

let aws: Aws;
let stack: StackTester;
before(async () => {
  aws = await startAws({ python: emulatorPython(), stackSeconds: 30 });
  stack = await createStackTester(aws);
});
after(() => aws.dispose());

const WITH_USER = `
Resources:
  User:
    Type: AWS::IAM::User
    Properties:
      UserName: quick-user
      Policies:
        - PolicyName: assume
          PolicyDocument:
            Version: '2012-10-17'
            Statement:
              - Effect: Allow
                Action: sts:AssumeRole
                Resource: !Sub 'arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/quick-role'
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: quick-role
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess']
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Effect: Allow
            Principal: { AWS: !GetAtt User.Arn }
            Action: sts:AssumeRole
`;

const WITH_BOUNDARY = `
Resources:
  Boundary:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      ManagedPolicyName: limited-boundary
      PolicyDocument:
        Version: '2012-10-17'
        Statement: [{ Effect: Allow, Action: ['s3:*', 'iam:CreateRole'], Resource: '*' }]
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: limited-role
      Policies:
        - PolicyName: deploy
          PolicyDocument:
            Version: '2012-10-17'
            Statement:
              - Effect: Allow
                Action: iam:CreateRole
                Resource: !Sub 'arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/shop-*'
                Condition: { StringEquals: { 'iam:PermissionsBoundary': !Ref Boundary } }
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Effect: Allow
            Principal: { AWS: !Sub 'arn:\${AWS::Partition}:iam::\${AWS::AccountId}:user/ana' }
            Action: sts:AssumeRole
`;

const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});

void describe('a stack with its own user', () => {
  void it('lets that user’s key into its role and nowhere else, and goes only after the key', async () => {
    const id = await stack.create('quick', { TemplateBody: WITH_USER, Parameters: [] });
    aws.clock.advance(40_000);
    assert.equal(await stack.status(id), 'CREATE_COMPLETE');
    const { AccessKey } = await stack.iam.send(new CreateAccessKeyCommand({ UserName: 'quick-user' }));
    const { AccessKeyId = '', SecretAccessKey = '' } = AccessKey ?? {};
    const config = clientConfig(aws.endpoint, { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey });
    const assume = (name: string) =>
      new STSClient(config).send(
        new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${tools}:role/${name}`, RoleSessionName: 'work' }),
      );
    await assume('quick-role');
    await assert.rejects(new IAMClient(config).send(new CreateAccessKeyCommand({})), {
      name: 'AccessDenied',
    });
    await stack.cloudFormation.send(new DeleteStackCommand({ StackName: 'quick' }));
    aws.clock.advance(30_000);
    assert.equal(await stack.status(id), 'DELETE_FAILED');
    assert.match((await stack.failure(id))[1] ?? '', /must delete access keys first/);
    await stack.iam.send(new DeleteAccessKeyCommand({ UserName: 'quick-user', AccessKeyId }));
    await stack.cloudFormation.send(new DeleteStackCommand({ StackName: 'quick' }));
    aws.clock.advance(30_000);
    assert.equal(await stack.status(id), 'DELETE_COMPLETE');
  });
});

void describe('a limited role', () => {
  void it('can make roles only under the boundary of its own stack', async () => {
    const id = await stack.create('limited', { TemplateBody: WITH_BOUNDARY, Parameters: [] });
    aws.clock.advance(40_000);
    assert.equal(await stack.status(id), 'CREATE_COMPLETE');
    const session = await aws.roleSession(tools, 'limited-role');
    const create = (RoleName: string, PermissionsBoundary?: string) =>
      new IAMClient(clientConfig(aws.endpoint, session)).send(
        new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST, PermissionsBoundary }),
      );
    const boundary = `arn:aws:iam::${tools}:policy/limited-boundary`;
    await create('shop-lambda', boundary);
    await assert.rejects(create('shop-free'), { name: 'AccessDenied' });
    await assert.rejects(create('other-lambda', boundary), { name: 'AccessDenied' });
  });
});
