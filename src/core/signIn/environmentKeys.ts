import type { AwsCredentials } from '../providers/provider.ts';

/** Access keys in the environment the editor was started with. */
export interface EnvironmentKeys {
  readonly credentials: AwsCredentials;
  readonly region?: string;
}

/** The keys of `AWS_ACCESS_KEY_ID` and its companions, where both halves are there (AWS SDKs and Tools Reference). */
export function environmentKeys(
  env: Readonly<Record<string, string | undefined>>,
): EnvironmentKeys | undefined {
  const value = (name: string): string | undefined => env[name]?.trim() || undefined;
  const accessKeyId = value('AWS_ACCESS_KEY_ID');
  const secretAccessKey = value('AWS_SECRET_ACCESS_KEY');
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  const sessionToken = value('AWS_SESSION_TOKEN');
  const region = value('AWS_REGION') ?? value('AWS_DEFAULT_REGION');
  return {
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
    ...(region === undefined ? {} : { region }),
  };
}

/** Whether keys stop working by themselves: they have a token, or an id that STS gives (IAM User Guide, "IAM identifiers"). */
export function areTemporary({ accessKeyId, sessionToken }: AwsCredentials): boolean {
  return sessionToken !== undefined || accessKeyId.startsWith('ASIA');
}

/** An access key id as lists show it. */
export function shortKeyId(accessKeyId: string): string {
  return accessKeyId.length > 8 ? `${accessKeyId.slice(0, 4)}…${accessKeyId.slice(-4)}` : accessKeyId;
}
