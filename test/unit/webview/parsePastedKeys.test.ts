import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parsePastedKeys } from '../../../src/webview/connect/parsePastedKeys.ts';

const accessKeyId = 'AKIAIOSFODNN7EXAMPLE';
const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const sessionToken = 'IQoJb3JpZ2luX2VjEXAMPLE//////////wEaCXVzLWVhc3QtMSJ=';
const pair = { accessKeyId, secretAccessKey };

const formats: Readonly<Record<string, (id: string, secret: string) => string>> = {
  'credentials file': (id, secret) =>
    `[default]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\nregion = eu-west-1\n`,
  'credentials file without section': (id, secret) =>
    `aws_secret_access_key=${secret}\naws_access_key_id=${id}`,
  'aws configure prompts': (id, secret) =>
    `$ aws configure\nAWS Access Key ID [None]: ${id}\nAWS Secret Access Key [****************ABCD]: ${secret}\nDefault region name [None]:`,
  export: (id, secret) => `export AWS_ACCESS_KEY_ID=${id}\nexport AWS_SECRET_ACCESS_KEY=${secret}\n`,
  'export on one line': (id, secret) =>
    `export AWS_ACCESS_KEY_ID="${id}" AWS_SECRET_ACCESS_KEY='${secret}'; aws s3 ls`,
  'env file': (id, secret) => `# keys\nAWS_ACCESS_KEY_ID=${id}\n\nAWS_SECRET_ACCESS_KEY="${secret}"\n`,
  'set (cmd)': (id, secret) => `set AWS_ACCESS_KEY_ID=${id}\r\nset AWS_SECRET_ACCESS_KEY=${secret}\r\n`,
  'setx (cmd)': (id, secret) => `setx AWS_ACCESS_KEY_ID ${id}\r\nsetx AWS_SECRET_ACCESS_KEY "${secret}"`,
  PowerShell: (id, secret) => `$Env:AWS_ACCESS_KEY_ID="${id}"\n$Env:AWS_SECRET_ACCESS_KEY="${secret}"`,
  'JavaScript object': (id, secret) => `{ accessKeyId: '${id}', secretAccessKey: '${secret}' }`,
  docker: (id, secret) => `docker run -e AWS_ACCESS_KEY_ID=${id} -e AWS_SECRET_ACCESS_KEY=${secret} x`,
  YAML: (id, secret) => `aws_access_key_id: ${id}\naws_secret_access_key: "${secret}"`,
  'console CSV': (id, secret) => `\uFEFFAccess key ID,Secret access key\r\n${id},${secret}\r\n`,
  'old console CSV': (id, secret) =>
    `User name,Password,Access key ID,Secret access key,Console login link\nbob,,${id},${secret},https://111122223333.signin.aws.amazon.com/console`,
  'quoted CSV': (id, secret) => `"Access key ID","Secret access key"\n"${id}","${secret}"`,
  'copied table': (id, secret) => `Access key\tSecret access key\n${id}\t${secret}`,
  'create-access-key JSON': (id, secret) =>
    JSON.stringify({ AccessKey: { UserName: 'bob', AccessKeyId: id, SecretAccessKey: secret } }, null, 2),
  'SDK JSON': (id, secret) => JSON.stringify({ accessKeyId: id, secretAccessKey: secret }),
  'environment JSON': (id, secret) =>
    JSON.stringify({ env: { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret } }),
  'two lines': (id, secret) => `${id}\n${secret}\n`,
  'one line': (id, secret) => `${id} ${secret}`,
  'labels of the console page': (id, secret) => `Access key: ${id}\nSecret access key: ${secret}`,
};

for (const [name, write] of Object.entries(formats)) {
  void test(`reads ${name}`, () =>
    assert.deepEqual(parsePastedKeys(write(accessKeyId, secretAccessKey)), pair));
}

const characters = (set: string, length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...set.split('')), minLength: length, maxLength: length });
const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const anyId = characters(upper, 16).map((tail) => `AKIA${tail}`);
const anySecret = characters(`${upper}abcdefghijklmnopqrstuvwxyz+/`, 40);
const blank = fc.string({ unit: fc.constantFrom(' ', '\t', '\n', '\r\n'), maxLength: 4 });

void test('any pair in any format, whatever white space is around and in whatever line ends', () => {
  fc.assert(
    fc.property(
      anyId,
      anySecret,
      fc.constantFrom(...Object.values(formats)),
      blank,
      blank,
      fc.constantFrom('\n', '\r\n', '\r'),
      (id, secret, write, before, after, lineEnd) => {
        const text = before + write(id, secret).replaceAll(/\r?\n/g, lineEnd) + after;
        assert.deepEqual(parsePastedKeys(text), { accessKeyId: id, secretAccessKey: secret });
      },
    ),
  );
});

void test('never throws, and gives only words that stand in the text', () => {
  const words = fc.constantFrom(
    'aws_access_key_id',
    'aws_secret_access_key',
    'SecretAccessKey',
    'AccessKeyId',
    'export ',
    '[x]',
    '=',
    ':',
    ',',
    ';',
    '\n',
    '\t',
    '"',
    "'",
    '{',
    '}',
    '[',
    '\\',
    ' ',
    accessKeyId,
    secretAccessKey,
  );
  const soup = fc.array(fc.oneof(words, fc.string()), { maxLength: 40 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.oneof(soup, fc.string({ unit: 'binary' })), (text) => {
      for (const value of Object.values(parsePastedKeys(text) ?? {})) {
        assert.match(value, /^[!-~]+$/);
        // JSON may write a character as an escape.
        if (!text.includes('\\')) assert.ok(text.includes(value));
      }
    }),
    { numRuns: 2000 },
  );
});

void test('the first complete pair, never halves of two', () => {
  const other = { id: `AKIA${'B'.repeat(16)}`, secret: 'b'.repeat(40) };
  const file = `[a]\naws_access_key_id=${other.id}\n[b]\naws_access_key_id=${accessKeyId}\naws_secret_access_key=${secretAccessKey}\n[c]\naws_access_key_id=${other.id}\naws_secret_access_key=${other.secret}`;
  assert.deepEqual(parsePastedKeys(file), pair);
  const lines = `AWS_ACCESS_KEY_ID=${other.id}\nAWS_ACCESS_KEY_ID=${accessKeyId}\nAWS_SECRET_ACCESS_KEY=${secretAccessKey}`;
  assert.deepEqual(parsePastedKeys(lines), pair);
  const apart = `[a]\naws_access_key_id=${accessKeyId}\n[b]\naws_secret_access_key=${secretAccessKey}`;
  assert.equal(parsePastedKeys(apart), undefined);
});

void test('keeps a session token, which marks temporary keys', () => {
  const temporary = { ...pair, sessionToken };
  const lines = `export AWS_ACCESS_KEY_ID=${accessKeyId}\nexport AWS_SECRET_ACCESS_KEY=${secretAccessKey}\nexport AWS_SESSION_TOKEN=${sessionToken}`;
  assert.deepEqual(parsePastedKeys(lines), temporary);
  const json = JSON.stringify({
    Credentials: { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken },
  });
  assert.deepEqual(parsePastedKeys(json), temporary);
});

void test('leaves anything else to the field it was pasted into', () => {
  for (const text of [
    '',
    ' ',
    accessKeyId,
    secretAccessKey,
    `aws_access_key_id=${accessKeyId}`,
    'hello world',
    '{',
    '[]',
    '{"a":1}',
  ]) {
    assert.equal(parsePastedKeys(text), undefined, text);
  }
  assert.equal(
    parsePastedKeys(`# aws_access_key_id=${accessKeyId}\n# aws_secret_access_key=${secretAccessKey}`),
    undefined,
  );
  assert.equal(parsePastedKeys(`aws_access_key_id=None\naws_secret_access_key=None`), undefined);
});

void test('a huge or hostile text costs next to nothing', () => {
  const started = process.cpuUsage();
  for (const text of [
    'a'.repeat(20_000),
    'a '.repeat(10_000),
    '"'.repeat(20_000),
    ' ='.repeat(10_000),
    '['.repeat(20_000),
    'x'.repeat(1e7),
  ]) {
    assert.equal(parsePastedKeys(text), undefined);
  }
  assert.ok(process.cpuUsage(started).user < 2_000_000);
});
