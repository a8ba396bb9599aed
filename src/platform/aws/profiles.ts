import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { getSSOTokenFromFile, loadSharedConfigFiles } from '@smithy/core/config';
import { Failure } from '../../core/base/errors.ts';
import type { AwsCredentials } from '../../core/providers/provider.ts';
import {
  cliSignIn,
  profileOrigin,
  type CliSignIn,
  type LocalProfile,
  type ProfileSection,
} from '../../core/signIn/localProfile.ts';
import { awsFailure } from './failures.ts';

/** Sections of the config file that are no profiles, as the SDK's loader names them. */
const sectionPrefixes = ['sso-session.', 'services.'];

/** The profiles of `~/.aws/config` and `credentials` (or where `AWS_*_FILE` say); read only. */
export async function loadProfiles(): Promise<readonly LocalProfile[]> {
  return Object.entries(await loadSections())
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([name, section]) => {
      const { region } = section;
      return { name, origin: profileOrigin(section), ...(region === undefined ? {} : { region }) };
    });
}

async function loadSections(): Promise<
  Readonly<Record<string, ProfileSection & { readonly region?: string }>>
> {
  const { configFile, credentialsFile } = await loadSharedConfigFiles({ ignoreCache: true });
  const names = new Set([...Object.keys(configFile), ...Object.keys(credentialsFile)]);
  const profiles = [...names].filter((name) => !sectionPrefixes.some((prefix) => name.startsWith(prefix)));
  return Object.fromEntries(
    profiles.map((name) => [name, { ...configFile[name], ...credentialsFile[name] }]),
  );
}

/**
 * Credentials of one profile, resolved by the SDK. The CLI's own sign-in is used while its token is valid and never
 * refreshed: the SDK would write the CLI's cache.
 *
 * @throws Failure `profile-unusable`, `sign-in-needed` or another AWS failure
 */
export async function loadProfileCredentials(profile: string): Promise<AwsCredentials> {
  const signIn = cliSignIn(profile, await loadSections());
  if (signIn) await requireValidToken(profile, signIn);
  try {
    const { fromIni } = await import('@aws-sdk/credential-provider-ini');
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

/**
 * The SDK refreshes a token that has less than 5 minutes left (`EXPIRE_WINDOW_MS` in `@aws-sdk/token-providers`,
 * `REFRESH_THRESHOLD` in `@aws-sdk/credential-provider-login`); one more for the time until it looks. Milliseconds.
 */
const refreshedFrom = 6 * 60 * 1000;

async function requireValidToken(profile: string, signIn: CliSignIn): Promise<void> {
  const expiresAt = await tokenExpiry(signIn).catch(() => undefined);
  if (expiresAt !== undefined && expiresAt - Date.now() > refreshedFrom) return;
  const command = signIn.kind === 'sso' ? 'aws sso login' : 'aws login';
  throw new Failure('sign-in-needed', `The sign-in of profile ${profile} has ended.`, {
    hint: `It belongs to the AWS CLI. Run “${command} --profile ${profile}” in a terminal, then try again.`,
  });
}

/** When the CLI's cached token expires, in milliseconds since the epoch. */
async function tokenExpiry({ kind, session }: CliSignIn): Promise<number> {
  if (kind === 'sso') return Date.parse((await getSSOTokenFromFile(session)).expiresAt);
  const folder = process.env['AWS_LOGIN_CACHE_DIRECTORY'] ?? path.join(homedir(), '.aws', 'login', 'cache');
  const file = path.join(folder, `${createHash('sha256').update(session).digest('hex')}.json`);
  const token = JSON.parse(await readFile(file, 'utf8')) as {
    readonly accessToken: { readonly expiresAt: string };
  };
  return Date.parse(token.accessToken.expiresAt);
}

function mfaNeeded(profile: string): Failure {
  return new Failure('profile-unusable', `The profile ${profile} asks for an MFA code.`, {
    hint: 'Profiles with mfa_serial cannot be used yet. Choose another identity.',
  });
}
