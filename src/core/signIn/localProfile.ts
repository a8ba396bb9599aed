/** Where a profile of the user's own files gets its credentials from. */
export type ProfileOrigin =
  | 'keys'
  | 'temporary-keys'
  | 'role'
  | 'web-identity'
  | 'process'
  | 'sso'
  | 'console'
  | 'unknown';

/** A sign-in of the AWS CLI that a profile depends on; its cached tokens are the CLI's, to be read only. */
export type CliSignIn =
  | { readonly kind: 'sso'; readonly session: string }
  | { readonly kind: 'console'; readonly session: string };

/** A profile of the user's own files, as far as it is known before anything is asked from AWS. */
export interface LocalProfile {
  readonly name: string;
  readonly region?: string;
  readonly origin: ProfileOrigin;
}

/** The settings of one profile, both files merged. */
export type ProfileSection = Readonly<Record<string, string | undefined>>;

/** In the order in which the SDK decides (`@aws-sdk/credential-provider-ini`, resolveProfileData). */
export function profileOrigin(section: ProfileSection): ProfileOrigin {
  const has = (name: string): boolean => section[name] !== undefined && section[name] !== '';
  if (has('role_arn') && (has('source_profile') || has('credential_source'))) return 'role';
  if (has('aws_access_key_id') && has('aws_secret_access_key')) {
    return has('aws_session_token') ? 'temporary-keys' : 'keys';
  }
  if (has('web_identity_token_file') && has('role_arn')) return 'web-identity';
  if (has('credential_process')) return 'process';
  if (has('sso_session') || has('sso_start_url')) return 'sso';
  return has('login_session') ? 'console' : 'unknown';
}

/** The CLI's sign-in at the end of a profile's `source_profile` chain, if one is there. */
export function cliSignIn(
  name: string,
  sections: Readonly<Record<string, ProfileSection | undefined>>,
): CliSignIn | undefined {
  const visited = new Set<string>();
  for (let current: string | undefined = name; current !== undefined && !visited.has(current);) {
    visited.add(current);
    const section: ProfileSection = sections[current] ?? {};
    // A visited source's own keys come before its role.
    const hasKeys =
      section['aws_access_key_id'] !== undefined && section['aws_secret_access_key'] !== undefined;
    const origin = visited.size > 1 && hasKeys ? 'keys' : profileOrigin(section);
    if (origin === 'sso') {
      return { kind: 'sso', session: section['sso_session'] ?? section['sso_start_url'] ?? '' };
    }
    if (origin === 'console') return { kind: 'console', session: section['login_session'] ?? '' };
    current = origin === 'role' ? section['source_profile'] : undefined;
  }
  return undefined;
}
