import {
  CreateAccessKeyCommand,
  DeleteAccessKeyCommand,
  GetRoleCommand,
  IAMClient,
  ListAccessKeysCommand,
} from '@aws-sdk/client-iam';
import { Failure } from '../../core/base/errors.ts';
import type { AwsCredentials } from '../../core/providers/provider.ts';
import type { UserKeyApi } from '../../core/quickConnect/userKey.ts';
import { clientConfig, send } from './client.ts';
import { abortable } from './sts.ts';

/** What we look at of a role. */
export interface RoleFacts {
  readonly arn: string;
  /** Differs for a role that was deleted and made again under the same name. */
  readonly uniqueId: string;
  /** The trust policy as JSON text. */
  readonly trustPolicy: string;
}

/** The role with its real ARN, path included. Throws Failure `not-found`, `access-denied` or another AWS failure. */
export async function loadRole(
  credentials: AwsCredentials,
  region: string,
  roleName: string,
  signal?: AbortSignal,
): Promise<RoleFacts> {
  const { Role } = await call('GetRole', credentials, region, (client) =>
    client.send(new GetRoleCommand({ RoleName: roleName }), abortable(signal)),
  );
  return {
    arn: Role?.Arn ?? '',
    uniqueId: Role?.RoleId ?? '',
    trustPolicy: decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ''),
  };
}

/** The role's real ARN with its path; `undefined` when the caller may not read it. */
export async function loadRoleArn(
  credentials: AwsCredentials,
  region: string,
  roleName: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  try {
    const { arn } = await loadRole(credentials, region, roleName, signal);
    return arn === '' ? undefined : arn;
  } catch (error) {
    if (error instanceof Failure && error.code === 'access-denied') return undefined;
    throw error;
  }
}

/** Access keys of IAM users, with the given credentials. */
export function userKeyApi(credentials: () => Promise<AwsCredentials>, region: string): UserKeyApi {
  return {
    async list(UserName, signal) {
      try {
        const { AccessKeyMetadata } = await call('ListAccessKeys', await credentials(), region, (client) =>
          client.send(new ListAccessKeysCommand({ UserName }), abortable(signal)),
        );
        return (AccessKeyMetadata ?? []).flatMap(({ AccessKeyId }) => AccessKeyId ?? []);
      } catch (error) {
        if (error instanceof Failure && error.code === 'not-found') return [];
        throw error;
      }
    },

    async create(UserName, signal) {
      const { AccessKey } = await call('CreateAccessKey', await credentials(), region, (client) =>
        client.send(new CreateAccessKeyCommand({ UserName }), abortable(signal)),
      );
      const { AccessKeyId, SecretAccessKey } = AccessKey ?? {};
      if (!AccessKeyId || !SecretAccessKey) throw new Failure('server-error', 'AWS’s answer had no key.');
      return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey };
    },

    async delete(UserName, AccessKeyId, signal) {
      await call('DeleteAccessKey', await credentials(), region, (client) =>
        client.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }), abortable(signal)),
      );
    },
  };
}

async function call<T>(
  name: string,
  credentials: AwsCredentials,
  region: string,
  run: (client: IAMClient) => Promise<T>,
): Promise<T> {
  const client = new IAMClient(clientConfig(credentials, region));
  try {
    return await send(`iam:${name}`, () => run(client));
  } finally {
    client.destroy();
  }
}
