import assert from 'node:assert/strict';
import { test } from 'node:test';
import { credentialProcessOutput } from '../../../src/core/handOff/credentialProcess.ts';
import { renewalWindowMs } from '../../../src/core/credentials/refresh.ts';
import { minLifetimeSeconds } from '../../../src/core/handOff/handOff.ts';

const minute = 60_000;

/** botocore asks for new credentials when less than this is left; the SDKs for JavaScript and Go wait until 5 minutes. */
const botocoreAdvisoryMs = 15 * minute;

void test('prints temporary credentials with their end', () => {
  const expiresAt = Date.UTC(2030, 0, 2, 3, 4, 5);
  assert.deepEqual(
    credentialProcessOutput({ accessKeyId: 'A', secretAccessKey: 'S', sessionToken: 'T', expiresAt }),
    {
      Version: 1,
      AccessKeyId: 'A',
      SecretAccessKey: 'S',
      SessionToken: 'T',
      Expiration: '2030-01-02T03:04:05.000Z',
    },
  );
});

void test('prints permanent keys without token and end', () => {
  assert.deepEqual(credentialProcessOutput({ accessKeyId: 'A', secretAccessKey: 'S' }), {
    Version: 1,
    AccessKeyId: 'A',
    SecretAccessKey: 'S',
  });
});

void test('an hour is renewed before any consumer asks for it', () => {
  assert.equal(renewalWindowMs(60 * minute), 20 * minute);
  assert.ok(renewalWindowMs(60 * minute) > botocoreAdvisoryMs);
});

void test('short lives are renewed when a third is left', () => {
  assert.equal(renewalWindowMs(15 * minute), 5 * minute);
});

void test('a start asks for half an hour; what a kind cannot give is taken as it is', () => {
  assert.equal(minLifetimeSeconds * 1000, 30 * minute);
});
