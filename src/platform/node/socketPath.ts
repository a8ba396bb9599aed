import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../../core/base/errors.ts';

/** What the machine and user are; parameters so that tests can be any of them. */
export interface SocketPlace {
  /** `process.platform` */
  readonly platform: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `process.getuid?.()`; `undefined` on Windows. */
  readonly uid: number | undefined;
  /** `os.tmpdir()` */
  readonly tmpdir: string;
}

/** macOS allows 104 bytes with the final zero, Linux 108; Node 22 cuts longer paths silently. */
export const socketPathLimit = 100;

/** How many windows with the same key (two browser tabs on one folder, say) find a path of their own. */
export const socketSlots = 16;

/**
 * The private folder for sockets: in `$XDG_RUNTIME_DIR`, else in the temporary directory, else in `/tmp`. It is made
 * with mode 0700 when missing, and taken only if it is a real directory of this user that nobody else can enter.
 *
 * @throws Failure `socket-path` when no place qualifies
 */
export function socketDirectory(place: SocketPlace): string {
  const { env, tmpdir, uid } = place;
  const runtime = env['XDG_RUNTIME_DIR'];
  const shared = `stage-providers-${uid ?? 0}`;
  const candidates = [
    ...(runtime !== undefined && path.isAbsolute(runtime) ? [path.join(runtime, 'stage-providers')] : []),
    path.join(tmpdir, shared),
    path.join('/tmp', shared),
  ];
  const reasons: string[] = [];
  for (const candidate of new Set(candidates)) {
    const reason = unfit(candidate, uid);
    if (reason === undefined) return candidate;
    reasons.push(`${candidate} ${reason}`);
  }
  throw new Failure('socket-path', 'There is no private folder for the socket that hands over credentials.', {
    hint: `${reasons.join('; ')}. Correct or remove the folder, or set XDG_RUNTIME_DIR to a private one.`,
  });
}

function unfit(directory: string, uid: number | undefined): string | undefined {
  const longest = path.join(directory, `${'0'.repeat(16)}-${socketSlots}.sock`);
  if (Buffer.byteLength(longest) > socketPathLimit) return 'is too long a path';
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST') return `cannot be made (${code ?? 'unknown error'})`;
  }
  // Not stat: a symbolic link could be turned to another folder later.
  const found = lstatSync(directory, { throwIfNoEntry: false });
  if (!found?.isDirectory()) return 'is not a folder';
  if (uid !== undefined && found.uid !== uid) return 'belongs to another user';
  return (found.mode & 0o077) === 0 ? undefined : 'can be entered by other users';
}

/**
 * The paths a window may listen on, in the order to try. The first one is the same at each start of the same window,
 * so that terminals find it again.
 *
 * @param key tells this window (and this storage folder) from others
 * @param random fresh random text in hexadecimal; it makes a Windows pipe's name unguessable
 * @throws Failure `socket-path`
 */
export function socketPaths(place: SocketPlace, key: string, random: string): readonly string[] {
  // The name of a pipe is public and anybody may take it first; the helper reads it from the lease.
  if (place.platform === 'win32') return [`\\\\.\\pipe\\stage-providers-${random}`];
  const directory = socketDirectory(place);
  const name = createHash('sha256').update(key).digest('hex').slice(0, 16);
  return Array.from({ length: socketSlots }, (_, slot) => {
    return path.join(directory, slot === 0 ? `${name}.sock` : `${name}-${slot}.sock`);
  });
}
