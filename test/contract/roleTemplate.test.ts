import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { CreatePolicyCommand, CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { boundaryPolicy } from '../../src/core/quickConnect/policies.ts';
import type { RolePlan } from '../../src/core/quickConnect/plan.ts';
import { limitedPolicyOf, roleTemplate } from '../../src/core/quickConnect/template.ts';
import { ACCOUNTS, startAws, type Aws } from '../aws/emulator.ts';
import { emulatorPython } from '../aws/python.ts';
import { rolePlan } from '../fixtures/rolePlan.ts';

const run = promisify(execFile);
let folder: string;
let aws: Aws;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stage-providers-template-'));
  aws = await startAws({ python: emulatorPython() });
});
after(async () => {
  await aws.dispose();
  await rm(folder, { recursive: true });
});

const plans: Readonly<Record<string, RolePlan>> = {
  administrator: rolePlan(),
  'own policies and boundary': rolePlan({
    permissions: { kind: 'policies', arns: ['arn:aws:iam::aws:policy/PowerUserAccess'] },
    boundaryArn: 'arn:aws:iam::111122223333:policy/team-boundary',
  }),
  limited: rolePlan({
    permissions: { kind: 'limited', services: ['shop', 'Billing'], passTo: ['states.amazonaws.com'] },
  }),
  'user of its own': rolePlan({ user: 'stage-providers-shop-dev-user' }),
  'narrowed account': rolePlan({
    trust: {
      kind: 'account',
      accountId: '111122223333',
      partition: 'aws',
      principalArns: [
        'arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_A_????????????????',
      ],
      userId: '*:jane@example.org',
    },
  }),
};

for (const [name, plan] of Object.entries(plans)) {
  test(`cfn-lint has nothing to say about the template: ${name}`, { timeout: 60_000 }, async () => {
    const file = path.join(folder, `${name.replaceAll(' ', '-')}.yaml`);
    await writeFile(file, roleTemplate(plan, { externalId: 'an-external-id-of-enough-length' }));
    const program = 'import sys; from cfnlint.runner import main; main()';
    const complaints = await run(emulatorPython(), [
      '-c',
      program,
      '--regions',
      'eu-central-1',
      '--',
      file,
    ]).then(
      ({ stdout }) => stdout,
      (error: { readonly stdout: string; readonly stderr: string }) => `${error.stdout}${error.stderr}`,
    );
    assert.equal(complaints.trim(), '');
  });
}

test('IAM takes the limited policy and the boundary as they are, within its size limits', async () => {
  const client = new IAMClient(aws.sdkConfig(ACCOUNTS.tools));
  const limited = JSON.stringify(limitedPolicyOf(plans['limited'] ?? rolePlan()));
  const boundary = JSON.stringify(boundaryPolicy());
  await client.send(new CreatePolicyCommand({ PolicyName: 'limited', PolicyDocument: limited }));
  const { Policy } = await client.send(
    new CreatePolicyCommand({ PolicyName: 'boundary', PolicyDocument: boundary }),
  );
  await client.send(
    new CreateRoleCommand({
      RoleName: 'shop-x',
      PermissionsBoundary: Policy?.Arn,
      AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
        ],
      }),
    }),
  );
  client.destroy();
  // Inline policies of a role: 10,240 characters in all; managed policies: 6,144.
  assert.ok(limited.length < 10_240 && boundary.length < 6144);
});
