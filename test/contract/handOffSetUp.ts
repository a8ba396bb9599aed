/** What the contract tests of the hand-off share: bundled programs as they ship, and desks in temporary folders. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import type { IncomingHttpHeaders, Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import type { AnswerLease, Lease, OpenLease } from '../../src/core/handOff/lease.ts';
import type { AwsCredentials } from '../../src/core/providers/provider.ts';
import { systemClock } from '../../src/platform/node/clock.ts';
import type { LeaseDeskOptions, NodeLeaseDesk } from '../../src/platform/node/leaseDesk.ts';
import { createLeaseDesk } from '../../src/platform/node/leaseDesk.ts';
import type { LeaseRecord } from '../../src/platform/node/leaseDirectory.ts';
import type { LeaseReply } from '../../src/platform/node/leaseProtocol.ts';
import type { Processes } from '../../src/platform/node/processes.ts';
import { systemProcesses } from '../../src/platform/node/processes.ts';
import { wrapperPath } from '../../src/platform/node/wrapper.ts';

export const region = 'eu-central-1';

/** Shaped like the real thing; an hour to live. */
export const credentials: AwsCredentials = {
  accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: `IQoJb3JpZ2luX2VjEXAMPLE//////////wEa${'x'.repeat(700)}==`,
  expiresAt: Date.now() + 3_600_000,
};

export const request: Omit<Lease, 'id' | 'createdAt'> = {
  kind: 'terminal',
  providerId: 'p1',
  accountId: '111122223333',
  serviceId: '/w/shop',
  stage: 'dev',
  region,
  profiles: ['dev', 'shop-dev', 'team@corp.example'],
};

/** Bundles as the product does. */
export async function bundle(folder: string): Promise<{ helper: string; launcher: string }> {
  const source = (name: string) => path.resolve(import.meta.dirname, '../../src/platform/node', name);
  await build({
    entryPoints: { helper: source('helper.ts'), launch: source('launcher.ts') },
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    minify: true,
  });
  return { helper: path.join(folder, 'helper.cjs'), launcher: path.join(folder, 'launch.cjs') };
}

export interface Place {
  readonly folder: string;
  readonly storage: string;
  readonly helper: string;
  readonly launcher: string;
  /** A desk on this place's storage; disposed with the place. */
  desk(answer?: AnswerLease, change?: Partial<LeaseDeskOptions>): NodeLeaseDesk;
  dispose(): Promise<void>;
}

/**
 * @param name of the storage folder; give it spaces and quotes to see them survive
 */
export async function place(name = 'storage'): Promise<Place> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hand-off-'));
  const storage = path.join(folder, name);
  const runtime = path.join(folder, 'run');
  await mkdir(runtime, { mode: 0o700 });
  const programs = await bundle(path.join(folder, 'dist'));
  const desks: NodeLeaseDesk[] = [];
  return {
    folder,
    storage,
    ...programs,
    desk(answer = () => Promise.resolve(credentials), change = {}) {
      const desk = createLeaseDesk({
        storage,
        windowKey: 'window',
        programs: { node: process.execPath, helper: programs.helper },
        answer,
        clock: systemClock,
        randomBytes,
        processes: systemProcesses(process.platform),
        pid: process.pid,
        place: {
          platform: process.platform,
          env: { ...process.env, XDG_RUNTIME_DIR: runtime },
          uid: process.getuid?.(),
          tmpdir: tmpdir(),
        },
        ...change,
      });
      desks.push(desk);
      return desk;
    },
    async dispose() {
      await Promise.all(desks.map((desk) => desk.dispose()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Processes that live until they are said to have ended; all others are the machine's. */
export function mortalProcesses(): Processes & { readonly ended: Set<number>; readonly alive: Set<number> } {
  const [ended, alive] = [new Set<number>(), new Set<number>()];
  const system = systemProcesses(process.platform);
  return {
    ended,
    alive,
    identify(pid) {
      if (ended.has(pid)) return undefined;
      return alive.has(pid) ? { pid, started: '1' } : system.identify(pid);
    },
  };
}

/** A machine on which one terminal lives and extension hosts come and go, by their process ids. */
export function machineOf(at: Place) {
  const processes = mortalProcesses();
  const [terminal, first, second, third] = [2_000_001, 2_000_002, 2_000_003, 2_000_004] as const;
  processes.alive.add(terminal);
  const host = (pid: number, change: Partial<LeaseDeskOptions> = {}): NodeLeaseDesk => {
    processes.alive.add(pid);
    return at.desk(undefined, { processes, pid, ...change });
  };
  return { processes, host, terminal, first, second, third };
}

/** Asks as a tool does: through the wrapper. */
export function runHelper(at: Place, lease: OpenLease): Promise<Outcome> {
  return run(wrapperPath(at.storage, process.platform), [lease.directory]);
}

/** True when the lease's own socket and token lead to credentials. */
export async function served(lease: OpenLease): Promise<boolean> {
  const record = JSON.parse(await readFile(path.join(lease.directory, 'lease.json'), 'utf8')) as LeaseRecord;
  const token = (await readFile(path.join(lease.directory, 'token'), 'utf8')).trim();
  return (await ask(record.socket, lease.lease.id, token)).ok;
}

export interface Outcome {
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end; never rejects. */
export function run(
  file: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; cwd?: string } = {},
): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(file, args, { timeout: 60_000, ...options }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : (error.code ?? error.signal ?? 'unknown'), stdout, stderr });
    });
  });
}

/**
 * Sends `text` to the socket as one client and returns all that came back. While the system's queue of connections is
 * full it tries again, as the helper does.
 */
export function exchange(socketPath: string, text: string | Uint8Array, half = false): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(socketPath, () => (half ? socket.end(text) : socket.write(text)));
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (received += chunk));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EAGAIN') setImmediate(() => resolve(exchange(socketPath, text, half)));
      // Whoever sends more than is read may be cut off, after the reply.
      else if (error.code === 'EPIPE' || error.code === 'ECONNRESET') resolve(received);
      else reject(error);
    });
    socket.on('close', (failed) => failed || resolve(received));
  });
}

export async function ask(socketPath: string, lease: string, token: string): Promise<LeaseReply> {
  const line = await exchange(socketPath, `${JSON.stringify({ v: 1, lease, token })}\n`);
  return JSON.parse(line) as LeaseReply;
}

/** A container credential endpoint and metadata service of somebody else's account. */
export async function foreignEndpoint(): Promise<{ url: string; asked: string[]; dispose(): void }> {
  const asked: string[] = [];
  const foreign = {
    AccessKeyId: 'ASIAFOREIGNFOREIGN00',
    SecretAccessKey: 'foreign',
    Token: 'foreign',
    Expiration: new Date(Date.now() + 3_600_000).toISOString(),
    Code: 'Success',
    Type: 'AWS-HMAC',
    LastUpdated: new Date().toISOString(),
  };
  const server = createServer((req, res) => {
    asked.push(req.url ?? '');
    if (req.url === '/latest/api/token') {
      res.setHeader('x-aws-ec2-metadata-token-ttl-seconds', '21600');
      res.end('token');
    } else if (req.url?.endsWith('/security-credentials/')) res.end('role');
    else {
      res.setHeader('content-type', 'application/json');
      res.end(JSON.stringify(foreign));
    }
  });
  return { ...(await listen(server)), asked };
}

/** An STS that answers everybody, keeping the headers it got in `signed`. */
export function startSts(signed: IncomingHttpHeaders[]): Promise<{ url: string; dispose(): void }> {
  const result =
    '<UserId>U</UserId><Account>111122223333</Account><Arn>arn:aws:sts::111122223333:assumed-role/r/s</Arn>';
  return listen(
    createServer((req, res) => {
      signed.push(req.headers);
      res.setHeader('content-type', 'text/xml');
      res.end(
        '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">' +
          `<GetCallerIdentityResult>${result}</GetCallerIdentityResult></GetCallerIdentityResponse>`,
      );
    }),
  );
}

async function listen(server: Server): Promise<{ url: string; dispose(): void }> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    dispose: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
