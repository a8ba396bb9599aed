import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseDocument } from 'yaml';
import { createExternalId } from '../../../src/core/quickConnect/externalId.ts';
import { namesFor } from '../../../src/core/quickConnect/plan.ts';
import { roleTemplate } from '../../../src/core/quickConnect/template.ts';
import { rolePlan } from '../../fixtures/rolePlan.ts';

interface Template {
  readonly Parameters: { readonly ExternalId: Record<string, unknown> };
  readonly Resources: {
    readonly AccessRole: {
      readonly Properties: {
        readonly AssumeRolePolicyDocument: { readonly Statement: readonly Record<string, unknown>[] };
      };
    };
  };
}

function parse(text: string): Template {
  const document = parseDocument(text, {
    customTags: [
      ...['!Ref', '!GetAtt'].map((tag) => ({ tag, resolve: (value: string) => `${tag} ${value}` })),
      ...['!If', '!Not', '!Equals'].map((tag) => ({
        tag,
        collection: 'seq' as const,
        resolve: (value: unknown) => value,
      })),
    ],
  });
  assert.deepEqual(document.errors, []);
  return document.toJS() as Template;
}

const bothWhileChanging = [
  'ChangingExternalId',
  ['!Ref ExternalId', '!Ref NextExternalId'],
  '!Ref ExternalId',
];

test('the trust names the caller and asks for the ExternalId', () => {
  const [statement] = parse(roleTemplate(rolePlan())).Resources.AccessRole.Properties.AssumeRolePolicyDocument
    .Statement;
  assert.deepEqual(statement, {
    Effect: 'Allow',
    Principal: { AWS: 'arn:aws:iam::111122223333:user/deployer' },
    Action: 'sts:AssumeRole',
    Condition: { StringEquals: { 'sts:ExternalId': bothWhileChanging } },
  });
});

test('an account principal is always narrowed by aws:PrincipalArn', () => {
  const principalArns = ['arn:aws:iam::111122223333:role/Admin'];
  const plan = rolePlan({
    trust: { kind: 'account', accountId: '111122223333', partition: 'aws', principalArns, userId: '*:jane' },
  });
  const [statement] = parse(roleTemplate(plan)).Resources.AccessRole.Properties.AssumeRolePolicyDocument
    .Statement;
  assert.deepEqual(statement?.['Condition'], {
    StringEquals: { 'sts:ExternalId': bothWhileChanging },
    ArnLike: { 'aws:PrincipalArn': principalArns },
    StringLike: { 'aws:userid': '*:jane' },
  });
});

test('the ExternalId stands in the template only when it is meant to', () => {
  assert.ok(!('Default' in parse(roleTemplate(rolePlan())).Parameters.ExternalId));
  assert.equal(
    parse(roleTemplate(rolePlan(), { externalId: 'secret' })).Parameters.ExternalId['Default'],
    'secret',
  );
});

test('every ExternalId is valid for STS and long enough', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
      assert.match(
        createExternalId(() => bytes),
        /^[\w+=,.@:/-]{32}$/,
      );
    }),
  );
});

test('names made from any alias are valid for IAM and CloudFormation', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (alias) => {
      const { roleName, stackName } = namesFor(alias);
      assert.match(roleName, /^[\w+=,.@-]{1,64}$/);
      assert.match(stackName, /^[A-Za-z][A-Za-z0-9-]{0,127}$/);
    }),
  );
});
