/** Where the socket may be, and where not. */
import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { SocketPlace } from '../../src/platform/node/socketPath.ts';
import { socketDirectory, socketPaths } from '../../src/platform/node/socketPath.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hand-off-'));
  await mkdir(path.join(folder, 'run'), { mode: 0o700 });
});
afterEach(() => rm(folder, { recursive: true }));

void describe('the socket’s place', { skip: process.platform === 'win32' }, () => {
  const here = (change: Partial<SocketPlace> = {}): SocketPlace => ({
    platform: 'linux',
    env: {},
    uid: process.getuid?.(),
    tmpdir: folder,
    ...change,
  });

  void test('is made private in the runtime folder, else in the temporary one', () => {
    const env = { XDG_RUNTIME_DIR: path.join(folder, 'run') };
    assert.equal(socketDirectory(here({ env })), path.join(folder, 'run', 'stage-providers'));
    const missing = { XDG_RUNTIME_DIR: path.join(folder, 'missing') };
    const expected = path.join(folder, `stage-providers-${process.getuid?.()}`);
    assert.equal(socketDirectory(here({ env: missing })), expected);
    assert.equal(socketDirectory(here({ env: { XDG_RUNTIME_DIR: 'relative' } })), expected);
  });

  const prepared: Readonly<Record<string, (directory: string) => Promise<unknown>>> = {
    'others can enter': (directory) => mkdir(directory).then(() => chmod(directory, 0o755)),
    'is a symbolic link': async (directory) => {
      await mkdir(`${directory}-real`, { mode: 0o700 });
      await symlink(`${directory}-real`, directory);
    },
    'is a file': (directory) => writeFile(directory, ''),
  };
  for (const [what, prepare] of Object.entries(prepared)) {
    void test(`a folder that ${what} is not taken`, async () => {
      const taken = path.join(folder, 'run', 'stage-providers');
      await prepare(taken);
      const env = { XDG_RUNTIME_DIR: path.dirname(taken) };
      assert.notEqual(socketDirectory(here({ env })), taken);
    });
  }

  void test('another user’s folders are refused, with each reason', async () => {
    assert.throws(
      () => socketDirectory(here({ uid: 4_000_000_000 })),
      (error: Error & { hint?: string }) => {
        assert.match(error.hint ?? '', /belongs to another user/);
        return true;
      },
    );
    // Made by this very test, under a name no user has.
    await Promise.all(
      [folder, '/tmp'].map((folder) =>
        rm(path.join(folder, 'stage-providers-4000000000'), { recursive: true }),
      ),
    );
  });

  void test('a path over the limit is passed over', async () => {
    const deep = path.join(folder, 'x'.repeat(90));
    await mkdir(deep);
    const paths = socketPaths(here({ env: { XDG_RUNTIME_DIR: deep } }), 'key', '');
    for (const path of paths) assert.ok(Buffer.byteLength(path) <= 100);
    assert.ok(!paths[0]?.startsWith(deep));
  });

  void test('is the same for the same window, and differs between windows', () => {
    assert.deepEqual(socketPaths(here(), 'a', '1'), socketPaths(here(), 'a', '2'));
    assert.notEqual(socketPaths(here(), 'a', '')[0], socketPaths(here(), 'b', '')[0]);
  });

  void test('on Windows is an unguessable pipe', () => {
    assert.deepEqual(socketPaths(here({ platform: 'win32', uid: undefined }), 'a', 'f00d'), [
      String.raw`\\.\pipe\stage-providers-f00d`,
    ]);
  });
});
