import { existsSync, readFileSync } from 'node:fs';
import { mkdir, open, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { LeaseFiles } from '../../core/handOff/files.ts';
import type { Lease } from '../../core/handOff/lease.ts';
import { processFile } from './leaseProtocol.ts';
import type { ProcessIdentity } from './processes.ts';

/** `lease.json`: what the helper and a restarted window need. Holds no secret. */
export interface LeaseRecord {
  readonly version: 1;
  readonly lease: Lease;
  /** Where the lease is served now. */
  readonly socket: string;
  /** Tells the window that may take the lease over from others. */
  readonly windowKey: string;
  /** The extension host that serves it; absent once it has let go. */
  readonly owner?: ProcessIdentity;
  /** Counts the owners. */
  readonly generation: number;
}

/** The folder of all leases of one storage folder. */
export function leasesDirectory(storage: string): string {
  return path.join(storage, 'leases');
}

const leaseId = /^[0-9a-f]{32}$/;
const unfinished = '.new-';
/** An unfinished directory this old, in milliseconds, was left by a crash. */
const unfinishedLife = 60_000;

/** Writes a lease's directory in one step: nobody ever sees a half-written one. All files 0600, the folder 0700. */
export async function writeLeaseDirectory(
  storage: string,
  record: LeaseRecord,
  files: LeaseFiles,
  token: string,
): Promise<string> {
  const leases = leasesDirectory(storage);
  await mkdir(leases, { recursive: true, mode: 0o700 });
  const fresh = path.join(leases, `${unfinished}${record.lease.id}`);
  const directory = path.join(leases, record.lease.id);
  await mkdir(fresh, { mode: 0o700 });
  try {
    await Promise.all(
      Object.entries({
        config: files.config,
        credentials: files.credentials,
        token: `${token}\n`,
        'lease.json': `${JSON.stringify(record)}\n`,
      }).map(([name, text]) => writeFile(path.join(fresh, name), text, { mode: 0o600, flag: 'wx' })),
    );
    await rename(fresh, directory);
  } catch (error) {
    await removeLeaseDirectory(fresh);
    throw error;
  }
  return directory;
}

/** Every lease directory there is; what a crash left half-written is removed. */
export async function listLeaseDirectories(storage: string, now: number): Promise<readonly string[]> {
  const leases = leasesDirectory(storage);
  const names = await readdir(leases).catch(() => []);
  for (const name of names.filter((name) => name.startsWith(unfinished))) {
    const found = await stat(path.join(leases, name)).catch(() => undefined);
    if (found && now - found.mtimeMs > unfinishedLife) await removeLeaseDirectory(path.join(leases, name));
  }
  return names.filter((name) => leaseId.test(name)).map((name) => path.join(leases, name));
}

/** Removes the directory with the token first, so that an interrupted removal leaves nothing usable. */
export async function removeLeaseDirectory(directory: string): Promise<void> {
  for (const name of ['token', 'credentials']) await rm(path.join(directory, name), { force: true });
  await rm(directory, { recursive: true, force: true, maxRetries: 3 });
}

/** The record of a lease directory; `undefined` when it is missing, damaged or of a version we don't know. */
export async function loadLeaseRecord(directory: string): Promise<LeaseRecord | undefined> {
  const record = (await loadJson(path.join(directory, 'lease.json'))) as LeaseRecord | undefined;
  return record?.version === 1 && record.lease?.id === path.basename(directory) ? record : undefined;
}

export async function loadToken(directory: string): Promise<string | undefined> {
  return await readFile(path.join(directory, 'token'), 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  );
}

/**
 * True as long as nobody, another window included, has removed the lease. Sync, like {@link loadBoundProcess}: a
 * waiting tool would notice the thread pool.
 */
export function hasToken(directory: string): boolean {
  return existsSync(path.join(directory, 'token'));
}

/** Replaces the record in one step. */
export async function storeLeaseRecord(directory: string, record: LeaseRecord): Promise<void> {
  await storeJson(path.join(directory, 'lease.json'), record);
}

/** The process a lease is tied to; `undefined` when it is tied to none. */
export function loadBoundProcess(directory: string): ProcessIdentity | undefined {
  try {
    const found = JSON.parse(
      readFileSync(path.join(directory, processFile), 'utf8'),
    ) as ProcessIdentity | null;
    return typeof found?.pid === 'number' ? found : undefined;
  } catch {
    return undefined;
  }
}

export async function storeBoundProcess(directory: string, identity: ProcessIdentity): Promise<void> {
  await storeJson(path.join(directory, processFile), identity);
}

/**
 * Takes the right to adopt this generation of the lease; false when another window was faster. The claim is a file
 * whose exclusive creation decides.
 */
export async function claimLease(directory: string, generation: number): Promise<boolean> {
  try {
    await (await open(path.join(directory, `claim-${generation}`), 'wx', 0o600)).close();
    return true;
  } catch {
    return false;
  }
}

async function loadJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as unknown;
  } catch {
    return undefined;
  }
}

async function storeJson(file: string, value: unknown): Promise<void> {
  const fresh = `${file}.${process.pid}`;
  await writeFile(fresh, `${JSON.stringify(value)}\n`, { mode: 0o600 });
  await rename(fresh, file);
}
