import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { randomUUID } from 'node:crypto';
import { systemClock } from '../../src/platform/node/clock.ts';
import { JsonStateFile } from '../../src/platform/node/stateFile.ts';
import type { State } from '../../src/core/providers/stateFile.ts';

let folder: string;
const opened: JsonStateFile[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stage-providers-state-'));
});
afterEach(async () => {
  for (const file of opened.splice(0)) file.dispose();
  await rm(folder, { recursive: true, force: true });
});

function open(): JsonStateFile {
  const file = new JsonStateFile(folder, systemClock, randomUUID);
  opened.push(file);
  return file;
}

const withWork =
  (id: string) =>
  (state: State): State => ({
    ...state,
    pendingWork: [...state.pendingWork, { id, kind: 'test', data: null }],
  });

const file = (): string => path.join(folder, 'state.json');

test('the install id is made once and stays', async () => {
  const { installId } = await open().load();
  assert.equal((await open().load()).installId, installId);
  assert.equal((await stat(file())).mode & 0o777, 0o600);
});

test('what one window writes another sees by watching', async () => {
  const [a, b] = [open(), open()];
  await Promise.all([a.load(), b.load()]);
  const seen = new Promise<State>((resolve) =>
    b.onDidChange((state) => state.pendingWork.length > 0 && resolve(state)),
  );
  await a.update(withWork('x'));
  assert.equal((await seen).pendingWork[0]?.id, 'x');
});

test('writers in several processes lose nothing', { timeout: 60_000 }, async () => {
  await open().load();
  const writer = new URL('./stateFileWriter.ts', import.meta.url);
  const children = Array.from({ length: 4 }, (_, index) => fork(writer, [folder, `w${index}`, '25']));
  const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0] as number));
  assert.deepEqual(codes, [0, 0, 0, 0]);
  assert.equal((await open().load()).pendingWork.length, 100);
});

test(
  'a writer that is killed in the middle does not stop the others for long',
  { timeout: 30_000 },
  async () => {
    await open().load();
    const writer = new URL('./stateFileWriter.ts', import.meta.url);
    const child = fork(writer, [folder, 'victim', '100000']);
    const state = open();
    await state.load();
    await new Promise<void>((resolve) =>
      state.onDidChange(({ pendingWork }) => pendingWork.length > 3 && resolve()),
    );
    child.kill('SIGKILL');
    await once(child, 'exit');
    const { pendingWork } = await state.update(withWork('after'));
    assert.ok(pendingWork.some(({ id }) => id === 'after'));
  },
);

test('a damaged file is set aside and the last good copy used', async () => {
  const before = open();
  await before.update(withWork('kept'));
  const { installId } = await before.load();
  await writeFile(file(), '{"version":1,"instal');
  const state = await open().load();
  assert.equal(state.installId, installId);
  assert.equal(state.pendingWork[0]?.id, 'kept');
  assert.ok((await readdir(folder)).some((name) => name.startsWith('state.json.damaged-')));
});

test('a damaged file seen while watching changes nothing in memory', async () => {
  const state = open();
  await state.update(withWork('kept'));
  await writeFile(file(), 'half');
  const other = open();
  await other.load();
  assert.equal((await state.load()).pendingWork[0]?.id, 'kept');
});

test('a file of a newer version is read, never overwritten', async () => {
  const text = JSON.stringify({ version: 99, installId: 'i', providers: [], pendingWork: [], more: true });
  await open().load();
  await writeFile(file(), text);
  const state = open();
  assert.equal((await state.load()).installId, 'i');
  await assert.rejects(state.update(withWork('x')), { code: 'state-read-only' });
  assert.equal(await readFile(file(), 'utf8'), text);
});
