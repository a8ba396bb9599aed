import { chmodSync, lstatSync, unlinkSync } from 'node:fs';
import type { Server, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { Cancelled, Failure } from '../../core/base/errors.ts';
import type { LeaseReply, LeaseRequest } from './leaseProtocol.ts';
import { parseLeaseRequest } from './leaseProtocol.ts';

/** Limits of the socket. Times in milliseconds. */
export interface ServerLimits {
  readonly requestBytes: number;
  /** For the request to arrive whole. */
  readonly requestTime: number;
  /** For the answer to be found. */
  readonly answerTime: number;
  /** For the reply to be read. */
  readonly replyTime: number;
  readonly connections: number;
}

export const serverLimits: ServerLimits = {
  requestBytes: 4096,
  requestTime: 2000,
  answerTime: 8000,
  replyTime: 2000,
  connections: 128,
};

export interface LeaseServer {
  readonly path: string;
  /** False once somebody removed or replaced the socket file (cleaners of /tmp do). */
  isReachable(): boolean;
  /** Stops listening, destroys every connection and removes the socket file. */
  close(): Promise<void>;
}

/**
 * Finds the reply to a well-formed request; must not throw. The signal is aborted with the connection, or with a
 * Failure `answer-time` as its reason.
 */
export type AnswerRequest = (request: LeaseRequest, signal: AbortSignal) => Promise<LeaseReply>;

const replies = {
  malformed: { ok: false, code: 'malformed', message: 'The request was not understood.' },
  slow: { ok: false, code: 'request-time', message: 'The request did not arrive in time.' },
  busy: { ok: false, code: 'busy', message: 'Too many requests at once. Try again.' },
  late: {
    ok: false,
    code: 'answer-time',
    message: 'VS Code did not find the credentials in time. Try again.',
  },
  failed: { ok: false, code: 'unexpected', message: 'VS Code could not find the credentials. See its log.' },
  closing: {
    ok: false,
    code: 'closing',
    message: 'The VS Code window is closing. Try again once it is open.',
  },
} as const satisfies Record<string, LeaseReply>;

/**
 * Serves leases on the first of `paths` that no living server holds; a stale socket file is removed.
 *
 * Every connection gets exactly one line and ends: one request line is read, bounded in size and time.
 *
 * @throws Failure `socket-path` when all paths are taken or none can be listened on
 */
export async function startLeaseServer(
  paths: readonly string[],
  answer: AnswerRequest,
  limits: ServerLimits = serverLimits,
): Promise<LeaseServer> {
  for (const path of paths) {
    const open = new Set<Connection>();
    // allowHalfOpen: who ends its side after the request still gets its reply.
    const server = createServer({ allowHalfOpen: true }, (socket) => accept(socket, open, answer, limits));
    if (await listen(server, path)) return running(server, path, open);
  }
  throw new Failure('socket-path', 'Every socket for handing over credentials is in use.', {
    hint: 'Close other VS Code windows of this folder and try again.',
  });
}

function running(server: Server, path: string, open: Set<Connection>): LeaseServer {
  const isPipe = path.startsWith('\\\\');
  if (!isPipe) chmodSync(path, 0o600);
  const own = inode(path);
  // An error here is the failure to accept one connection; the client sees it closed and tries again.
  server.on('error', () => undefined);
  return {
    path,
    isReachable: () => server.listening && (isPipe || (own !== undefined && inode(path) === own)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const connection of open) {
          connection.finish(replies.closing);
          setImmediate(connection.destroy);
        }
      }),
  };
}

async function listen(server: Server, path: string): Promise<boolean> {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const failed = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
      server.once('error', resolve);
      server.listen({ path, backlog: 4096 }, () => {
        server.off('error', resolve);
        resolve(undefined);
      });
    });
    if (!failed) return true;
    if (failed.code !== 'EADDRINUSE') {
      throw new Failure('socket-path', 'The socket for handing over credentials cannot be opened.', {
        hint: `${path}: ${failed.code ?? failed.message}`,
        cause: failed,
      });
    }
    const before = inode(path);
    if (await isAnswered(path)) return false;
    // Only the very file that nobody answered on: another window may have replaced it meanwhile.
    if (before !== undefined && inode(path) === before) unlinkSync(path);
  }
  return false;
}

function inode(path: string): bigint | undefined {
  try {
    return lstatSync(path, { bigint: true }).ino;
  } catch {
    return undefined;
  }
}

/** True unless it is certain that nobody listens. */
function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const done = (answered: boolean): void => {
      resolve(answered);
      socket.destroy();
    };
    socket.setTimeout(1000, () => done(true));
    socket.once('connect', () => done(true));
    socket.once('error', (error: NodeJS.ErrnoException) => {
      done(!['ECONNREFUSED', 'ENOENT', 'ENOTSOCK'].includes(error.code ?? ''));
    });
  });
}

interface Connection {
  /** `reading` until the request is there whole, `ending` once the reply is written. */
  readonly state: () => 'reading' | 'answering' | 'ending';
  /** Sends the reply, unless one was sent, and ends. */
  readonly finish: (reply: LeaseReply, why?: Failure) => void;
  readonly destroy: () => void;
}

function accept(socket: Socket, open: Set<Connection>, answer: AnswerRequest, limits: ServerLimits): void {
  const abort = new AbortController();
  let received = Buffer.alloc(0);
  let state: ReturnType<Connection['state']> = 'reading';
  let timer = setTimeout(() => connection.finish(replies.slow), limits.requestTime);
  const onTime = (action: () => void, ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(action, ms);
  };

  const connection: Connection = {
    state: () => state,
    finish(reply, why) {
      if (state === 'ending') return;
      state = 'ending';
      received = Buffer.alloc(0);
      abort.abort(why ?? new Cancelled());
      // The other side closes when it has read the reply; what it still sends is thrown away.
      onTime(connection.destroy, limits.replyTime);
      socket.end(`${JSON.stringify(reply)}\n`);
    },
    destroy() {
      open.delete(connection);
      clearTimeout(timer);
      abort.abort(new Cancelled());
      socket.destroy();
    },
  };

  const read = (chunk: Buffer): void => {
    if (state === 'ending') return;
    if (state === 'answering') return connection.finish(replies.malformed);
    received = Buffer.concat([received, chunk]);
    const end = received.indexOf(10);
    if (end === -1 && received.length <= limits.requestBytes) return;
    const whole = end !== -1 && end === received.length - 1 && end <= limits.requestBytes;
    const request = whole ? parseLeaseRequest(received.toString('utf8')) : undefined;
    if (!request) return connection.finish(replies.malformed);
    state = 'answering';
    onTime(
      () => connection.finish(replies.late, new Failure('answer-time', replies.late.message)),
      limits.answerTime,
    );
    void answer(request, abort.signal).then(
      (reply) => connection.finish(reply),
      () => connection.finish(replies.failed),
    );
  };

  socket.on('data', read);
  socket.on('end', () => {
    if (state === 'reading') connection.finish(replies.malformed);
    if (state === 'ending') socket.destroySoon();
  });
  socket.on('error', connection.destroy);
  socket.on('close', connection.destroy);

  open.add(connection);
  if (open.size > limits.connections) makeRoom(connection, open, limits);
}

/** Whoever waits longest without having asked gives way, so that a flood of mute connections stops nobody. */
function makeRoom(added: Connection, open: Set<Connection>, limits: ServerLimits): void {
  const others = [...open].filter((other) => other !== added);
  (others.find((other) => other.state() === 'reading') ?? added).finish(replies.busy);
  // Their replies are on the way; these only wait for the other side to close.
  if (open.size > 2 * limits.connections) others.find((other) => other.state() === 'ending')?.destroy();
}
