import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  checkAccessKeyId,
  checkSecretAccessKey,
  finalCheck,
} from '../../../src/webview/connect/keyFormat.ts';

const id = 'AKIAIOSFODNN7EXAMPLE';
const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';

void test('nobody is told off while typing something right', () => {
  for (const [value, check] of [
    [id, checkAccessKeyId],
    [secret, checkSecretAccessKey],
  ] as const) {
    assert.equal(check('').state, 'empty');
    for (let length = 1; length < value.length; length++) {
      assert.equal(check(value.slice(0, length)).state, 'typing', value.slice(0, length));
    }
    assert.equal(check(value).state, 'right');
    assert.equal(check(` ${value}\n`).state, 'right');
  }
});

void test('says what is wrong with the access key ID', () => {
  assert.match(checkAccessKeyId('AKIA1234x').message, /capital letters/);
  assert.match(checkAccessKeyId('B').message, /AKIA/);
  assert.match(checkAccessKeyId('ASIAIOSFODNN7EXAMPLE').message, /temporary/);
  assert.match(checkAccessKeyId(secret).message, /secret/);
  assert.match(checkAccessKeyId(`${id}X`).message, /20 characters; this one has 21/);
});

void test('says what is wrong with the secret access key', () => {
  assert.match(checkSecretAccessKey(id).message, /access key ID/);
  assert.match(checkSecretAccessKey('with space').message, /letters, digits/);
  assert.match(checkSecretAccessKey(`${secret}x`).message, /40 characters; this one has 41/);
});

void test('what is incomplete is wrong when it is submitted', () => {
  assert.equal(finalCheck(checkAccessKeyId('')).state, 'wrong');
  assert.equal(finalCheck(checkAccessKeyId('AKIA')).state, 'wrong');
  assert.equal(finalCheck(checkAccessKeyId(id)).state, 'right');
});
