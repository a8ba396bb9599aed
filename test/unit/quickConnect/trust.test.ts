import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '../../../src/core/base/errors.ts';
import { describeTrust, trustPrincipal } from '../../../src/core/quickConnect/trust.ts';

const who = (arn: string) => ({ arn, accountId: '111122223333', userId: 'X' });

test('an IAM user is trusted by its own ARN, path included', () => {
  const arn = 'arn:aws:iam::111122223333:user/team/jane';
  assert.deepEqual(trustPrincipal(who(arn), undefined), { kind: 'arn', arn });
});

test('a role session is trusted by the role’s real ARN where it could be read', () => {
  const role = 'arn:aws:iam::111122223333:role/path/Admin';
  assert.deepEqual(trustPrincipal(who('arn:aws:sts::111122223333:assumed-role/Admin/jane'), role), {
    kind: 'arn',
    arn: role,
  });
});

test('a role session whose role could not be read is trusted by name, with and without a path', () => {
  const trust = trustPrincipal(who('arn:aws-cn:sts::111122223333:assumed-role/Admin/jane'), undefined);
  assert.deepEqual(trust, {
    kind: 'account',
    accountId: '111122223333',
    partition: 'aws-cn',
    principalArns: ['arn:aws-cn:iam::111122223333:role/Admin', 'arn:aws-cn:iam::111122223333:role/*/Admin'],
  });
});

test('an Identity Center session is trusted by its set with exactly 16 wildcards, in both path forms', () => {
  const arn = 'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Dev_Admin_0123456789abcdef/jane@x.org';
  const trust = trustPrincipal(who(arn), undefined);
  assert.equal(trust.kind, 'account');
  assert.deepEqual(trust.kind === 'account' && trust.principalArns, [
    'arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Dev_Admin_????????????????',
    'arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Dev_Admin_????????????????',
  ]);
  assert.match(describeTrust(trust), /Everyone with the permission set Dev_Admin/);
});

for (const [arn, code] of [
  ['arn:aws:iam::111122223333:root', 'root-identity'],
  ['arn:aws:sts::111122223333:federated-user/bob', 'unsupported-identity'],
  ['something else', 'unsupported-identity'],
] as const) {
  test(`${arn} is refused with ${code}`, () => {
    assert.throws(
      () => trustPrincipal(who(arn), undefined),
      (error) => error instanceof Failure && error.code === code,
    );
  });
}
