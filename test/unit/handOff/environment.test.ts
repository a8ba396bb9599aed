import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  applied,
  blanked,
  leaseEnvironment,
  leaseProfile,
  variableRole,
} from '../../../src/core/handOff/environment.ts';

const lease = { stage: 'dev', region: 'eu-central-1', profiles: ['dev', 'team shared'] };
const paths = { config: '/l/config', credentials: '/l/credentials' };

void test('sets everything a tool looks at, and never a blank profile', () => {
  assert.deepEqual(leaseEnvironment(lease, paths, []).set, {
    AWS_CONFIG_FILE: '/l/config',
    AWS_SHARED_CREDENTIALS_FILE: '/l/credentials',
    AWS_SDK_LOAD_CONFIG: '1',
    AWS_PROFILE: 'dev',
    AWS_DEFAULT_PROFILE: 'dev',
    AWS_REGION: 'eu-central-1',
    AWS_DEFAULT_REGION: 'eu-central-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    STAGE_PROVIDERS_STAGE: 'dev',
  });
});

void test('selects the default profile when the stage has no profile every tool can read', () => {
  assert.equal(leaseProfile({ stage: 'dev', profiles: ['shared'] }), 'default');
  assert.equal(leaseProfile({ stage: 'my stage', profiles: ['my stage'] }), 'default');
  assert.equal(leaseProfile({ stage: '', profiles: [''] }), 'default');
  assert.equal(leaseProfile({ stage: 'feature-42', profiles: ['feature-42'] }), 'feature-42');
});

const removed = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_SECURITY_TOKEN',
  'AWS_CREDENTIAL_EXPIRATION',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_ROLE_ARN',
  'AWS_ROLE_SESSION_NAME',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
];

void test('removes every known credential variable, present or not', () => {
  const { remove } = leaseEnvironment(lease, paths, []);
  for (const name of removed) assert.ok(remove.includes(name), name);
});

const leftovers = [
  'AWS_DEV_PROFILE',
  'AWS_PROD_ACCESS_KEY_ID',
  'AWS_MY_TEAM_SECRET_ACCESS_KEY',
  'aws_x_SESSION_TOKEN',
];
const stays = [
  'AWS_ENDPOINT_URL',
  'AWS_ENDPOINT_URL_S3',
  'AWS_SDK_UA_APP_ID',
  'AWS_CA_BUNDLE',
  'AWS_MAX_ATTEMPTS',
  'AWS_EC2_METADATA_SERVICE_ENDPOINT',
  'AWS_PAGER',
  'AWS_NODEJS_CONNECTION_REUSE_ENABLED',
  'HOME',
  'MY_AWS_DEV_PROFILE',
];

void test('removes leftovers of stages and leaves endpoints and settings alone', () => {
  const { remove } = leaseEnvironment(lease, paths, [...leftovers, ...stays]);
  for (const name of leftovers) assert.ok(remove.includes(name), name);
  for (const name of stays) assert.ok(!remove.includes(name), name);
});

void test('never removes what it sets', () => {
  const change = leaseEnvironment(lease, paths, ['AWS_DEFAULT_PROFILE', 'AWS_PROFILE', 'AWS_REGION']);
  for (const name of Object.keys(change.set)) assert.ok(!change.remove.includes(name), name);
});

void test('for tasks, what cannot be removed is blanked and the rest is set', () => {
  const change = leaseEnvironment(lease, paths, ['AWS_DEV_PROFILE']);
  const env = blanked(change);
  assert.equal(env['AWS_DEV_PROFILE'], '');
  assert.equal(env['AWS_ACCESS_KEY_ID'], '');
  assert.equal(env['AWS_PROFILE'], 'dev');
  assert.deepEqual(Object.keys(env).toSorted(), [...change.remove, ...Object.keys(change.set)].toSorted());
});

void test('applying it removes leftovers the environment turns out to have', () => {
  const change = leaseEnvironment(lease, paths, []);
  const env = applied(change, { AWS_LATE_PROFILE: 'x', PATH: '/bin', AWS_ENDPOINT_URL: 'http://e' }, false);
  assert.deepEqual(env, { PATH: '/bin', AWS_ENDPOINT_URL: 'http://e', ...change.set });
});

void test('applying it on Windows minds no case', () => {
  const env = applied(leaseEnvironment(lease, paths, []), { aws_profile: 'x', Aws_Access_Key_Id: 'y' }, true);
  assert.equal(env['aws_profile'], undefined);
  assert.equal(env['Aws_Access_Key_Id'], undefined);
  assert.equal(env['AWS_PROFILE'], 'dev');
});

void test('whatever the environment was, no identity but the lease’s is left in it', () => {
  const name = fc.oneof(fc.constantFrom(...removed, ...leftovers, ...stays), fc.string({ minLength: 1 }));
  fc.assert(
    fc.property(fc.dictionary(name, fc.string()), (environment) => {
      const change = leaseEnvironment(lease, paths, Object.keys(environment));
      const env = applied(change, environment, false);
      for (const key of Object.keys(env)) {
        assert.ok(Object.hasOwn(change.set, key) || variableRole(key) === undefined, key);
      }
    }),
  );
});
