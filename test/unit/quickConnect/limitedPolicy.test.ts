import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boundaryPolicy } from '../../../src/core/quickConnect/policies.ts';
import { boundaryArnOf, limitedPolicyOf } from '../../../src/core/quickConnect/template.ts';
import { evaluate, type Context } from '../../aws/policy.ts';
import { rolePlan } from '../../fixtures/rolePlan.ts';

const plan = rolePlan({
  permissions: { kind: 'limited', services: ['shop'], passTo: ['states.amazonaws.com'] },
});
const account = plan.accountId;
const boundary = boundaryArnOf(plan);
const ownRole = plan.roleArn;
const shopRole = `arn:aws:iam::${account}:role/shop-dev-eu-west-1-lambdaRole`;
const otherRole = `arn:aws:iam::${account}:role/admin`;
const bounded: Context = { 'iam:PermissionsBoundary': boundary };
const foreignBoundary: Context = { 'iam:PermissionsBoundary': `arn:aws:iam::${account}:policy/anything` };

type Row = readonly [what: string, action: string, resource: string, context: Context];

const allowed: readonly Row[] = [
  [
    'create the service’s stack',
    'cloudformation:CreateStack',
    `arn:aws:cloudformation:eu-west-1:${account}:stack/shop-dev/1`,
    {},
  ],
  [
    'change its stack',
    'cloudformation:ExecuteChangeSet',
    `arn:aws:cloudformation:eu-west-1:${account}:stack/shop-dev/1`,
    {},
  ],
  ['look at a stack', 'cloudformation:DescribeStacks', '*', {}],
  [
    'upload the artefact',
    's3:PutObject',
    'arn:aws:s3:::shop-dev-serverlessdeploymentbucket-x1/serverless/shop.zip',
    {},
  ],
  [
    'create a function',
    'lambda:CreateFunction',
    `arn:aws:lambda:eu-west-1:${account}:function:shop-dev-greet`,
    {},
  ],
  [
    'make its log group',
    'logs:CreateLogGroup',
    `arn:aws:logs:eu-west-1:${account}:log-group:/aws/lambda/shop-dev-greet`,
    {},
  ],
  ['make a bounded role', 'iam:CreateRole', shopRole, bounded],
  ['give a bounded role a policy', 'iam:PutRolePolicy', shopRole, bounded],
  ['attach a policy to a bounded role', 'iam:AttachRolePolicy', shopRole, bounded],
  ['delete a role of the service', 'iam:DeleteRole', shopRole, {}],
  ['pass the role to Lambda', 'iam:PassRole', shopRole, { 'iam:PassedToService': 'lambda.amazonaws.com' }],
  [
    'pass the role to a service named',
    'iam:PassRole',
    shopRole,
    { 'iam:PassedToService': 'states.amazonaws.com' },
  ],
];

const denied: readonly Row[] = [
  ['make a role without a boundary', 'iam:CreateRole', shopRole, {}],
  ['make a role with another boundary', 'iam:CreateRole', shopRole, foreignBoundary],
  ['make a role of another name', 'iam:CreateRole', otherRole, bounded],
  ['give an unbounded role a policy', 'iam:PutRolePolicy', shopRole, {}],
  ['attach a policy to an unbounded role', 'iam:AttachRolePolicy', shopRole, {}],
  ['give itself a policy', 'iam:PutRolePolicy', ownRole, {}],
  ['attach a policy to itself', 'iam:AttachRolePolicy', ownRole, bounded],
  ['open its own trust', 'iam:UpdateAssumeRolePolicy', ownRole, {}],
  ['take a boundary off', 'iam:DeleteRolePermissionsBoundary', shopRole, bounded],
  ['swap a boundary for another', 'iam:PutRolePermissionsBoundary', shopRole, foreignBoundary],
  ['rewrite the boundary', 'iam:CreatePolicyVersion', boundary, {}],
  ['roll the boundary back', 'iam:SetDefaultPolicyVersion', boundary, {}],
  ['delete the boundary', 'iam:DeletePolicy', boundary, {}],
  [
    'pass the role to another service',
    'iam:PassRole',
    shopRole,
    { 'iam:PassedToService': 'ec2.amazonaws.com' },
  ],
  ['pass another role', 'iam:PassRole', otherRole, { 'iam:PassedToService': 'lambda.amazonaws.com' }],
  ['pass itself', 'iam:PassRole', ownRole, { 'iam:PassedToService': 'lambda.amazonaws.com' }],
  ['make a user', 'iam:CreateUser', `arn:aws:iam::${account}:user/eve`, {}],
  ['make a key for a user', 'iam:CreateAccessKey', `arn:aws:iam::${account}:user/admin`, {}],
  ['join a group', 'iam:AddUserToGroup', `arn:aws:iam::${account}:group/admins`, {}],
  ['assume another role', 'sts:AssumeRole', otherRole, {}],
  [
    'change its own stack',
    'cloudformation:UpdateStack',
    `arn:aws:cloudformation:eu-central-1:${account}:stack/${plan.stackName}/1`,
    {},
  ],
  [
    'change another service’s stack',
    'cloudformation:UpdateStack',
    `arn:aws:cloudformation:eu-west-1:${account}:stack/billing-dev/1`,
    {},
  ],
  [
    'change another service’s function',
    'lambda:UpdateFunctionCode',
    `arn:aws:lambda:eu-west-1:${account}:function:billing-dev-x`,
    {},
  ],
  ['read another bucket', 's3:GetObject', 'arn:aws:s3:::billing-secrets/key', {}],
  ['start a machine', 'ec2:RunInstances', '*', {}],
  ['leave the organization', 'organizations:LeaveOrganization', '*', {}],
];

/** What a deployed function may do at most: its role may carry any policy, the boundary caps it. */
const functionAllowed: readonly Row[] = [
  ['use a table', 'dynamodb:PutItem', `arn:aws:dynamodb:eu-west-1:${account}:table/shop-dev-orders`, {}],
  ['send a message', 'sqs:SendMessage', `arn:aws:sqs:eu-west-1:${account}:shop-dev-q`, {}],
];

const functionDenied: readonly Row[] = [
  ['make a user', 'iam:CreateUser', `arn:aws:iam::${account}:user/eve`, {}],
  ['change a role', 'iam:PutRolePolicy', ownRole, {}],
  ['pass a role', 'iam:PassRole', otherRole, { 'iam:PassedToService': 'lambda.amazonaws.com' }],
  ['assume a role', 'sts:AssumeRole', otherRole, {}],
  [
    'make a function with another role',
    'lambda:CreateFunction',
    `arn:aws:lambda:eu-west-1:${account}:function:x`,
    {},
  ],
  [
    'deploy a stack',
    'cloudformation:CreateStack',
    `arn:aws:cloudformation:eu-west-1:${account}:stack/x/1`,
    {},
  ],
  ['close the account', 'account:CloseAccount', '*', {}],
];

const policy = [limitedPolicyOf(plan)];

for (const [what, action, resource, context] of allowed) {
  test(`a limited deploy may ${what}`, () => {
    assert.equal(evaluate(policy, { action, resource, context }), 'allow');
  });
}
for (const [what, action, resource, context] of denied) {
  test(`a limited deploy may not ${what}`, () => {
    assert.notEqual(evaluate(policy, { action, resource, context }), 'allow');
  });
}
for (const [what, action, resource, context] of functionAllowed) {
  test(`a deployed function may ${what}`, () => {
    assert.equal(evaluate([boundaryPolicy()], { action, resource, context }), 'allow');
  });
}
for (const [what, action, resource, context] of functionDenied) {
  test(`a deployed function may not ${what}, whatever its role says`, () => {
    assert.notEqual(evaluate([boundaryPolicy()], { action, resource, context }), 'allow');
  });
}
