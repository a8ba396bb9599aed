/** A framework's real deploy lands in the account whose role it was given. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ACCOUNTS, startAws, type Aws } from '../aws/emulator.ts';
import { emulatorPython } from '../aws/python.ts';

let aws: Aws;
before(async () => {
  aws = await startAws({ python: emulatorPython() });
});
after(() => aws.dispose());

const SERVICE = `service: shop
provider:
  name: aws
  runtime: nodejs22.x
functions:
  hello:
    handler: handler.hello
package:
  patterns: ['!node_modules/**']
`;

void test('osls deploys into the account of the role session, and nowhere else', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'emulator-osls-'));
  try {
    const home = join(directory, 'home');
    const service = join(directory, 'shop');
    await Promise.all([mkdir(home), mkdir(service)]);
    await writeFile(join(service, 'serverless.yml'), SERVICE);
    await writeFile(join(service, 'handler.js'), 'exports.hello = async () => ({ statusCode: 200 });\n');
    const session = await aws.roleSession(ACCOUNTS.dev, 'deployer');
    const { code, output } = await osls(['deploy', '--stage', 'uat'], service, {
      PATH: process.env['PATH'] ?? '',
      HOME: home,
      AWS_ENDPOINT_URL: aws.endpoint,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: session.accessKeyId,
      AWS_SECRET_ACCESS_KEY: session.secretAccessKey,
      AWS_SESSION_TOKEN: session.sessionToken,
      SLS_TELEMETRY_DISABLED: '1',
      SLS_NOTIFICATIONS_MODE: 'off',
    });
    assert.equal(code, 0, output);
    assert.match(output, /Service deployed to stack shop-uat/);
    const names = async (id: string) => (await aws.stacks(id, 'us-east-1')).map(({ name }) => name);
    assert.deepEqual(await names(ACCOUNTS.dev), ['shop-uat']);
    assert.deepEqual(await names(ACCOUNTS.tools), []);
    assert.ok(aws.calls().every(({ callerArn }) => callerArn === session.arn));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});

async function osls(
  args: string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<{ code: number; output: string }> {
  const bin = join(import.meta.dirname, '../../node_modules/osls/bin/serverless.js');
  const child = spawn(process.execPath, [bin, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve(status ?? -1));
  });
  return { code, output };
}
