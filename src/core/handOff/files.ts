import { Failure } from '../base/errors.ts';
import type { AwsCredentials } from '../providers/provider.ts';
import { plainProfileName } from './environment.ts';
import type { Lease } from './lease.ts';
import type { QuotingRules } from './quoting.ts';
import { commandWord, hasControl } from './quoting.ts';

/** Where the profiles of a lease get their credentials from. */
export type LeaseSource =
  | { readonly credentialProcess: string }
  | { readonly staticCredentials: AwsCredentials };

/** Text of the two files AWS tools read. */
export interface LeaseFiles {
  readonly config: string;
  readonly credentials: string;
}

/**
 * The value of `credential_process`.
 *
 * @param wrapper absolute path of the program to run
 * @param directory absolute path of the lease's directory, its only argument
 * @throws Failure `lease-path`
 */
export function credentialProcess(wrapper: string, directory: string, rules: QuotingRules): string {
  return `${commandWord(wrapper, rules)} ${commandWord(directory, rules)}`;
}

/**
 * The AWS `config` and `credentials` files of a lease: `default` and each of `lease.profiles`, all with the same
 * content, in both files.
 *
 * Both files carry `credential_process`: Go SDK v1 without AWS_SDK_LOAD_CONFIG and older tools read `credentials`
 * only, and the JavaScript SDK cannot read a `[profile …]` header with unusual characters while it reads the same
 * name in `credentials`. Since all bodies are equal, a header some parser misreads cannot lead to another identity.
 *
 * @throws Failure `lease-profile` for a name no INI header can hold, `lease-region`, `lease-static-keys` for
 * long-lived keys
 */
export function leaseFiles(lease: Pick<Lease, 'profiles' | 'region'>, source: LeaseSource): LeaseFiles {
  if (!/^[a-z0-9-]+$/.test(lease.region)) {
    throw new Failure('lease-region', `${JSON.stringify(lease.region)} is not an AWS region.`, {
      hint: 'Correct the region of the stage or of its provider.',
    });
  }
  const names = [...new Set(lease.profiles)].filter((name) => name !== 'default');
  for (const name of names) checkProfileName(name);
  const region = [`region = ${lease.region}`];
  const body =
    'credentialProcess' in source
      ? [`credential_process = ${source.credentialProcess}`, ...region]
      : [...staticLines(source.staticCredentials), ...region];
  const note = '# Written by Stage Providers for AWS for one stage; removed when it ends.';
  const text = (header: (name: string) => string, lines: readonly string[]): string =>
    [note, ...['default', ...names].flatMap((name) => [`[${header(name)}]`, ...lines]), ''].join('\n');
  return {
    config: text(configHeader, 'credentialProcess' in source ? body : region),
    credentials: text((name) => name, body),
  };
}

function configHeader(name: string): string {
  if (name === 'default') return name;
  if (plainProfileName.test(name)) return `profile ${name}`;
  // botocore reads the header with shlex.
  return `profile "${name.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

function checkProfileName(name: string): void {
  const bad = name === '' || name !== name.trim() || name.includes(']') || hasControl(name);
  // The JavaScript SDK rejects the whole file for this one.
  if (!bad && name !== '__proto__' && name !== 'profile __proto__') return;
  throw new Failure('lease-profile', `The profile name ${JSON.stringify(name)} cannot be used.`, {
    hint: 'AWS config files cannot hold it. Rename the profile in the Serverless config.',
  });
}

function staticLines(credentials: AwsCredentials): readonly string[] {
  if (credentials.sessionToken === undefined || credentials.expiresAt === undefined) {
    throw new Failure('lease-static-keys', 'Long-lived keys are never written to disk.', {
      hint: 'Serverless Framework v3 reads keys from a file. Upgrade the provider to an access role, or use osls.',
    });
  }
  const values = [credentials.accessKeyId, credentials.secretAccessKey, credentials.sessionToken];
  if (values.some((value) => hasControl(value) || /\s/.test(value))) {
    throw new Failure('lease-static-keys', 'AWS returned credentials in an unknown form.');
  }
  const [id, secret, token] = values;
  return [`aws_access_key_id = ${id}`, `aws_secret_access_key = ${secret}`, `aws_session_token = ${token}`];
}
