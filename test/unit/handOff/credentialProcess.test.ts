import assert from 'node:assert/strict';
import { test } from 'node:test';
import { credentialProcessOutput } from '../../../src/core/handOff/credentialProcess.ts';
import { consumerWindows, minimumStartLife, renewalMargin } from '../../../src/core/handOff/renewal.ts';

const minute = 60_000;

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
  assert.equal(renewalMargin(60 * minute), 20 * minute);
  assert.ok(renewalMargin(60 * minute) > consumerWindows.botocoreAdvisory);
});

void test('short lives are renewed when a third is left', () => {
  assert.equal(renewalMargin(15 * minute), 5 * minute);
});

void test('a start needs half an hour, or what the kind can give', () => {
  assert.equal(minimumStartLife(60 * minute), 30 * minute);
  assert.equal(minimumStartLife(15 * minute), 15 * minute);
});
