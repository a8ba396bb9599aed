/** Leases outlive a restart of the extension host, end with their process, and are nobody else's. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdir, readFile, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Clock } from '../../src/core/base/clock.ts';
import type { OpenLease } from '../../src/core/handOff/lease.ts';
import { systemClock } from '../../src/platform/node/clock.ts';
import type { LeaseRecord } from '../../src/platform/node/leaseDirectory.ts';
import type { SocketPlace } from '../../src/platform/node/socketPath.ts';
import type { Place } from './handOffSetUp.ts';
import { ask, credentials, machineOf, place, request, runHelper, served } from './handOffSetUp.ts';

let at: Place;
beforeEach(async () => {
  at = await place();
});
afterEach(() => at.dispose());

const storage = () => path.join(at.folder, 'storage');
const leases = () => readdir(path.join(storage(), 'leases'));
const machine = () => machineOf(at);
const helper = (lease: OpenLease) => runHelper(at, lease);

void describe('a restart of the extension host', () => {
  void test('recovers a living terminal’s lease on the same socket', async () => {
    const { host, terminal, first, second } = machine();
    const before = host(first);
    const lease = await before.open(request);
    await before.bindProcess(lease.lease.id, terminal);
    const { socket } = JSON.parse(
      await readFile(path.join(lease.directory, 'lease.json'), 'utf8'),
    ) as LeaseRecord;
    await before.dispose();
    const after = host(second);
    await after.restore();
    assert.deepEqual(after.leases(), [lease.lease]);
    const record = JSON.parse(
      await readFile(path.join(lease.directory, 'lease.json'), 'utf8'),
    ) as LeaseRecord;
    assert.equal(record.socket, socket);
    const { stdout, code } = await helper(lease);
    assert.equal(code, 0);
    assert.match(stdout, new RegExp(credentials.accessKeyId));
  });

  void test('recovers it after a host that was killed, its socket left behind', async () => {
    // A real process that opens a lease and is killed; nothing it would do at its end is done.
    const script = `
      import { place, request } from ${JSON.stringify(path.resolve(import.meta.dirname, 'handOffSetUp.ts'))};
      import { createLeaseDesk } from ${JSON.stringify(path.resolve(import.meta.dirname, '../../src/platform/node/leaseDesk.ts'))};
      const at = await place();
      const desk = at.desk(undefined, ${JSON.stringify({ storage: storage() })});
      const open = await desk.open(request);
      await desk.bindProcess(open.lease.id, ${process.pid});
      process.stdout.write(JSON.stringify({ open, folder: at.folder }) + '\\n');
      setInterval(() => {}, 1000);
    `;
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script]);
    const text = await new Promise<string>((resolve, reject) => {
      let out = '';
      child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()).endsWith('\n') && resolve(out));
      child.stderr.on('data', (chunk: Buffer) => reject(new Error(chunk.toString())));
    });
    const { open, folder } = JSON.parse(text) as { open: OpenLease; folder: string };
    assert.ok(await served(open));
    const ended = new Promise((resolve) => child.on('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    // Same window, same runtime folder: the socket file is still there and nobody answers on it.
    const place: SocketPlace = {
      platform: process.platform,
      env: { XDG_RUNTIME_DIR: path.join(folder, 'run') },
      uid: process.getuid?.(),
      tmpdir: at.folder,
    };
    const after = at.desk(undefined, { place });
    await after.restore();
    assert.ok(await served(open));
    assert.equal((await helper(open)).code, 0);
    await after.dispose();
    await rm(folder, { recursive: true });
  });

  void test('ends leases whose process is gone or that never had one', async () => {
    const { host, terminal, first, second, processes } = machine();
    const before = host(first);
    const bound = await before.open(request);
    await before.bindProcess(bound.lease.id, terminal);
    await before.open({ ...request, kind: 'api' });
    processes.ended.add(first).add(terminal);
    const after = host(second);
    await after.restore();
    assert.deepEqual(after.leases(), []);
    assert.deepEqual(await leases(), []);
  });

  void test('leaves a living window’s leases alone, and another window’s for its own restart', async () => {
    const { host, terminal, first, second, third, processes } = machine();
    const other = host(first, { windowKey: 'other' });
    const theirs = await other.open(request);
    await other.bindProcess(theirs.lease.id, terminal);
    const ours = host(second);
    await ours.restore();
    assert.deepEqual(ours.leases(), []);
    assert.ok(await served(theirs));
    await other.dispose();
    processes.ended.add(first);
    await ours.restore();
    assert.deepEqual(ours.leases(), []);
    const back = host(third, { windowKey: 'other' });
    await back.restore();
    assert.deepEqual(back.leases(), [theirs.lease]);
  });

  void test('two windows of one folder never both take a lease', async () => {
    const { host, terminal, first, second, third } = machine();
    const before = host(first);
    const lease = await before.open(request);
    await before.bindProcess(lease.lease.id, terminal);
    await before.dispose();
    const both = [host(second), host(third)];
    await Promise.all(both.map((desk) => desk.restore()));
    assert.equal(both.flatMap((desk) => desk.leases()).length, 1);
    assert.ok(await served(lease));
  });

  void test('waits for the old host on its way out', async () => {
    const { host, terminal, first, second, processes } = machine();
    const before = host(first);
    const lease = await before.open(request);
    await before.bindProcess(lease.lease.id, terminal);
    const waited = Promise.withResolvers<void>();
    const clock: Clock = { ...systemClock, wait: () => waited.promise };
    const after = host(second, { clock });
    await after.restore();
    assert.deepEqual(after.leases(), []);
    processes.ended.add(first);
    await before.dispose();
    waited.resolve();
    // Adopted in the background: every look ends with the lease's record being ours.
    while (after.leases().length === 0) await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(after.leases(), [lease.lease]);
  });

  void test('an id used again by another process keeps nothing alive', async () => {
    const { host, first, second, processes } = machine();
    const before = host(first);
    const lease = await before.open(request);
    await before.bindProcess(lease.lease.id, process.pid);
    await before.dispose();
    // Same id, started at another time.
    processes.alive.add(process.pid);
    const after = host(second);
    await after.restore();
    assert.deepEqual(after.leases(), []);
    assert.deepEqual(await leases(), []);
  });

  void test('without leases, restoring touches nothing', async () => {
    await at.desk().restore();
    await assert.rejects(readdir(storage()), { code: 'ENOENT' });
  });
});

void describe('the end of leases', () => {
  void test('a lease ends with the process it is tied to', async () => {
    const { host, terminal, first, processes } = machine();
    const desk = host(first);
    const lease = await desk.open(request);
    await desk.bindProcess(lease.lease.id, terminal);
    assert.ok(await served(lease));
    const token = (await readFile(path.join(lease.directory, 'token'), 'utf8')).trim();
    const record = JSON.parse(
      await readFile(path.join(lease.directory, 'lease.json'), 'utf8'),
    ) as LeaseRecord;
    processes.ended.add(terminal);
    assert.equal((await ask(record.socket, lease.lease.id, token)).ok, false);
    assert.deepEqual(await leases(), []);
    assert.deepEqual(desk.leases(), []);
  });

  void test('sign-out ends a provider’s leases in every window, and no others', async () => {
    const { host, first, second } = machine();
    const [ours, theirs] = [host(first), host(second, { windowKey: 'other' })];
    const gone = [await ours.open(request), await theirs.open(request)];
    const kept = await theirs.open({ ...request, providerId: 'p2' });
    await ours.revokeProvider('p1');
    assert.deepEqual(await leases(), [kept.lease.id]);
    assert.ok(await served(kept));
    for (const lease of gone) assert.equal((await helper(lease)).code, 1);
  });

  void test('closing the window removes what no process uses, short-lived keys included', async () => {
    const desk = at.desk();
    await desk.open(request, credentials);
    await desk.dispose();
    assert.deepEqual(await leases(), []);
    await assert.rejects(desk.open(request), { code: 'lease-desk-closed' });
  });

  void test('what a crash left half-written is removed', async () => {
    const half = path.join(storage(), 'leases', '.new-0');
    await mkdir(half, { recursive: true });
    await at.desk().restore();
    assert.deepEqual(await leases(), ['.new-0']);
    const clock = { ...systemClock, now: () => Date.now() + 120_000 };
    await at.desk(undefined, { clock }).restore();
    assert.deepEqual(await leases(), []);
  });

  void test('a socket removed by a cleaner of /tmp is opened again by the next lease', async () => {
    const desk = at.desk();
    const first = await desk.open(request);
    const record = JSON.parse(
      await readFile(path.join(first.directory, 'lease.json'), 'utf8'),
    ) as LeaseRecord;
    await rm(record.socket);
    await desk.open(request);
    assert.ok(await served(first));
  });
});
