import type { AwsCredentials } from '../../core/providers/provider.ts';
import { awsFailure } from './failures.ts';

/** Settings every SDK client of ours is made with. Endpoints follow the SDK's own rules (environment, region). */
export function clientConfig(credentials: AwsCredentials, region: string) {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  return {
    region,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 5000, requestTimeout: 20_000 },
  };
}

/** Runs one SDK call; what it throws arrives as Failure or Cancelled. */
export async function send<T>(call: string, request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    throw awsFailure(error, call);
  }
}
