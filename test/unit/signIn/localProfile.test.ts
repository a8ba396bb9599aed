import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cliSignIn, profileOrigin } from '../../../src/core/signIn/localProfile.ts';

const keys = { aws_access_key_id: 'AKIA', aws_secret_access_key: 's' };

void test('where a profile gets its credentials from', () => {
  assert.equal(profileOrigin(keys), 'keys');
  assert.equal(profileOrigin({ ...keys, aws_session_token: 't' }), 'temporary-keys');
  assert.equal(profileOrigin({ ...keys, role_arn: 'r', source_profile: 'p' }), 'role');
  assert.equal(profileOrigin({ role_arn: 'r', credential_source: 'Environment' }), 'role');
  assert.equal(profileOrigin({ role_arn: 'r', web_identity_token_file: 'f' }), 'web-identity');
  assert.equal(profileOrigin({ credential_process: 'x' }), 'process');
  assert.equal(profileOrigin({ sso_session: 'c', sso_account_id: '1', sso_role_name: 'r' }), 'sso');
  assert.equal(profileOrigin({ sso_start_url: 'https://x' }), 'sso');
  assert.equal(profileOrigin({ login_session: 'arn:…' }), 'console');
  assert.equal(profileOrigin({ region: 'eu-west-1', aws_access_key_id: '' }), 'unknown');
});

void test('the CLI’s sign-in behind a profile, through roles, without going round in circles', () => {
  const role = (source_profile: string) => ({ role_arn: 'r', source_profile });
  const sections = {
    company: { sso_session: 'c' },
    old: { sso_start_url: 'https://x' },
    login: { login_session: 'l' },
    deploy: role('company'),
    twice: role('deploy'),
    static: role('both'),
    both: { ...keys, ...role('company') },
    loop: role('pool'),
    pool: role('loop'),
    self: role('self'),
    lost: role('nowhere'),
    keys,
  };
  const of = (name: string) => cliSignIn(name, sections);
  assert.deepEqual(of('company'), { kind: 'sso', session: 'c' });
  assert.deepEqual(of('old'), { kind: 'sso', session: 'https://x' });
  assert.deepEqual(of('login'), { kind: 'console', session: 'l' });
  assert.deepEqual(of('twice'), { kind: 'sso', session: 'c' });
  // The profile itself is a role; as somebody's source its keys come first.
  assert.deepEqual(of('both'), { kind: 'sso', session: 'c' });
  for (const name of ['static', 'loop', 'self', 'lost', 'keys', 'unknown']) {
    assert.equal(of(name), undefined, name);
  }
});
