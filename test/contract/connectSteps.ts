import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import type { AccessRoleProvider } from '../../src/core/providers/provider.ts';
import { checkRole } from '../../src/core/quickConnect/checkRole.ts';
import type { RolePlan } from '../../src/core/quickConnect/plan.ts';
import type { RoleField } from '../../src/protocol/connect.ts';
import type { Aws } from '../aws/emulator.ts';
import type { ConnectMachine } from './connectSetUp.ts';

/** Steps of the stories about the Connect panel's host side. */

/** Types into fields of the role step. */
export async function setFields(
  connect: ConnectMachine,
  fields: Partial<Record<RoleField, string>>,
): Promise<void> {
  for (const [field, value] of Object.entries(fields)) {
    await connect.send({ type: 'setRole', field: field as RoleField, value });
  }
}

/** Writes a profile with session credentials and points the SDK's loader at it, as the environment would. */
export async function useProfile(
  folder: string,
  name: string,
  session: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  },
): Promise<string> {
  const file = path.join(folder, `credentials-${name}`);
  const lines = [
    `[${name}]`,
    `aws_access_key_id = ${session.accessKeyId}`,
    `aws_secret_access_key = ${session.secretAccessKey}`,
    ...(session.sessionToken === undefined ? [] : [`aws_session_token = ${session.sessionToken}`]),
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  process.env['AWS_SHARED_CREDENTIALS_FILE'] = file;
  process.env['AWS_CONFIG_FILE'] = path.join(folder, 'none');
  return file;
}

/** From a fresh panel to the filled-in role step, with a local profile as identity. */
export async function toRoleStepAs(connect: ConnectMachine, profile: string): Promise<void> {
  await connect.send(
    { type: 'ready' },
    { type: 'selectMethod', method: 'access-role' },
    { type: 'selectIdentity', id: `profile:${profile}` },
    { type: 'confirmIdentity' },
  );
}

/** The one access role that was connected. */
export async function accessRole(connect: ConnectMachine): Promise<AccessRoleProvider> {
  const provider = (await connect.state.load()).providers.find((each) => each.kind === 'access-role');
  assert.ok(provider);
  return provider;
}

/** The role as IAM has it. */
export async function loadRole(aws: Aws, account: string, name: string) {
  const client = new IAMClient(aws.sdkConfig(account));
  const { Role } = await client.send(new GetRoleCommand({ RoleName: name }));
  client.destroy();
  assert.ok(Role);
  const trust = JSON.parse(decodeURIComponent(Role.AssumeRolePolicyDocument ?? '')) as {
    readonly Statement: readonly Record<string, unknown>[];
  };
  return { ...Role, trust };
}

/** Codes of what a check of the role finds. */
export async function findings(
  connect: ConnectMachine,
  provider: AccessRoleProvider,
): Promise<readonly string[]> {
  const found = await checkRole(provider, provider.plan as RolePlan, connect.checks(provider));
  return found.map(({ code }) => code);
}
