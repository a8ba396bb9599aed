import { fromIni } from '@aws-sdk/credential-provider-ini';
import { loadSharedConfigFiles } from '@smithy/core/config';
import { Failure } from '../../core/base/errors.ts';
import type { AwsCredentials } from '../../core/providers/provider.ts';
import { awsFailure } from './failures.ts';

/** A profile of the user's own files, as far as it is shown before anything is asked from AWS. */
export interface LocalProfile {
  readonly name: string;
  readonly region?: string;
}

/** Sections of the config file that are no profiles, as the SDK's loader names them. */
const sectionPrefixes = ['sso-session.', 'services.'];

/** The profiles of `~/.aws/config` and `credentials` (or where `AWS_*_FILE` say); read only. */
export async function loadProfiles(): Promise<readonly LocalProfile[]> {
  const { configFile, credentialsFile } = await loadSharedConfigFiles({ ignoreCache: true });
  const names = new Set([...Object.keys(credentialsFile), ...Object.keys(configFile)]);
  return [...names]
    .filter((name) => !sectionPrefixes.some((prefix) => name.startsWith(prefix)))
    .toSorted((a, b) => a.localeCompare(b))
    .map((name) => {
      const region = configFile[name]?.['region'] ?? credentialsFile[name]?.['region'];
      return { name, ...(region === undefined ? {} : { region }) };
    });
}

/** Credentials of one profile, resolved by the SDK. Throws Failure `profile-unusable` or another AWS failure. */
export async function loadProfileCredentials(profile: string): Promise<AwsCredentials> {
  try {
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = await fromIni({
      profile,
      ignoreCache: true,
      mfaCodeProvider: () => Promise.reject(mfaNeeded(profile)),
    })();
    return {
      accessKeyId,
      secretAccessKey,
      ...(sessionToken === undefined ? {} : { sessionToken }),
      ...(expiration === undefined ? {} : { expiresAt: expiration.getTime() }),
    };
  } catch (error) {
    throw awsFailure(error, `profile ${profile}`);
  }
}

function mfaNeeded(profile: string): Failure {
  return new Failure('profile-unusable', `The profile ${profile} asks for an MFA code.`, {
    hint: 'Profiles with mfa_serial cannot be used yet. Choose another identity.',
  });
}
