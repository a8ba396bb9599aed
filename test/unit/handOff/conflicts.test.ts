import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Conflict } from '../../../src/core/handOff/conflicts.ts';
import { environmentConflicts, mutatorConflicts } from '../../../src/core/handOff/conflicts.ts';
import { leaseEnvironment } from '../../../src/core/handOff/environment.ts';

const change = leaseEnvironment(
  { stage: 'prod', region: 'eu-west-1', profiles: ['prod'] },
  { config: '/l/config', credentials: '/l/credentials' },
  [],
);

const brief = (conflicts: readonly Conflict[]) =>
  conflicts.map(({ variable, kind }) => `${variable} ${kind}`);

void test('an environment as we left it has no conflict, blanked leftovers included', () => {
  assert.deepEqual(environmentConflicts(change, { ...change.set, AWS_ACCESS_KEY_ID: '', HOME: '/h' }), []);
});

void test('names what was overridden, removed or added', () => {
  const { AWS_CONFIG_FILE: _missing, ...set } = change.set;
  const actual = {
    ...set,
    AWS_PROFILE: 'dev',
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1/',
    AWS_ROLE_ARN: 'arn:aws:iam::1:role/x',
    AWS_PROD_PROFILE: 'other',
  };
  assert.deepEqual(brief(environmentConflicts(change, actual)).toSorted(), [
    'AWS_ACCESS_KEY_ID keys',
    'AWS_CONFIG_FILE overridden',
    'AWS_CONTAINER_CREDENTIALS_FULL_URI container',
    'AWS_PROD_PROFILE stage-leftover',
    'AWS_PROFILE overridden',
    'AWS_ROLE_ARN web-identity',
  ]);
});

void test('messages never hold a value', () => {
  const secret = 'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY';
  const actual = { ...change.set, AWS_SECRET_ACCESS_KEY: secret, AWS_CONFIG_FILE: secret };
  for (const { message } of environmentConflicts(change, actual)) assert.ok(!message.includes(secret));
});

void test('a foreign collection that would change the identity is found and named', () => {
  const owner = 'someone.else';
  const found = mutatorConflicts(change, [
    { variable: 'AWS_PROFILE', kind: 'replace', value: 'dev', owner },
    { variable: 'AWS_REGION', kind: 'append', value: 'x', owner },
    { variable: 'AWS_SESSION_TOKEN', kind: 'replace', value: 't', owner },
    { variable: 'PATH', kind: 'prepend', value: '/x:', owner },
  ]);
  assert.deepEqual(brief(found), [
    'AWS_PROFILE overridden',
    'AWS_REGION overridden',
    'AWS_SESSION_TOKEN keys',
  ]);
  assert.ok(found.every((conflict) => conflict.owner === owner && conflict.message.includes(owner)));
});

void test('a foreign collection that changes nothing for us is no conflict', () => {
  const found = mutatorConflicts(change, [
    { variable: 'AWS_PROFILE', kind: 'replace', value: 'prod' },
    { variable: 'AWS_REGION', kind: 'append', value: '' },
    { variable: 'AWS_ACCESS_KEY_ID', kind: 'replace', value: '' },
  ]);
  assert.deepEqual(found, []);
});
