/** What an identity may do, and how each protocol says no. Judged by the real SDK. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation';
import {
  AttachUserPolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  GetRoleCommand,
  GetUserCommand,
  IAMClient,
} from '@aws-sdk/client-iam';
import { ACCOUNTS, startAws, type Aws, type UserKeys } from '../aws/emulator.ts';
import * as probes from '../aws/probes.ts';
import { clientConfig, type Credentials } from '../aws/probes.ts';
import { emulatorPython } from '../aws/python.ts';

const { tools } = ACCOUNTS;

let aws: Aws;
let ana: UserKeys;
before(async () => {
  aws = await startAws({ python: emulatorPython() });
  ana = await aws.createUser(tools, 'ana');
});
after(() => aws.dispose());

const config = (credentials: Credentials) => clientConfig(aws.endpoint, credentials);
const whoAmI = (credentials: Credentials) => probes.whoAmI(aws.endpoint, credentials);
const reads = (credentials: Credentials) => probes.reads(aws.endpoint, credentials);
const errorNames = (credentials: Credentials) => probes.errorNames(aws.endpoint, credentials);

void describe('permissions', () => {
  void it('are refused as each protocol words it; GetCallerIdentity is always allowed', async () => {
    const nobody = await aws.createUser(tools, 'nobody', { policies: 'none' });
    await whoAmI(nobody);
    assert.deepEqual(await errorNames(nobody), {
      cloudformation: 'AccessDenied',
      lambda: 'AccessDeniedException',
      s3: 'AccessDenied',
      organizations: 'AccessDeniedException',
    });
    const create = new CreateStackCommand({ StackName: 'x', TemplateBody: '{}' });
    await assert.rejects(new CloudFormationClient(config(nobody)).send(create), {
      name: 'AccessDenied',
      message: `User: ${nobody.arn} is not authorized to perform: cloudformation:CreateStack on resource: arn:aws:cloudformation:us-east-1:${tools}:stack/x/* because no identity-based policy allows the cloudformation:CreateStack action`,
    });
    await assert.rejects(new IAMClient(config(nobody)).send(new GetRoleCommand({ RoleName: 'worker' })), {
      name: 'AccessDenied',
      message: `User: ${nobody.arn} is not authorized to perform: iam:GetRole on resource: role worker because no identity-based policy allows the iam:GetRole action`,
    });
  });

  void it('follow the user’s policies: resource, explicit deny, and changes at once', async () => {
    const iam = new IAMClient(config(ana));
    const reader = await aws.createUser(tools, 'reader', {
      policies: {
        Statement: [
          { Effect: 'Allow', Action: 'iam:GetRole', Resource: `arn:aws:iam::${tools}:role/team/*` },
          { Effect: 'Deny', Action: 'iam:GetUser', Resource: '*' },
        ],
      },
    });
    const trust = {
      Statement: { Effect: 'Allow', Principal: { AWS: ana.arn }, Action: 'sts:AssumeRole' },
    } as const;
    await aws.createRole(tools, 'ours', { trust, path: '/team/' });
    await aws.createRole(tools, 'theirs', { trust });
    const own = new IAMClient(config(reader));
    await own.send(new GetRoleCommand({ RoleName: 'ours' }));
    await assert.rejects(own.send(new GetRoleCommand({ RoleName: 'theirs' })), { name: 'AccessDenied' });
    const attach = { UserName: 'reader', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' };
    await iam.send(new AttachUserPolicyCommand(attach));
    await own.send(new GetRoleCommand({ RoleName: 'theirs' }));
    await assert.rejects(own.send(new GetUserCommand({ UserName: 'ana' })), {
      name: 'AccessDenied',
      message: /with an explicit deny in an identity-based policy$/,
    });
  });

  void it('end at the permissions boundary, which a policy can demand of new roles', async () => {
    const iam = new IAMClient(config(ana));
    const { Policy } = await iam.send(
      new CreatePolicyCommand({
        PolicyName: 'boundary',
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: { Effect: 'Allow', Action: ['s3:*', 'iam:CreateRole'], Resource: '*' },
        }),
      }),
    );
    const boundary = Policy?.Arn ?? '';
    const trust = {
      Statement: { Effect: 'Allow', Principal: { AWS: ana.arn }, Action: 'sts:AssumeRole' },
    } as const;
    await aws.createRole(tools, 'bounded', {
      trust,
      permissionsBoundary: boundary,
      policies: {
        Statement: [
          { Effect: 'Allow', Action: ['s3:*', 'lambda:*'], Resource: '*' },
          {
            Effect: 'Allow',
            Action: 'iam:CreateRole',
            Resource: '*',
            Condition: { StringEquals: { 'iam:PermissionsBoundary': boundary } },
          },
        ],
      },
    });
    const session = await aws.roleSession(tools, 'bounded');
    const { s3, lambda } = reads(session);
    await s3();
    await assert.rejects(lambda(), {
      name: 'AccessDeniedException',
      message: /because no permissions boundary allows the lambda:ListFunctions action$/,
    });
    const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', ...trust });
    const create = (PermissionsBoundary?: string) =>
      new IAMClient(config(session)).send(
        new CreateRoleCommand({ RoleName: 'inner', AssumeRolePolicyDocument, PermissionsBoundary }),
      );
    await assert.rejects(create(), { name: 'AccessDenied' });
    await create(boundary);
  });
});
