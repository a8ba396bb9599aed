/** The policy evaluator by table. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  evaluate,
  evaluateResourcePolicy,
  like,
  type Conditions,
  type Context,
  type PolicyDocument,
  type Statement,
} from '../aws/policy.ts';

const document = (...Statement: Statement[]): PolicyDocument => ({ Version: '2012-10-17', Statement });
const allow = (rest: Omit<Statement, 'Effect'>): Statement => ({ Effect: 'Allow', ...rest });
const deny = (rest: Omit<Statement, 'Effect'>): Statement => ({ Effect: 'Deny', ...rest });

const ROLE = 'arn:aws:iam::111122223333:role/shop-deploy';
const identityRows: [string, Statement[], string, string, string][] = [
  ['nothing said', [], 'iam:GetRole', ROLE, 'implicitDeny'],
  ['everything', [allow({ Action: '*', Resource: '*' })], 'iam:GetRole', ROLE, 'allow'],
  ['case of the action', [allow({ Action: 'IAM:getrole', Resource: '*' })], 'iam:GetRole', ROLE, 'allow'],
  ['action pattern', [allow({ Action: ['s3:*', 'iam:Get*'], Resource: '*' })], 'iam:GetRole', ROLE, 'allow'],
  ['? is one character', [allow({ Action: 'iam:GetRol?', Resource: '*' })], 'iam:GetRole', ROLE, 'allow'],
  ['other action', [allow({ Action: 'iam:Get*', Resource: '*' })], 'iam:PassRole', ROLE, 'implicitDeny'],
  ['NotAction', [allow({ NotAction: 's3:*', Resource: '*' })], 'iam:GetRole', ROLE, 'allow'],
  ['NotAction hit', [allow({ NotAction: 'iam:*', Resource: '*' })], 'iam:GetRole', ROLE, 'implicitDeny'],
  ['resource pattern', [allow({ Action: '*', Resource: '*:role/shop-*' })], 'iam:GetRole', ROLE, 'allow'],
  [
    'other resource',
    [allow({ Action: '*', Resource: '*:role/other-*' })],
    'iam:GetRole',
    ROLE,
    'implicitDeny',
  ],
  ['NotResource', [allow({ Action: '*', NotResource: '*:role/other-*' })], 'iam:GetRole', ROLE, 'allow'],
  [
    'deny wins over allow, in any order',
    [deny({ Action: 'iam:*', Resource: '*' }), allow({ Action: '*', Resource: '*' })],
    'iam:GetRole',
    ROLE,
    'explicitDeny',
  ],
  ['a dot is a dot', [allow({ Action: '*', Resource: 'a.c' })], 'iam:GetRole', 'abc', 'implicitDeny'],
];

void test('identity-based policies', async (t) => {
  for (const [name, statements, action, resource, expected] of identityRows) {
    await t.test(name, () => {
      assert.equal(evaluate([document(...statements)], { action, resource, context: {} }), expected);
    });
  }
});

const conditionRows: [string, Conditions, Context, boolean][] = [
  ['StringEquals', { StringEquals: { 'sts:ExternalId': 'x' } }, { 'sts:ExternalId': 'x' }, true],
  [
    'StringEquals, other value',
    { StringEquals: { 'sts:ExternalId': 'x' } },
    { 'sts:ExternalId': 'X' },
    false,
  ],
  ['StringEquals, absent', { StringEquals: { 'sts:ExternalId': 'x' } }, {}, false],
  ['StringEquals, list is or', { StringEquals: { k: ['a', 'b'] } }, { k: 'b' }, true],
  ['keys without case', { StringEquals: { 'STS:externalid': 'x' } }, { 'sts:ExternalId': 'x' }, true],
  ['two operators are and', { StringEquals: { k: 'a' }, StringLike: { l: 'b*' } }, { k: 'a', l: 'c' }, false],
  ['StringEqualsIgnoreCase', { StringEqualsIgnoreCase: { k: 'A' } }, { k: 'a' }, true],
  ['StringNotEquals', { StringNotEquals: { k: 'a' } }, { k: 'b' }, true],
  ['StringNotEquals, same', { StringNotEquals: { k: ['a', 'b'] } }, { k: 'b' }, false],
  ['StringNotEquals, absent', { StringNotEquals: { k: 'a' } }, {}, true],
  ['StringLike', { StringLike: { 'aws:userid': '*:ana' } }, { 'aws:userid': 'AROA1:ana' }, true],
  [
    'StringLike, no match',
    { StringLike: { 'aws:userid': '*:ana' } },
    { 'aws:userid': 'AROA1:anabel' },
    false,
  ],
  ['StringNotLike', { StringNotLike: { k: 'a*' } }, { k: 'b' }, true],
  ['IfExists, absent', { StringEqualsIfExists: { k: 'a' } }, {}, true],
  ['IfExists, other', { StringEqualsIfExists: { k: 'a' } }, { k: 'b' }, false],
  ['Bool', { Bool: { 'aws:MultiFactorAuthPresent': true } }, { 'aws:MultiFactorAuthPresent': 'true' }, true],
  ['Bool, absent', { Bool: { 'aws:MultiFactorAuthPresent': 'false' } }, {}, false],
  ['Null true', { Null: { k: 'true' } }, {}, true],
  ['Null false', { Null: { k: 'false' } }, {}, false],
  ['Null, present', { Null: { k: false } }, { k: 'a' }, true],
  ['ForAnyValue', { 'ForAnyValue:StringEquals': { k: ['a', 'b'] } }, { k: ['c', 'b'] }, true],
  ['ForAnyValue, absent', { 'ForAnyValue:StringEquals': { k: 'a' } }, {}, false],
  ['ForAllValues', { 'ForAllValues:StringEquals': { k: ['a', 'b'] } }, { k: ['a', 'c'] }, false],
  ['ForAllValues, absent', { 'ForAllValues:StringEquals': { k: 'a' } }, {}, true],
  ['NumericLessThanEquals', { NumericLessThanEquals: { k: '3600' } }, { k: '900' }, true],
  [
    'ArnLike matches part by part',
    { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/*/dev' } },
    { 'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/team/dev' },
    true,
  ],
  [
    'ArnLike, * does not swallow a colon',
    { ArnLike: { 'aws:PrincipalArn': 'arn:*:role/dev' } },
    { 'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/dev' },
    false,
  ],
  [
    'ArnEquals takes wildcards as well',
    { ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/d??' } },
    { 'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/dev' },
    true,
  ],
  [
    'sixteen ? are exactly sixteen characters',
    { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::1:role/AWSReservedSSO_Dev_????????????????' } },
    { 'aws:PrincipalArn': 'arn:aws:iam::1:role/AWSReservedSSO_Dev_Ops_0123456789abcdef' },
    false,
  ],
];

void test('conditions', async (t) => {
  for (const [name, Condition, context, holds] of conditionRows) {
    await t.test(name, () => {
      const statement = allow({ Action: '*', Resource: '*', Condition });
      const verdict = evaluate([document(statement)], { action: 'sts:AssumeRole', resource: '*', context });
      assert.equal(verdict, holds ? 'allow' : 'implicitDeny');
    });
  }
  await t.test('an unknown operator is an error, not a pass', () => {
    const statement = allow({ Action: '*', Resource: '*', Condition: { IpAddress: { k: '10.0.0.0/8' } } });
    assert.throws(() =>
      evaluate([document(statement)], { action: 'a:b', resource: '*', context: { k: 'x' } }),
    );
  });
});

const ANA = { accountId: '111122223333', ids: ['arn:aws:iam::111122223333:user/ana', 'AIDAANA'] };
const trustRows: [string, Statement[], unknown][] = [
  [
    'named user',
    [allow({ Principal: { AWS: 'arn:aws:iam::111122223333:user/ana' }, Action: 'sts:AssumeRole' })],
    { verdict: 'allow', via: 'principal' },
  ],
  [
    'unique id',
    [allow({ Principal: { AWS: ['AIDAANA'] }, Action: 'sts:AssumeRole' })],
    { verdict: 'allow', via: 'principal' },
  ],
  [
    'account root',
    [allow({ Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Action: 'sts:AssumeRole' })],
    { verdict: 'allow', via: 'account' },
  ],
  [
    'account id',
    [allow({ Principal: { AWS: '111122223333' }, Action: 'sts:AssumeRole' })],
    { verdict: 'allow', via: 'account' },
  ],
  [
    'another account',
    [allow({ Principal: { AWS: '444455556666' }, Action: 'sts:AssumeRole' })],
    { verdict: 'implicitDeny' },
  ],
  [
    'a service',
    [allow({ Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' })],
    { verdict: 'implicitDeny' },
  ],
  [
    'denied by name',
    [
      allow({ Principal: '*', Action: 'sts:AssumeRole' }),
      deny({ Principal: { AWS: 'AIDAANA' }, Action: 'sts:AssumeRole' }),
    ],
    { verdict: 'explicitDeny' },
  ],
  [
    'NotPrincipal',
    [deny({ NotPrincipal: { AWS: 'arn:aws:iam::111122223333:user/bob' }, Action: 'sts:AssumeRole' })],
    { verdict: 'explicitDeny' },
  ],
];

void test('trust policies', async (t) => {
  for (const [name, statements, expected] of trustRows) {
    await t.test(name, () => {
      const request = { action: 'sts:AssumeRole', resource: ROLE, context: {} };
      assert.deepEqual(evaluateResourcePolicy(document(...statements), ANA, request), expected);
    });
  }
});

void test('like matches the whole value', () => {
  assert.equal(like('a*c', 'abbc'), true);
  assert.equal(like('a*c', 'abbcd'), false);
  assert.equal(like('a(b', 'a(b'), true);
});
