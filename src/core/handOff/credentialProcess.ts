import type { AwsCredentials } from '../providers/provider.ts';

/** What a `credential_process` prints. Source: AWS SDKs and Tools reference, "Process credential provider". */
export interface CredentialProcessOutput {
  readonly Version: 1;
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly SessionToken?: string;
  /** ISO 8601; absent = permanent. */
  readonly Expiration?: string;
}

export function credentialProcessOutput(credentials: AwsCredentials): CredentialProcessOutput {
  const { accessKeyId, secretAccessKey, sessionToken, expiresAt } = credentials;
  return {
    Version: 1,
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    ...(sessionToken === undefined ? {} : { SessionToken: sessionToken }),
    ...(expiresAt === undefined ? {} : { Expiration: new Date(expiresAt).toISOString() }),
  };
}
