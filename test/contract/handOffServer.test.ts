/** Attacks on the socket that hands over credentials. Every connection gets one line and ends. */
import assert from 'node:assert/strict';
import { lstat, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Failure } from '../../src/core/base/errors.ts';
import type { LeaseRecord } from '../../src/platform/node/leaseDirectory.ts';
import type { LeaseReply } from '../../src/platform/node/leaseProtocol.ts';
import type { ServerLimits } from '../../src/platform/node/leaseServer.ts';
import { serverLimits, startLeaseServer } from '../../src/platform/node/leaseServer.ts';
import type { Place } from './handOffSetUp.ts';
import { ask, credentials, exchange, place, request } from './handOffSetUp.ts';

let at: Place;
before(async () => {
  at = await place();
});
after(() => at.dispose());

interface Sample {
  readonly socket: string;
  readonly id: string;
  readonly token: string;
}

async function sample(directory: string): Promise<Sample> {
  const record = JSON.parse(await readFile(path.join(directory, 'lease.json'), 'utf8')) as LeaseRecord;
  const token = (await readFile(path.join(directory, 'token'), 'utf8')).trim();
  return { socket: record.socket, id: record.lease.id, token };
}

const reply = (text: string) => JSON.parse(text) as LeaseReply;

void describe('a desk under attack', () => {
  void test('the right token gets the credentials', async () => {
    const { directory } = await at.desk().open(request);
    const { socket, id, token } = await sample(directory);
    const found = await ask(socket, id, token);
    assert.ok(found.ok);
    assert.equal(found.credentials.AccessKeyId, credentials.accessKeyId);
    assert.equal(token.length, 64);
  });

  void test('no, foreign, old and unknown tokens are refused, all with the same words', async () => {
    const desk = at.desk();
    const [one, two, old] = await Promise.all([desk.open(request), desk.open(request), desk.open(request)]);
    const [a, b, c] = await Promise.all([one, two, old].map(({ directory }) => sample(directory)));
    assert.ok(a && b && c);
    await desk.revoke(c.id);
    const refusals: unknown[] = [];
    desk.onDidRefuse((refusal) => refusals.push(refusal));
    const answers = await Promise.all([
      ask(a.socket, a.id, ''),
      ask(a.socket, a.id, b.token),
      ask(a.socket, a.id, `${a.token}0`),
      ask(a.socket, a.id, a.token.slice(1)),
      ask(a.socket, c.id, c.token),
      ask(a.socket, '../../x', a.token),
      ask(a.socket, '__proto__', a.token),
      ask(a.socket, '', ''),
    ]);
    for (const answer of answers) assert.deepEqual(answer, answers[0]);
    assert.ok(answers[0] && !answers[0].ok);
    assert.equal(answers[0].code, 'lease-ended');
    // Whoever has no token causes no message to the person either.
    assert.deepEqual(refusals, []);
    await desk.dispose();
  });

  void test('nothing is served after the directory was removed by somebody else', async () => {
    const { directory } = await at.desk().open(request);
    const { socket, id, token } = await sample(directory);
    await rm(directory, { recursive: true });
    const answer = await ask(socket, id, token);
    assert.ok(!answer.ok);
  });

  void test('a lease revoked while its answer is looked for gets none', async () => {
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<typeof credentials>();
    const desk = at.desk(() => {
      asked.resolve();
      return answer.promise;
    });
    const { directory, lease } = await desk.open(request);
    const { socket, id, token } = await sample(directory);
    const reply = ask(socket, id, token);
    await asked.promise;
    await desk.revoke(lease.id);
    answer.resolve(credentials);
    assert.equal((await reply).ok, false);
    await desk.dispose();
  });

  void test('an unexpected error’s text reaches nobody', async () => {
    const desk = at.desk(() => Promise.reject(new Error(`boom ${credentials.secretAccessKey}`)));
    const { directory } = await desk.open(request);
    const { socket, id, token } = await sample(directory);
    const answer = await ask(socket, id, token);
    assert.ok(!answer.ok && answer.code === 'unexpected');
    assert.doesNotMatch(answer.message, /boom/);
    await desk.dispose();
  });

  void test(
    'no TCP port is listened on, and the files are private',
    { skip: process.platform !== 'linux' },
    async () => {
      const { directory } = await at.desk().open(request);
      const { socket } = await sample(directory);
      // The inodes of this process's own sockets against those of all listening TCP sockets.
      const own = await ownSockets();
      const tcp = await Promise.all(
        ['tcp', 'tcp6'].map((name) => readFile(`/proc/self/net/${name}`, 'latin1')),
      );
      const listening = tcp.flatMap((text) =>
        text.split('\n').flatMap((line) => {
          const fields = line.trim().split(/\s+/);
          return fields[3] === '0A' ? [fields[9] ?? ''] : [];
        }),
      );
      assert.ok(own.size > 0);
      assert.deepEqual(
        listening.filter((inode) => own.has(inode)),
        [],
      );
      const mode = async (file: string) => ((await lstat(file)).mode & 0o777).toString(8);
      assert.equal(await mode(socket), '600');
      assert.equal(await mode(path.dirname(socket)), '700');
      assert.equal(await mode(directory), '700');
      assert.equal(await mode(path.dirname(directory)), '700');
      for (const name of ['config', 'credentials', 'token', 'lease.json']) {
        assert.equal(await mode(path.join(directory, name)), '600');
      }
      assert.ok(Buffer.byteLength(socket) <= 100);
    },
  );
});

async function ownSockets(): Promise<Set<string>> {
  const { readdir, readlink } = await import('node:fs/promises');
  const names = await readdir('/proc/self/fd');
  const links = await Promise.all(names.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => '')));
  return new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []));
}

void describe('the server alone', () => {
  const granted: LeaseReply = {
    ok: true,
    credentials: { Version: 1, AccessKeyId: 'A', SecretAccessKey: 'S' },
  };
  const good = `${JSON.stringify({ v: 1, lease: 'l', token: 't' })}\n`;
  let next = 0;
  const file = () => path.join(at.folder, 'run', `s${(next += 1)}.sock`);
  const start = (limits: Partial<ServerLimits> = {}, answer = () => Promise.resolve(granted)) =>
    startLeaseServer([file()], answer, { ...serverLimits, ...limits });

  const malformed: Readonly<Record<string, string | Uint8Array>> = {
    'an empty line': '\n',
    'no JSON': 'hello\n',
    'JSON of another shape': '[]\n',
    null: 'null\n',
    'another version': `${JSON.stringify({ v: 2, lease: 'l', token: 't' })}\n`,
    'a token that is no text': `${JSON.stringify({ v: 1, lease: 'l', token: ['t'] })}\n`,
    'two lines': good + good,
    HTTP: 'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
    'bytes that are no UTF-8': Buffer.from([0xff, 0xfe, 0x00, 0x0a]),
    'a line that is too long': `${JSON.stringify({ v: 1, lease: 'l', token: 't'.repeat(5000) })}\n`,
    'a megabyte without a line': 'x'.repeat(1_000_000),
  };
  for (const [name, text] of Object.entries(malformed)) {
    void test(`${name} is answered with an error`, async () => {
      const server = await start();
      assert.deepEqual(reply(await exchange(server.path, text)), {
        ok: false,
        code: 'malformed',
        message: 'The request was not understood.',
      });
      await server.close();
    });
  }

  void test('a request cut short is answered with an error', async () => {
    const server = await start();
    const answer = reply(await exchange(server.path, good.slice(0, 20), true));
    assert.ok(!answer.ok && answer.code === 'malformed');
    await server.close();
  });

  void test('who ends its side after the request still gets the reply', async () => {
    const server = await start();
    assert.deepEqual(reply(await exchange(server.path, good, true)), granted);
    await server.close();
  });

  void test('a request that never comes is answered when its time is over', async () => {
    const server = await start({ requestTime: 20 });
    const answer = reply(await exchange(server.path, ''));
    assert.ok(!answer.ok && answer.code === 'request-time');
    await server.close();
  });

  void test('an answer that never comes is given up, and says so to who looks for it', async () => {
    const reason = Promise.withResolvers<unknown>();
    const limits = { ...serverLimits, answerTime: 20 };
    const server = await startLeaseServer(
      [file()],
      (_, signal) => {
        signal.addEventListener('abort', () => reason.resolve(signal.reason));
        return new Promise(() => undefined);
      },
      limits,
    );
    const answer = reply(await exchange(server.path, good));
    assert.ok(!answer.ok && answer.code === 'answer-time');
    assert.ok((await reason.promise) instanceof Failure);
    await server.close();
  });

  void test('whoever does not end after its reply is cut off', async () => {
    const server = await start({ replyTime: 20 });
    const socket = connect({ path: server.path, allowHalfOpen: true });
    socket.resume().write(good);
    const code = await new Promise((resolve) => {
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code));
      // What it sends is thrown away until the server has had enough.
      const push = (): boolean => socket.write('x', (error) => (error ? undefined : push()));
      socket.on('end', push);
    });
    assert.equal(code, 'EPIPE');
    await server.close();
  });

  void test('a thousand mute connections stop nobody, and each is answered', async () => {
    const server = await start({ requestTime: 500 });
    const flood = Array.from({ length: 1000 }, () => exchange(server.path, ''));
    const answers = await Promise.all(Array.from({ length: 10 }, () => insisting(server.path)));
    for (const answer of answers) assert.deepEqual(answer, granted);
    const codes = (await Promise.all(flood)).map((text) => {
      const answer = reply(text);
      return answer.ok ? 'ok' : answer.code;
    });
    assert.equal(codes.length, 1000);
    assert.deepEqual([...new Set(codes)].toSorted(), ['busy', 'request-time']);
    await server.close();
  });

  void test('a thousand requests at once are all served in the end', async () => {
    const server = await start();
    const answers = await Promise.all(Array.from({ length: 1000 }, () => insisting(server.path)));
    assert.equal(answers.filter(({ ok }) => ok).length, 1000);
    await server.close();
  });

  /** Asks again when the server is busy, as the helper does. */
  async function insisting(socket: string): Promise<LeaseReply> {
    for (;;) {
      const answer = reply(await exchange(socket, good));
      if (answer.ok || answer.code !== 'busy') return answer;
    }
  }

  void test('closing answers and destroys every connection and removes the socket', async () => {
    const asked = Promise.withResolvers<void>();
    const server = await startLeaseServer([file()], () => {
      asked.resolve();
      return new Promise(() => undefined);
    });
    const [mute, waiting] = [exchange(server.path, ''), exchange(server.path, good)];
    await asked.promise;
    await server.close();
    for (const text of await Promise.all([mute, waiting])) {
      const answer = reply(text);
      assert.ok(!answer.ok && answer.code === 'closing');
    }
    await assert.rejects(lstat(server.path), { code: 'ENOENT' });
  });

  void test('a stale socket is replaced, a living one is left alone', async () => {
    const [stale, living] = [file(), file()];
    // A socket file nobody listens on: moved away before its server closed, then back.
    const dead = createServer();
    await new Promise<void>((resolve) => {
      dead.listen(stale, resolve);
    });
    await rename(stale, `${stale}.kept`);
    await new Promise((resolve) => dead.close(resolve));
    await rename(`${stale}.kept`, stale);
    const other = await startLeaseServer([living], () => Promise.resolve(granted));
    const first = await startLeaseServer([living, stale], () => Promise.resolve(granted));
    assert.equal(first.path, stale);
    assert.deepEqual(reply(await exchange(living, good)), granted);
    await assert.rejects(
      startLeaseServer([living, stale], () => Promise.resolve(granted)),
      { code: 'socket-path' },
    );
    await Promise.all([other.close(), first.close()]);
  });

  void test('notices that its socket was removed or replaced', async () => {
    const server = await start();
    assert.ok(server.isReachable());
    await rm(server.path);
    assert.ok(!server.isReachable());
    await writeFile(server.path, '');
    assert.ok(!server.isReachable());
    await server.close();
  });

  void test('a path that cannot be listened on is a failure with its reason', async () => {
    const folder = path.join(at.folder, 'gone');
    await mkdir(folder);
    await rm(folder, { recursive: true });
    await assert.rejects(
      startLeaseServer([path.join(folder, 'x.sock')], () => Promise.resolve(granted)),
      { code: 'socket-path' },
    );
  });
});
