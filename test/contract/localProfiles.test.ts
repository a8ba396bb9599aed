/** The user's own AWS files as the real SDK reads them: never written, the CLI's tokens never refreshed. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { Failure } from '../../src/core/base/errors.ts';
import { loadProfileCredentials, loadProfiles } from '../../src/platform/aws/profiles.ts';

const config = `[default]
region = eu-west-1

[profile keys]
region = eu-central-1

[profile role]
role_arn = arn:aws:iam::111111111111:role/x
source_profile = company

[profile company]
sso_session = company
sso_account_id = 111111111111
sso_role_name = Admin

[profile login]
login_session = arn:aws:iam::111111111111:user/me

[sso-session company]
sso_start_url = https://example.awsapps.com/start
sso_region = eu-west-1

[services local]
s3 =
  endpoint_url = http://localhost
`;
const credentials = '[keys]\naws_access_key_id = AKIA1\naws_secret_access_key = secret\n';

const hash = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest('hex');
const inMinutes = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString();

void describe('profiles of the user’s files', () => {
  const names = ['HOME', 'AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE', 'AWS_LOGIN_CACHE_DIRECTORY'];
  const saved = names.map((name) => [name, process.env[name]] as const);
  let home = '';
  const at = (...parts: string[]): string => path.join(home, ...parts);
  const all = async (): Promise<readonly string[]> => {
    const files = await readdir(home, { recursive: true, withFileTypes: true });
    const paths = files.filter((file) => file.isFile()).map((file) => path.join(file.parentPath, file.name));
    return Promise.all(paths.toSorted().map(async (file) => `${file} ${await readFile(file, 'utf8')}`));
  };

  before(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'local-profiles-'));
    for (const folder of ['elsewhere', '.aws/sso/cache', '.aws/login/cache']) {
      await mkdir(at(folder), { recursive: true });
    }
    await writeFile(at('elsewhere', 'config'), config);
    await writeFile(at('elsewhere', 'credentials'), credentials);
    process.env['HOME'] = home;
    process.env['AWS_CONFIG_FILE'] = at('elsewhere', 'config');
    process.env['AWS_SHARED_CREDENTIALS_FILE'] = at('elsewhere', 'credentials');
    process.env['AWS_LOGIN_CACHE_DIRECTORY'] = at('.aws', 'login', 'cache');
  });
  after(async () => {
    for (const [name, value] of saved) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    await rm(home, { recursive: true, force: true });
  });
  beforeEach(() => rm(at('.aws', 'sso', 'cache', `${hash('sha1', 'company')}.json`), { force: true }));

  void test('are listed from where the environment says, without what is no profile', async () => {
    assert.deepEqual(await loadProfiles(), [
      { name: 'company', origin: 'sso' },
      { name: 'default', origin: 'unknown', region: 'eu-west-1' },
      { name: 'keys', origin: 'keys', region: 'eu-central-1' },
      { name: 'login', origin: 'console' },
      { name: 'role', origin: 'role' },
    ]);
  });

  void test('no files, no profiles', async () => {
    process.env['AWS_CONFIG_FILE'] = at('none');
    process.env['AWS_SHARED_CREDENTIALS_FILE'] = at('none');
    assert.deepEqual(await loadProfiles(), []);
    process.env['AWS_CONFIG_FILE'] = at('elsewhere', 'config');
    process.env['AWS_SHARED_CREDENTIALS_FILE'] = at('elsewhere', 'credentials');
  });

  void test('keys are resolved', async () => {
    assert.deepEqual(await loadProfileCredentials('keys'), {
      accessKeyId: 'AKIA1',
      secretAccessKey: 'secret',
    });
  });

  for (const [what, minutes] of [
    ['has ended', -1],
    ['is about to end, where the SDK would refresh it', 4],
  ] as const) {
    void test(`a CLI sign-in that ${what} is left alone`, async () => {
      await writeFile(
        at('.aws', 'sso', 'cache', `${hash('sha1', 'company')}.json`),
        JSON.stringify({
          accessToken: 'a',
          expiresAt: inMinutes(minutes),
          clientId: 'c',
          clientSecret: 's',
          refreshToken: 'r',
        }),
      );
      await writeFile(
        at('.aws', 'login', 'cache', `${hash('sha256', 'arn:aws:iam::111111111111:user/me')}.json`),
        JSON.stringify({
          accessToken: {
            accessKeyId: 'A',
            secretAccessKey: 's',
            sessionToken: 't',
            expiresAt: inMinutes(minutes),
          },
        }),
      );
      const before = await all();
      for (const profile of ['company', 'role', 'login']) {
        await assert.rejects(loadProfileCredentials(profile), (error) => {
          assert.ok(error instanceof Failure);
          assert.equal(error.code, 'sign-in-needed');
          assert.match(error.hint ?? '', new RegExp(`aws (sso )?login --profile ${profile}`));
          return true;
        });
      }
      assert.deepEqual(await all(), before);
    });
  }

  void test('a profile that has no credentials says so', async () => {
    await assert.rejects(
      loadProfileCredentials('default'),
      (error) => error instanceof Failure && error.code === 'profile-unusable',
    );
  });

  void test('a CLI sign-in that is valid is used', async () => {
    await writeFile(
      at('.aws', 'login', 'cache', `${hash('sha256', 'arn:aws:iam::111111111111:user/me')}.json`),
      JSON.stringify({
        accessToken: {
          accessKeyId: 'ASIA1',
          secretAccessKey: 's',
          sessionToken: 't',
          accountId: '111111111111',
          expiresAt: inMinutes(30),
        },
        clientId: 'c',
        refreshToken: 'r',
        dpopKey: 'k',
      }),
    );
    const before = await all();
    const { accessKeyId, sessionToken } = await loadProfileCredentials('login');
    assert.deepEqual([accessKeyId, sessionToken], ['ASIA1', 't']);
    assert.deepEqual(await all(), before);
  });
});
