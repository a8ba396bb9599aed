import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { Failure } from '../../core/base/errors.ts';
import type { AwsCredentials } from '../../core/providers/provider.ts';
import { clientConfig, send } from './client.ts';
import { abortable } from './sts.ts';

/** The role's real ARN with its path; `undefined` when the caller may not read it. */
export async function loadRoleArn(
  credentials: AwsCredentials,
  region: string,
  roleName: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const client = new IAMClient(clientConfig(credentials, region));
  try {
    const { Role } = await send('iam:GetRole', () =>
      client.send(new GetRoleCommand({ RoleName: roleName }), abortable(signal)),
    );
    return Role?.Arn;
  } catch (error) {
    if (error instanceof Failure && error.code === 'access-denied') return undefined;
    throw error;
  } finally {
    client.destroy();
  }
}
