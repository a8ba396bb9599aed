/** AWS partitions and what differs between them. */
export type Partition = 'aws' | 'aws-cn' | 'aws-us-gov' | 'aws-eusc';

interface ProviderBase {
  /** Random, never reused. */
  readonly id: string;
  /** The alias a person gave; shown everywhere. */
  readonly name: string;
  /** The pinned 12-digit account id: credentials of any other account are refused. */
  readonly accountId: string;
  readonly partition: Partition;
  /** Region used when neither stage nor service names one. */
  readonly region?: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

/** The stack that made an access role, so that it can be updated and deleted with it. */
export interface RoleStack {
  readonly id: string;
  readonly name: string;
  readonly region: string;
}

/** An IAM role assumed with the credentials of another provider. Its ExternalId is in the secret store. */
export interface AccessRoleProvider extends ProviderBase {
  readonly kind: 'access-role';
  readonly roleArn: string;
  readonly sourceProviderId: string;
  readonly stack?: RoleStack;
  /** What Quick Connect was asked for; it alone reads this, to update, change and delete the stack. */
  readonly plan?: unknown;
  /** Session length to ask for, in seconds; capped at 3600 when the source is itself a role session. */
  readonly sessionSeconds: number;
  /** False when the role let us in without the ExternalId and the person chose to keep it. */
  readonly externalIdEnforced: boolean;
}

/** An IAM Identity Center account and permission set, through a sign-in session. */
export interface SsoRoleProvider extends ProviderBase {
  readonly kind: 'sso-role';
  readonly sessionId: string;
  readonly roleName: string;
}

/** An AWS console sign-in session. */
export interface ConsoleProvider extends ProviderBase {
  readonly kind: 'console';
  readonly sessionId: string;
  readonly arn: string;
}

/** Keys of an IAM user; both halves are in the secret store. */
export interface AccessKeyProvider extends ProviderBase {
  readonly kind: 'access-key';
  readonly arn: string;
  readonly mfaSerial?: string;
}

/** A profile of the user's own `~/.aws` files, read only. */
export interface ProfileProvider extends ProviderBase {
  readonly kind: 'profile';
  readonly profile: string;
  readonly arn: string;
}

/** One way into one AWS account. */
export type Provider =
  | AccessRoleProvider
  | SsoRoleProvider
  | ConsoleProvider
  | AccessKeyProvider
  | ProfileProvider;

export type ProviderKind = Provider['kind'];

/** What a person calls each kind. */
export const providerKindNames: Readonly<Record<ProviderKind, string>> = {
  'access-role': 'Access role',
  'sso-role': 'IAM Identity Center',
  console: 'AWS console sign-in',
  'access-key': 'Access keys',
  profile: 'Local profile',
};

/** Credentials as AWS tools use them; `expiresAt` in milliseconds since the epoch, absent = permanent. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiresAt?: number;
}

/** Who AWS says the credentials are (sts:GetCallerIdentity). */
export interface CallerIdentity {
  readonly accountId: string;
  readonly arn: string;
  readonly userId: string;
}

/** Asks STS who the credentials are. Throws {@link Failure}. */
export type LoadCallerIdentity = (
  credentials: AwsCredentials,
  region: string,
  signal?: AbortSignal,
) => Promise<CallerIdentity>;

export interface AssumeRoleRequest {
  readonly roleArn: string;
  readonly externalId: string | undefined;
  readonly sessionName: string;
  readonly durationSeconds: number;
  readonly region: string;
}

/** Assumes a role with the credentials of its source. Throws {@link Failure}. */
export type AssumeRole = (
  source: AwsCredentials,
  request: AssumeRoleRequest,
  signal?: AbortSignal,
) => Promise<AwsCredentials>;
