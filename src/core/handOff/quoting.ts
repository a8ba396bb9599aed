import { Failure } from '../base/errors.ts';

/** The two ways a command line is split: POSIX shells (and Python's shlex), and Windows. */
export type QuotingRules = 'posix' | 'windows';

export function quotingRules(platform: string): QuotingRules {
  return platform === 'win32' ? 'windows' : 'posix';
}

// oxlint-disable-next-line no-control-regex
const control = /[\u0000-\u001f\u007f\u0085\u2028\u2029]/;

/** True for text with a line break or another control character, which no INI file can hold. */
export function hasControl(text: string): boolean {
  return control.test(text);
}

/**
 * Refuses a path that AWS tools would not read as it is written.
 *
 * botocore expands `~`, `$NAME` and `${NAME}` (on Windows `%NAME%` too) in AWS_CONFIG_FILE, so those would lead it
 * to another file. On Windows a `%` is also expanded by cmd.exe, and ` #` or ` ;`, which cannot be escaped within
 * double quotes, begin a comment for the JavaScript SDK.
 *
 * @throws Failure `lease-path`
 */
export function checkPath(path: string, rules: QuotingRules): void {
  const refuse = (what: string): never => {
    throw new Failure(
      'lease-path',
      `Credentials cannot be handed over from a folder whose path has ${what}.`,
      {
        hint: `AWS tools would misread ${JSON.stringify(path)}. Move VS Code's user data to another folder.`,
      },
    );
  };
  if (hasControl(path)) refuse('a line break or control character');
  if (/\$[\w{]/.test(path)) refuse('a dollar sign');
  if (path.startsWith('~')) refuse('a leading tilde');
  if (rules === 'posix') return;
  if (/["%]/.test(path)) refuse('a percent sign or quote');
  if (/\s[;#]/.test(path)) refuse('a number sign or semicolon after a space');
}

/**
 * One word of a command line, read alike by `sh -c` (Go, Rust, JavaScript's `exec`), Python's shlex (botocore), and
 * the INI parsers before them.
 *
 * On POSIX everything unusual gets a backslash and no quotes are used: within quotes shlex and sh differ (`$`, `` ` ``)
 * and the JavaScript SDK cuts a line at ` #` or ` ;` even there. On Windows the word stands in double quotes.
 *
 * @throws Failure `lease-path` when no form is safe
 */
export function commandWord(word: string, rules: QuotingRules): string {
  checkPath(word, rules);
  if (rules === 'windows') return `"${word}"`;
  return word.replaceAll(/[^\p{L}\p{M}\p{N}\p{S}\p{P}]|[\p{ASCII}--[\w\/.:=@%+,\-]]/gv, '\\$&');
}

/** A word in single quotes for `sh`. */
export function shellWord(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
