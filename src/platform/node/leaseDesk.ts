import { createHash, timingSafeEqual } from 'node:crypto';
import path from 'node:path';
import type { Clock, RandomBytes } from '../../core/base/clock.ts';
import { Failure, isCancelled, toFailure } from '../../core/base/errors.ts';
import { Emitter } from '../../core/base/event.ts';
import { SingleFlight } from '../../core/base/queue.ts';
import { credentialProcessOutput } from '../../core/handOff/credentialProcess.ts';
import { leaseEnvironment } from '../../core/handOff/environment.ts';
import type { LeaseSource } from '../../core/handOff/files.ts';
import { credentialProcess, leaseFiles } from '../../core/handOff/files.ts';
import type { AnswerLease, Lease, LeaseDesk, LeaseRefusal, OpenLease } from '../../core/handOff/lease.ts';
import { checkPath, quotingRules } from '../../core/handOff/quoting.ts';
import type { AwsCredentials } from '../../core/providers/provider.ts';
import type { LeaseRecord } from './leaseDirectory.ts';
import {
  claimLease,
  hasToken,
  leasesDirectory,
  listLeaseDirectories,
  loadBoundProcess,
  loadLeaseRecord,
  loadToken,
  removeLeaseDirectory,
  storeBoundProcess,
  storeLeaseRecord,
  writeLeaseDirectory,
} from './leaseDirectory.ts';
import type { LeaseReply, LeaseRequest } from './leaseProtocol.ts';
import { cancelledReply, endedReply, refusalReply } from './leaseProtocol.ts';
import type { LeaseServer, ServerLimits } from './leaseServer.ts';
import { serverLimits, startLeaseServer } from './leaseServer.ts';
import type { Processes } from './processes.ts';
import { isAlive } from './processes.ts';
import type { SocketPlace } from './socketPath.ts';
import { socketPaths } from './socketPath.ts';
import type { WrapperPrograms } from './wrapper.ts';
import { wrapperPath, writeWrapper } from './wrapper.ts';

export interface LeaseDeskOptions {
  /** Absolute path of the extension's global storage folder; leases and the wrapper live in it. */
  readonly storage: string;
  /** The same at each start of the same window, e.g. its workspace file or folder. */
  readonly windowKey: string;
  readonly programs: WrapperPrograms;
  readonly answer: AnswerLease;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  readonly processes: Processes;
  /** `process.pid` */
  readonly pid: number;
  readonly place: SocketPlace;
  readonly limits?: ServerLimits;
}

/** The desk of a window; {@link LeaseDesk} plus what only the composition root calls. */
export interface NodeLeaseDesk extends LeaseDesk {
  /**
   * Takes over the leases this window served before a restart and whose process still runs, and removes those nobody
   * can use any more. To be called once after start-up; costs one readdir when there are none.
   */
  restore(): Promise<void>;
}

interface Served {
  readonly directory: string;
  readonly tokenHash: Uint8Array;
  readonly abort: AbortController;
  record: LeaseRecord;
}

/** When to look again for leases that the window's previous extension host still held. Milliseconds. */
const secondLooks = [2000, 8000];

export function createLeaseDesk(options: LeaseDeskOptions): NodeLeaseDesk {
  const { storage, windowKey, clock, processes, place } = options;
  const rules = quotingRules(place.platform);
  const served = new Map<string, Served>();
  const refused = new Emitter<LeaseRefusal>();
  const starting = new SingleFlight<LeaseServer>();
  const closed = new AbortController();
  let server: LeaseServer | undefined;
  let looking: Promise<unknown> = Promise.resolve();

  const randomHex = (bytes: number): string => Buffer.from(options.randomBytes(bytes)).toString('hex');
  const owner = () => processes.identify(options.pid) ?? { pid: options.pid };

  async function start(): Promise<LeaseServer> {
    if (server?.isReachable()) return server;
    return await starting.run('start', async () => {
      assertOpen();
      await server?.close();
      const wrapper = wrapperPath(storage, place.platform);
      for (const used of [wrapper, leasesDirectory(storage)]) checkPath(used, rules);
      await writeWrapper(storage, options.programs, place.platform, place.env);
      const paths = socketPaths(place, `${storage}\0${windowKey}`, randomHex(16));
      const started = await startLeaseServer(paths, answerRequest, options.limits ?? serverLimits);
      server = started;
      // The window may have begun to close meanwhile.
      if (closed.signal.aborted) await started.close();
      for (const lease of served.values()) {
        if (lease.record.socket === started.path) continue;
        lease.record = { ...lease.record, socket: started.path };
        await storeLeaseRecord(lease.directory, lease.record);
      }
      assertOpen();
      return started;
    });
  }

  function assertOpen(): void {
    if (closed.signal.aborted) throw new Failure('lease-desk-closed', 'The window is closing.');
  }

  async function answerRequest(request: LeaseRequest, signal: AbortSignal): Promise<LeaseReply> {
    // While a restarted window takes its leases over, none of them is unknown yet.
    await looking;
    const found = served.get(request.lease);
    // Compared even for an unknown lease, so that the time says nothing.
    const matches = timingSafeEqual(hash(request.token), found?.tokenHash ?? hash(''));
    if (!found || !matches || !(await isUsable(found))) return endedReply;
    const { lease } = found.record;
    try {
      const credentials = await options.answer(lease, AbortSignal.any([signal, found.abort.signal]));
      // Revoked while the answer was looked for: served only as long as the lease is.
      return found.abort.signal.aborted
        ? endedReply
        : { ok: true, credentials: credentialProcessOutput(credentials) };
    } catch (error) {
      if (found.abort.signal.aborted) return endedReply;
      const timedOut = signal.reason instanceof Failure;
      if (isCancelled(error) && !timedOut) return cancelledReply;
      const failure = toFailure(timedOut ? signal.reason : error);
      refused.fire({ lease, failure });
      return refusalReply(failure);
    }
  }

  /** A lease ends with its directory, which another window may remove, and with the process it is tied to. */
  async function isUsable(lease: Served): Promise<boolean> {
    const bound = loadBoundProcess(lease.directory);
    const usable = hasToken(lease.directory) && (bound === undefined || isAlive(processes, bound));
    if (!usable) await end(lease);
    return usable && !lease.abort.signal.aborted;
  }

  async function end(lease: Served): Promise<void> {
    served.delete(lease.record.lease.id);
    lease.abort.abort();
    await removeLeaseDirectory(lease.directory);
  }

  /** @returns true when the lease is another living host's, though of a window with our key */
  async function adoptOrSweep(directory: string): Promise<boolean> {
    if (served.has(path.basename(directory))) return false;
    const record = await loadLeaseRecord(directory);
    const isOwned = record?.owner !== undefined && isAlive(processes, record.owner);
    if (record && isOwned) return record.windowKey === windowKey;
    const bound = loadBoundProcess(directory);
    const token = await loadToken(directory);
    if (!record || token === undefined || bound === undefined || !isAlive(processes, bound)) {
      await removeLeaseDirectory(directory);
      return false;
    }
    // Another window's, to be taken over when that one is back.
    if (record.windowKey !== windowKey) return false;
    if (!(await claimLease(directory, record.generation))) return false;
    const { path: socket } = await start();
    const adopted = { ...record, socket, owner: owner(), generation: record.generation + 1 };
    await storeLeaseRecord(directory, adopted);
    served.set(record.lease.id, {
      directory,
      tokenHash: hash(token),
      abort: new AbortController(),
      record: adopted,
    });
    return false;
  }

  function look(): Promise<boolean> {
    const result = takeStock();
    looking = result.catch(() => undefined);
    return result;
  }

  async function takeStock(): Promise<boolean> {
    const directories = await listLeaseDirectories(storage, clock.now());
    if (directories.length === 0) return false;
    await writeWrapper(storage, options.programs, place.platform, place.env);
    const held = await Promise.all(directories.map(adoptOrSweep));
    return held.includes(true);
  }

  async function lookAgain(): Promise<void> {
    for (const wait of secondLooks) {
      await clock.wait(wait, closed.signal);
      if (!(await look())) return;
    }
  }

  return {
    onDidRefuse: refused.event,
    leases: () => [...served.values()].map(({ record }) => record.lease),

    async restore() {
      // A window's old extension host may still be on its way out.
      if (await look()) lookAgain().catch(() => undefined);
    },

    async open(request, staticCredentials) {
      assertOpen();
      const lease: Lease = { ...request, id: randomHex(16), createdAt: clock.now() };
      const directory = path.join(leasesDirectory(storage), lease.id);
      const source = leaseSource(directory, staticCredentials);
      const files = leaseFiles(lease, source);
      const { path: socket } = await start();
      const token = randomHex(32);
      const record: LeaseRecord = { version: 1, lease, socket, windowKey, owner: owner(), generation: 0 };
      await writeLeaseDirectory(storage, record, files, token);
      const entry: Served = { directory, tokenHash: hash(token), abort: new AbortController(), record };
      if (closed.signal.aborted) {
        await removeLeaseDirectory(directory);
        assertOpen();
      }
      served.set(lease.id, entry);
      const paths = {
        config: path.join(directory, 'config'),
        credentials: path.join(directory, 'credentials'),
      };
      const environment = leaseEnvironment(lease, paths, Object.keys(place.env));
      return { lease, directory, environment } satisfies OpenLease;
    },

    async bindProcess(leaseId, pid) {
      const lease = served.get(leaseId);
      if (!lease) return;
      await storeBoundProcess(lease.directory, processes.identify(pid) ?? { pid }).catch((error: unknown) => {
        // Removed by another window just now.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      });
    },

    async revoke(leaseId) {
      const lease = served.get(leaseId);
      if (lease) await end(lease);
    },

    async revokeProvider(providerId) {
      const own = [...served.values()].filter(({ record }) => record.lease.providerId === providerId);
      await Promise.all(own.map(end));
      // Their windows notice at the next request.
      for (const directory of await listLeaseDirectories(storage, clock.now())) {
        const record = await loadLeaseRecord(directory);
        if (record?.lease.providerId === providerId) await removeLeaseDirectory(directory);
      }
    },

    async dispose() {
      if (closed.signal.aborted) return;
      closed.abort();
      const leases = [...served.values()];
      served.clear();
      for (const lease of leases) lease.abort.abort();
      refused.dispose();
      await server?.close();
      await Promise.all(leases.map(letGo));
    },
  };

  function leaseSource(directory: string, staticCredentials: AwsCredentials | undefined): LeaseSource {
    if (staticCredentials) return { staticCredentials };
    return { credentialProcess: credentialProcess(wrapperPath(storage, place.platform), directory, rules) };
  }

  async function letGo(lease: Served): Promise<void> {
    const bound = loadBoundProcess(lease.directory);
    if (bound === undefined || !isAlive(processes, bound)) return removeLeaseDirectory(lease.directory);
    const { owner: _gone, ...rest } = lease.record;
    await storeLeaseRecord(lease.directory, rest).catch(() => undefined);
  }
}

function hash(text: string): Uint8Array {
  return createHash('sha256').update(text).digest();
}
