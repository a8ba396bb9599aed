/** Real AWS tools read a lease and get exactly its identity, or none. */
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Failure } from '../../src/core/base/errors.ts';
import { applied, blanked } from '../../src/core/handOff/environment.ts';
import type { OpenLease } from '../../src/core/handOff/lease.ts';
import { emulatorPython } from '../aws/python.ts';
import type { Outcome, Place } from './handOffSetUp.ts';
import { credentials, foreignEndpoint, place, region, request, run, startSts } from './handOffSetUp.ts';

const repository = path.resolve(import.meta.dirname, '../..');
const { accessKeyId, secretAccessKey, sessionToken } = credentials;
const hint = 'Sign in to IAM Identity Center in VS Code.';

const boto = `
import json, sys, boto3
session = boto3.Session(**({'profile_name': sys.argv[1]} if len(sys.argv) > 1 else {}))
found = session.get_credentials()
frozen = found.get_frozen_credentials()
print(json.dumps([frozen.access_key, frozen.secret_key, frozen.token, session.region_name]))
`;
const chain = `
const { fromNodeProviderChain, fromIni } = require(process.cwd() + '/node_modules/@aws-sdk/credential-providers');
const profile = process.argv[1];
(profile ? fromIni({ profile }) : fromNodeProviderChain())().then(
  (found) => console.log(JSON.stringify([found.accessKeyId, found.secretAccessKey, found.sessionToken, process.env.AWS_REGION])),
  (error) => { console.error(error.message); process.exit(1); });
`;
const client = `
const { STSClient } = require(process.cwd() + '/node_modules/@aws-sdk/client-sts');
const sts = new STSClient(process.argv[1] ? { profile: process.argv[1] } : {});
Promise.all([sts.config.credentials(), sts.config.region()]).then(
  ([found, region]) => console.log(JSON.stringify([found.accessKeyId, found.secretAccessKey, found.sessionToken, region])),
  (error) => { console.error(error.message); process.exit(1); });
`;
const osls = `
const { getAwsSdkV3CredentialsProvider } = require(process.cwd() + '/node_modules/osls/lib/aws/credentials.js');
const profile = process.argv[1];
const provider = { getStage: () => 'dev', options: {}, serverless: { service: { provider: profile ? { profile } : {} } } };
getAwsSdkV3CredentialsProvider({ provider })().then(
  (found) => console.log(JSON.stringify([found.accessKeyId, found.secretAccessKey, found.sessionToken, process.env.AWS_REGION])),
  (error) => { console.error(error.message); process.exit(1); });
`;

/** Every consumer prints `[key id, secret, token, region]`, for a profile when one is given. */
const consumers: Readonly<Record<string, (env: NodeJS.ProcessEnv, profile?: string) => Promise<Outcome>>> = {
  boto3: (env, profile) => run(emulatorPython(), ['-c', boto, ...listed(profile)], { env }),
  'JavaScript SDK v3, provider chain': (env, profile) => node(chain, env, profile),
  'JavaScript SDK v3, client': (env, profile) => node(client, env, profile),
  osls: (env, profile) => node(osls, env, profile),
  // It prints no secret, so what it signs is looked at; the secret shows in nothing but the signature.
  'AWS CLI v1': async (env, profile) => {
    signed.length = 0;
    const args = [
      'sts',
      'get-caller-identity',
      '--endpoint-url',
      sts.url,
      ...(profile ? ['--profile', profile] : []),
    ];
    const { code, stderr } = await run(emulatorPython(), ['-m', 'awscli', ...args], { env });
    const [headers] = signed;
    const [, keyId, , usedRegion] =
      /Credential=(\w+)\/(\d+)\/([\w-]+)\//.exec(headers?.authorization ?? '') ?? [];
    const values = [keyId, secretAccessKey, headers?.['x-amz-security-token'], usedRegion];
    return { code, stderr, stdout: headers ? JSON.stringify(values) : '' };
  },
};

const hasCli = (await run(emulatorPython(), ['-c', 'import awscli'])).code === 0;
const skipped = (name: string) =>
  name === 'AWS CLI v1' && !hasCli && 'awscli is not in the Python environment';
/** Consumers that hide the helper's line; the extension shows it itself. */
const silent = /JavaScript/;

function listed(profile: string | undefined): readonly string[] {
  return profile === undefined ? [] : [profile];
}

function node(script: string, env: NodeJS.ProcessEnv, profile?: string): Promise<Outcome> {
  return run(process.execPath, ['-e', script, '--', ...listed(profile)], { env, cwd: repository });
}

const expected = [accessKeyId, secretAccessKey, sessionToken, region];

const signed: IncomingHttpHeaders[] = [];
const sts = await startSts(signed);

let at: Place;
let foreign: Awaited<ReturnType<typeof foreignEndpoint>>;
before(async () => {
  at = await place(`sto "rage" it's #1 ;x \\ é日 & co`);
  await mkdir(path.join(at.folder, 'home'));
  foreign = await foreignEndpoint();
});
after(async () => {
  foreign.dispose();
  sts.dispose();
  await at.dispose();
});

/** The editor's environment at its worst: every other identity there could be. */
function base(): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: path.join(at.folder, 'home'),
    AWS_ACCESS_KEY_ID: 'AKIAFOREIGNFOREIGN00',
    AWS_SECRET_ACCESS_KEY: 'foreign',
    AWS_SESSION_TOKEN: 'foreign',
    AWS_SECURITY_TOKEN: 'foreign',
    AWS_PROFILE: '',
    AWS_DEFAULT_PROFILE: 'foreign',
    AWS_ROLE_ARN: 'arn:aws:iam::999999999999:role/foreign',
    AWS_WEB_IDENTITY_TOKEN_FILE: '/nowhere',
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${foreign.url}/container`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN: 'x',
    AWS_EC2_METADATA_SERVICE_ENDPOINT: foreign.url,
    AWS_DEV_PROFILE: 'foreign',
    AWS_DEV_ACCESS_KEY_ID: 'AKIAFOREIGNFOREIGN00',
    AWS_DEV_SECRET_ACCESS_KEY: 'foreign',
    AWS_CREDENTIAL_EXPIRATION: '2020-01-01T00:00:00Z',
  };
}

/** As a terminal or launcher (removed) and as a task (blanked) get it. */
function environments({ environment }: OpenLease): Record<'removed' | 'blanked', NodeJS.ProcessEnv> {
  const known = { ...environment, remove: [...environment.remove, ...leftoversOfBase] };
  return { removed: applied(environment, base(), false), blanked: { ...base(), ...blanked(known) } };
}

const leftoversOfBase = ['AWS_DEV_PROFILE', 'AWS_DEV_ACCESS_KEY_ID', 'AWS_DEV_SECRET_ACCESS_KEY'];

void test('the foreign endpoint would be believed, were it not for the lease', async () => {
  const env = { PATH: process.env['PATH'], HOME: path.join(at.folder, 'home'), AWS_REGION: region };
  const found = await node(chain, { ...env, AWS_CONTAINER_CREDENTIALS_FULL_URI: `${foreign.url}/container` });
  assert.match(found.stdout, /ASIAFOREIGN/);
  const metadata = await node(chain, { ...env, AWS_EC2_METADATA_SERVICE_ENDPOINT: foreign.url });
  assert.match(metadata.stdout, /ASIAFOREIGN/);
  assert.ok(foreign.asked.length > 0);
});

for (const [name, consume] of Object.entries(consumers)) {
  void describe(name, { skip: skipped(name) }, () => {
    void test('gets exactly the lease’s credentials, by default and by every profile', async () => {
      const desk = at.desk();
      const open = await desk.open(request);
      for (const [form, env] of Object.entries(environments(open))) {
        for (const profile of [undefined, ...request.profiles]) {
          const { stdout, stderr } = await consume(env, profile);
          assert.deepEqual(JSON.parse(stdout || 'null'), expected, `${form} ${profile}: ${stderr}`);
        }
      }
      await desk.dispose();
    });

    void test('fails when the helper refuses, whatever else is reachable', async () => {
      const desk = at.desk(() => Promise.reject(new Failure('signed-out', 'The session ended.', { hint })));
      const refusals: string[] = [];
      desk.onDidRefuse(({ failure, lease }) => refusals.push(`${lease.stage} ${failure.code}`));
      const open = await desk.open(request);
      foreign.asked.length = 0;
      for (const [form, env] of Object.entries(environments(open))) {
        const { code, stdout, stderr } = await consume(env);
        assert.notEqual(code, 0, form);
        assert.equal(stdout, '', form);
        if (!silent.test(name)) assert.ok(stderr.includes(`The session ended. ${hint}`), stderr);
      }
      assert.deepEqual(foreign.asked, []);
      assert.ok(refusals.length > 0 && refusals.every((refusal) => refusal === 'dev signed-out'));
      await desk.dispose();
    });

    void test('fails when the lease was revoked', async () => {
      const desk = at.desk();
      const open = await desk.open(request);
      await desk.revoke(open.lease.id);
      foreign.asked.length = 0;
      for (const env of Object.values(environments(open))) {
        const { code, stdout, stderr } = await consume(env);
        assert.notEqual(code, 0);
        assert.equal(stdout, '');
        assert.match(stderr, /could not (?:be found|load credentials|resolve credentials)/i);
      }
      assert.deepEqual(foreign.asked, []);
      await desk.dispose();
    });

    void test('reads short-lived keys where they were asked for', async () => {
      const desk = at.desk(() => Promise.reject(new Error('not to be asked')));
      const open = await desk.open(request, credentials);
      for (const env of Object.values(environments(open))) {
        assert.deepEqual(JSON.parse((await consume(env)).stdout || 'null'), expected);
      }
      await desk.dispose();
    });
  });
}
