import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { Failure } from '../../core/base/errors.ts';
import type { AssumeRoleRequest, AwsCredentials, CallerIdentity } from '../../core/providers/provider.ts';
import { clientConfig, send } from './client.ts';

/** sts:GetCallerIdentity; needs no permission. Throws Failure (`AwsFailureCode`). */
export async function loadCallerIdentity(
  credentials: AwsCredentials,
  region: string,
  signal?: AbortSignal,
): Promise<CallerIdentity> {
  const client = new STSClient(clientConfig(credentials, region));
  try {
    const answer = await send('sts:GetCallerIdentity', () =>
      client.send(new GetCallerIdentityCommand({}), abortable(signal)),
    );
    const { Account, Arn, UserId } = answer;
    if (Account === undefined || Arn === undefined) throw incomplete('sts:GetCallerIdentity');
    return { accountId: Account, arn: Arn, userId: UserId ?? '' };
  } finally {
    client.destroy();
  }
}

/** sts:AssumeRole. Throws Failure (`AwsFailureCode`). */
export async function assumeRole(
  source: AwsCredentials,
  request: AssumeRoleRequest,
  signal?: AbortSignal,
): Promise<AwsCredentials> {
  const client = new STSClient(clientConfig(source, request.region));
  try {
    const { Credentials } = await send('sts:AssumeRole', () =>
      client.send(
        new AssumeRoleCommand({
          RoleArn: request.roleArn,
          RoleSessionName: request.sessionName,
          DurationSeconds: request.durationSeconds,
          ExternalId: request.externalId,
        }),
        abortable(signal),
      ),
    );
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials ?? {};
    if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration) throw incomplete('sts:AssumeRole');
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      expiresAt: Expiration.getTime(),
    };
  } finally {
    client.destroy();
  }
}

export function abortable(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal ? { abortSignal: signal } : {};
}

function incomplete(call: string): Failure {
  return new Failure('server-error', `AWS’s answer to ${call} was incomplete.`, { hint: 'Try again.' });
}
