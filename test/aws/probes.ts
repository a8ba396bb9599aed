/** One call per wire format, for tests of what is the same for every service. */
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListAccountsCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import {
  GetCallerIdentityCommand,
  STSClient,
  type GetCallerIdentityCommandOutput,
} from '@aws-sdk/client-sts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Client configuration for us-east-1; `maxAttempts` 1 shows errors that the SDK would retry. */
export function clientConfig(endpoint: string, credentials: Credentials, maxAttempts = 1) {
  return { endpoint, region: 'us-east-1', credentials, maxAttempts };
}

export function sts(endpoint: string, credentials: Credentials, maxAttempts = 1): STSClient {
  return new STSClient(clientConfig(endpoint, credentials, maxAttempts));
}

export function whoAmI(
  endpoint: string,
  credentials: Credentials,
  maxAttempts = 1,
): Promise<GetCallerIdentityCommandOutput> {
  return sts(endpoint, credentials, maxAttempts).send(new GetCallerIdentityCommand({}));
}

/** Query, rest-json, rest-xml, json 1.1. */
export function reads(endpoint: string, credentials: Credentials, maxAttempts = 1) {
  const client = clientConfig(endpoint, credentials, maxAttempts);
  return {
    cloudformation: () => new CloudFormationClient(client).send(new DescribeStacksCommand({})),
    lambda: () => new LambdaClient(client).send(new ListFunctionsCommand({})),
    s3: () => new S3Client(client).send(new ListBucketsCommand({})),
    organizations: () => new OrganizationsClient(client).send(new ListAccountsCommand({})),
  } satisfies Record<string, () => Promise<unknown>>;
}

/** The error each of them ends with, by the name the SDK gives it. */
export async function errorNames(
  endpoint: string,
  credentials: Credentials,
): Promise<Record<string, string>> {
  const names: Record<string, string> = {};
  for (const [service, read] of Object.entries<() => Promise<unknown>>(reads(endpoint, credentials)))
    names[service] = await read().then(
      () => 'no error',
      ({ name }: Error) => name,
    );
  return names;
}
