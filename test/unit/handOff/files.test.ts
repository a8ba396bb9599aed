import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { loadSharedConfigFiles } from '@smithy/core/config';
import fc from 'fast-check';
import type { LeaseFiles } from '../../../src/core/handOff/files.ts';
import { credentialProcess, leaseFiles } from '../../../src/core/handOff/files.ts';

const folder = await mkdtemp(path.join(tmpdir(), 'hand-off-files-'));
after(() => rm(folder, { recursive: true }));

/** As every AWS SDK for JavaScript v3 reads the two files. */
async function parse(files: LeaseFiles) {
  const [configFilepath, filepath] = [path.join(folder, 'config'), path.join(folder, 'credentials')];
  await Promise.all([writeFile(configFilepath, files.config), writeFile(filepath, files.credentials)]);
  return await loadSharedConfigFiles({ configFilepath, filepath, ignoreCache: true });
}

const region = 'eu-central-1';
const command = credentialProcess('/s/bin/aws-credentials', '/s/leases/0', 'posix');
const expected = { credential_process: command, region };

const plainName = fc.stringMatching(/^[\w@+.%:/-]{1,20}$/).filter((name) => name !== '__proto__');
/** Any name an INI header can hold, but for those with a space, which the JavaScript SDK cannot read at all. */
const anyName = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .filter((name) => !/[\p{Cc}\p{Z}\]]/u.test(name) && name !== '__proto__' && name === name.trim());

void test('every plain profile name resolves to the lease, from either file', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(plainName, { maxLength: 5 }), async (profiles) => {
      const { configFile, credentialsFile } = await parse(
        leaseFiles({ profiles, region }, { credentialProcess: command }),
      );
      for (const name of ['default', ...profiles]) {
        assert.deepEqual({ ...configFile[name] }, expected);
        assert.deepEqual({ ...credentialsFile[name] }, expected);
      }
    }),
    { numRuns: 60 },
  );
});

void test('a name only one of the files can hold for the JavaScript SDK is found in the other', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyName, { maxLength: 5 }), async (profiles) => {
      const { configFile, credentialsFile } = await parse(
        leaseFiles({ profiles, region }, { credentialProcess: command }),
      );
      for (const name of ['default', ...profiles]) {
        assert.deepEqual({ ...(configFile[name] ?? credentialsFile[name]) }, expected, name);
      }
      // Nothing else came to be, and nothing has other content.
      for (const found of [...Object.values(configFile), ...Object.values(credentialsFile)]) {
        assert.deepEqual({ ...found }, expected);
      }
    }),
    { numRuns: 60 },
  );
});

const directory = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
  .filter((text) => !/[\p{Cc}\u2028\u2029]|\$[\w{]/u.test(text));

void test('any path survives the JavaScript SDK’s idea of comments', async () => {
  await fc.assert(
    fc.asyncProperty(directory, async (text) => {
      const value = credentialProcess(`/${text} #a ;b/bin/x`, `/${text}/0`, 'posix');
      const { configFile } = await parse(leaseFiles({ profiles: [], region }, { credentialProcess: value }));
      assert.equal(configFile['default']?.['credential_process'], value);
    }),
    { numRuns: 60 },
  );
});

for (const name of ['', ' dev', 'dev ', 'a\nb', 'a\r', 'a]b', 'a\0', '__proto__', 'a\u2028b']) {
  void test(`the profile name ${JSON.stringify(name)} is refused`, () => {
    assert.throws(() => leaseFiles({ profiles: [name], region }, { credentialProcess: command }), {
      code: 'lease-profile',
    });
  });
}

for (const bad of ['', 'eu central', 'x\ncredential_process = evil']) {
  void test(`the region ${JSON.stringify(bad)} is refused`, () => {
    assert.throws(() => leaseFiles({ profiles: [], region: bad }, { credentialProcess: command }), {
      code: 'lease-region',
    });
  });
}

void test('repeated names and "default" are written once, as boto accepts no section twice', () => {
  const { config } = leaseFiles({ profiles: ['a', 'a', 'default'], region }, { credentialProcess: command });
  assert.deepEqual(config.match(/^\[.*\]$/gm), ['[default]', '[profile a]']);
});

void test('process leases hold no secret', () => {
  const files = leaseFiles({ profiles: ['dev'], region }, { credentialProcess: command });
  assert.doesNotMatch(files.config + files.credentials, /aws_(access|secret|session)/);
});

const temporary = { accessKeyId: 'ASIAX', secretAccessKey: 's/+', sessionToken: 't=', expiresAt: 1 };

void test('static leases hold the keys in the credentials file only, and no process beside them', async () => {
  const { configFile, credentialsFile } = await parse(
    leaseFiles({ profiles: ['dev'], region }, { staticCredentials: temporary }),
  );
  assert.deepEqual({ ...configFile['dev'] }, { region });
  for (const name of ['default', 'dev']) {
    assert.deepEqual(
      { ...credentialsFile[name] },
      { aws_access_key_id: 'ASIAX', aws_secret_access_key: 's/+', aws_session_token: 't=', region },
    );
  }
});

void test('long-lived keys are never written', () => {
  const { sessionToken: _token, ...noToken } = temporary;
  const { expiresAt: _expiry, ...noExpiry } = temporary;
  for (const staticCredentials of [noToken, noExpiry, { ...temporary, sessionToken: 'a\nb' }]) {
    assert.throws(() => leaseFiles({ profiles: [], region }, { staticCredentials }), {
      code: 'lease-static-keys',
    });
  }
});
