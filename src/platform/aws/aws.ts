import type { Clock } from '../../core/base/clock.ts';
import type { AssumeRoleRequest, AwsCredentials, CallerIdentity } from '../../core/providers/provider.ts';
import type { StackApi } from '../../core/quickConnect/stack.ts';
import type { UserKeyApi } from '../../core/quickConnect/userKey.ts';
import type { LocalProfile } from '../../core/signIn/localProfile.ts';
import type { RoleFacts } from './iam.ts';

/**
 * Everything asked from AWS. The SDK is behind `import()`: it is loaded when a person first needs it, never in
 * `activate()`.
 */

export async function callerIdentity(
  credentials: AwsCredentials,
  region: string,
  signal?: AbortSignal,
): Promise<CallerIdentity> {
  const { loadCallerIdentity } = await import('./sts.ts');
  return loadCallerIdentity(credentials, region, signal);
}

export async function assumeRole(
  source: AwsCredentials,
  request: AssumeRoleRequest,
  signal?: AbortSignal,
): Promise<AwsCredentials> {
  const sts = await import('./sts.ts');
  return sts.assumeRole(source, request, signal);
}

export async function loadRoleArn(
  credentials: AwsCredentials,
  region: string,
  roleName: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const iam = await import('./iam.ts');
  return iam.loadRoleArn(credentials, region, roleName, signal);
}

export async function loadRole(
  credentials: AwsCredentials,
  region: string,
  roleName: string,
  signal?: AbortSignal,
): Promise<RoleFacts> {
  const iam = await import('./iam.ts');
  return iam.loadRole(credentials, region, roleName, signal);
}

export function userKeyApi(credentials: () => Promise<AwsCredentials>, region: string): UserKeyApi {
  const api = async (): Promise<UserKeyApi> => (await import('./iam.ts')).userKeyApi(credentials, region);
  return {
    list: async (...args) => (await api()).list(...args),
    create: async (...args) => (await api()).create(...args),
    delete: async (...args) => (await api()).delete(...args),
  };
}

export async function loadProfiles(): Promise<readonly LocalProfile[]> {
  const profiles = await import('./profiles.ts');
  return profiles.loadProfiles();
}

export async function loadProfile(profile: string): Promise<AwsCredentials> {
  const profiles = await import('./profiles.ts');
  return profiles.loadProfileCredentials(profile);
}

export function stackApi(credentials: () => Promise<AwsCredentials>, region: string, clock: Clock): StackApi {
  let loaded: Promise<StackApi> | undefined;
  const api = (): Promise<StackApi> =>
    (loaded ??= import('./cloudFormation.ts').then((module) => module.stackApi(credentials, region, clock)));
  return {
    create: async (...args) => (await api()).create(...args),
    update: async (...args) => (await api()).update(...args),
    drift: async (...args) => (await api()).drift(...args),
    template: async (...args) => (await api()).template(...args),
    find: async (...args) => (await api()).find(...args),
    events: async (...args) => (await api()).events(...args),
    delete: async (...args) => (await api()).delete(...args),
  };
}
