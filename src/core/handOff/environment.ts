import type { EnvironmentChange, Lease } from './lease.ts';

/** Why a variable must not reach a tool that works with a lease. */
export type VariableRole = 'keys' | 'web-identity' | 'container' | 'stage-leftover' | 'other-identity';

/**
 * Variables by which some tool would take another identity than the lease's. Sources: AWS SDKs and Tools reference
 * (environment variables); botocore `credentials.py`; AWS SDK for JavaScript v2 `node_loader` (AMAZON_ prefix) and
 * v3 `credential-provider-node`; AWS SDK for Java v1 (AWS_ACCESS_KEY, AWS_SECRET_KEY).
 */
const credentialVariables: Readonly<Record<string, VariableRole>> = {
  AWS_ACCESS_KEY_ID: 'keys',
  AWS_SECRET_ACCESS_KEY: 'keys',
  AWS_SESSION_TOKEN: 'keys',
  AWS_SECURITY_TOKEN: 'keys',
  AWS_CREDENTIAL_EXPIRATION: 'keys',
  AWS_CREDENTIAL_SCOPE: 'keys',
  AWS_CREDENTIAL_FILE: 'keys',
  AWS_ACCESS_KEY: 'keys',
  AWS_SECRET_KEY: 'keys',
  AMAZON_ACCESS_KEY_ID: 'keys',
  AMAZON_SECRET_ACCESS_KEY: 'keys',
  AMAZON_SESSION_TOKEN: 'keys',
  AWS_WEB_IDENTITY_TOKEN_FILE: 'web-identity',
  AWS_ROLE_ARN: 'web-identity',
  AWS_ROLE_SESSION_NAME: 'web-identity',
  AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: 'container',
  AWS_CONTAINER_CREDENTIALS_FULL_URI: 'container',
  AWS_CONTAINER_AUTHORIZATION_TOKEN: 'container',
  AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: 'container',
  AWS_BEARER_TOKEN_BEDROCK: 'other-identity',
  AWS_VAULT: 'other-identity',
};

const stageLeftover = /^AWS_.+_(?:PROFILE|ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN)$/;

/** Set by the lease itself, although it looks like a stage's leftover. */
const ownProfileVariable = 'AWS_DEFAULT_PROFILE';

/** The variable that tells prompts and scripts which stage a lease is for. */
export const stageVariable = 'STAGE_PROVIDERS_STAGE';

/**
 * What a variable would do to a tool that works with a lease; `undefined` when it may stay. Names are compared
 * without case, as Windows does.
 */
export function variableRole(name: string): VariableRole | undefined {
  const upper = name.toUpperCase();
  if (Object.hasOwn(credentialVariables, upper)) return credentialVariables[upper];
  if (upper.startsWith('AWS_BEARER_TOKEN_')) return 'other-identity';
  // `AWS_<STAGE>_*` is read by Serverless Framework v3 and osls before anything else.
  return upper !== ownProfileVariable && stageLeftover.test(upper) ? 'stage-leftover' : undefined;
}

/** Profile names every known parser reads from a `[profile <name>]` header without quoting. */
export const plainProfileName = /^[\w@+.%:/-]+$/;

/** The profile a lease's environment selects: the stage's own where its name is plain, else `default`. Never blank. */
export function leaseProfile(lease: Pick<Lease, 'stage' | 'profiles'>): string {
  return plainProfileName.test(lease.stage) && lease.profiles.includes(lease.stage) ? lease.stage : 'default';
}

/**
 * The environment of a child process that gets the lease's identity and no other.
 *
 * @param lease whose region and profile are selected
 * @param paths absolute paths of the lease's two files
 * @param base names of the variables the child would otherwise inherit; only leftovers among them are looked for
 */
export function leaseEnvironment(
  lease: Pick<Lease, 'stage' | 'profiles' | 'region'>,
  paths: { readonly config: string; readonly credentials: string },
  base: readonly string[],
): EnvironmentChange {
  const profile = leaseProfile(lease);
  const set: Record<string, string> = {
    AWS_CONFIG_FILE: paths.config,
    AWS_SHARED_CREDENTIALS_FILE: paths.credentials,
    // AWS SDK for JavaScript v2 and for Go v1 read `config` only with it.
    AWS_SDK_LOAD_CONFIG: '1',
    // botocore reads AWS_DEFAULT_PROFILE first; a blank or foreign one breaks it even when AWS_PROFILE is right.
    AWS_PROFILE: profile,
    AWS_DEFAULT_PROFILE: profile,
    AWS_REGION: lease.region,
    AWS_DEFAULT_REGION: lease.region,
    AWS_EC2_METADATA_DISABLED: 'true',
    [stageVariable]: lease.stage,
  };
  return { set, remove: removable(base) };
}

/** Every variable to remove: the known ones, whether present or not, and the leftovers among `base`. */
export function removable(base: readonly string[]): readonly string[] {
  return [
    ...new Set([
      ...Object.keys(credentialVariables),
      ...base.filter((name) => variableRole(name) !== undefined),
    ]),
  ];
}

/**
 * The same change for a child whose environment can be set but not unset (VS Code tasks): what would be removed is
 * set to the empty string, which AWS tools treat as absent.
 */
export function blanked(change: EnvironmentChange): Readonly<Record<string, string>> {
  return { ...Object.fromEntries(change.remove.map((name) => [name, ''])), ...change.set };
}

/**
 * Applies a change to an environment, removing whatever leftovers this very environment holds as well.
 *
 * @param environment what the process got; not changed
 * @param ignoreCase true on Windows, where `Path` and `PATH` are one variable
 */
export function applied(
  change: EnvironmentChange,
  environment: Readonly<Record<string, string | undefined>>,
  ignoreCase: boolean,
): Record<string, string | undefined> {
  const key = (name: string): string => (ignoreCase ? name.toUpperCase() : name);
  const gone = new Set([...change.remove, ...Object.keys(change.set)].map(key));
  const kept = Object.entries(environment).filter(
    ([name]) => !gone.has(key(name)) && variableRole(name) === undefined,
  );
  return { ...Object.fromEntries(kept), ...change.set };
}
