import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Failure } from '../../../src/core/base/errors.ts';
import {
  createService,
  isFreeTarget,
  type NewServiceFiles,
} from '../../../src/core/newService/createService.ts';
import { starterFiles } from '../../../src/core/newService/starter.ts';

/** Folders in memory; `failAt`: the write that fails, counted from 1. */
function memoryFiles(folders: Readonly<Record<string, readonly string[]>>, failAt = 0) {
  const all = new Map(Object.entries(folders).map(([folder, names]) => [folder, [...names]]));
  const written: string[] = [];
  const step = (): void => {
    if (written.length + 1 === failAt) throw new Failure('not-written', 'The disk is full.');
  };
  const files: NewServiceFiles = {
    list: (folder) => Promise.resolve(all.get(folder)),
    async createFolder(folder) {
      await Promise.resolve();
      step();
      all.set(folder, []);
      written.push(folder);
    },
    async createFile(folder, name) {
      await Promise.resolve();
      step();
      const names = all.get(folder) ?? [];
      assert.ok(!names.includes(name), `${name} is overwritten`);
      names.push(name);
      written.push(name);
    },
    async removeFile(folder, name) {
      await Promise.resolve();
      all.set(folder, all.get(folder)?.filter((each) => each !== name) ?? []);
    },
    async removeFolder(folder) {
      await Promise.resolve();
      assert.deepEqual(all.get(folder), []);
      all.delete(folder);
    },
  };
  return { files, written, tree: () => Object.fromEntries(all) };
}

const names = starterFiles('shop').map(({ name }) => name);
const failsWith = (code: string) => (error: unknown) => error instanceof Failure && error.code === code;

void describe('createService', () => {
  void test('makes the folder and every file, the config last', async () => {
    const { files, written } = memoryFiles({});
    await createService('/w/shop', 'shop', files);
    assert.deepEqual(written, ['/w/shop', ...names]);
    assert.equal(names.at(-1), 'serverless.yml');
  });

  void test('fills a folder that is empty, or has nothing of a project in it', async () => {
    for (const there of [[], ['.git'], ['.vscode', '.DS_Store', 'Thumbs.db', '.git']]) {
      const { files, tree } = memoryFiles({ '/w': there });
      await createService('/w', 'shop', files);
      assert.deepEqual(tree(), { '/w': [...there, ...names] });
    }
  });

  void test('refuses a folder with anything else, and says what is in it', async () => {
    const { files, written } = memoryFiles({ '/w': ['.git', 'a', 'b', 'c', 'd'] });
    await assert.rejects(createService('/w', 'shop', files), (error) => {
      assert.ok(error instanceof Failure);
      assert.equal(error.code, 'target-not-empty');
      assert.match(error.hint ?? '', /^It holds a, b, c …\. Nothing was written/);
      return true;
    });
    assert.deepEqual(written, []);
  });

  void test('refuses a name before it looks at the disk', async () => {
    const { files, written } = memoryFiles({});
    for (const name of ['', '../x', 'a/b', 'con', 'x'.repeat(64)]) {
      await assert.rejects(createService('/w/x', name, files), failsWith('invalid-name'));
    }
    assert.deepEqual(written, []);
  });

  void test('leaves nothing when any one write fails', async () => {
    for (let failAt = 1; failAt <= names.length + 1; failAt++) {
      const fresh = memoryFiles({}, failAt);
      await assert.rejects(createService('/w/shop', 'shop', fresh.files), failsWith('not-written'));
      assert.deepEqual(fresh.tree(), {});
      const present = memoryFiles({ '/w': ['.git'] }, failAt);
      if (failAt > names.length) continue;
      await assert.rejects(createService('/w', 'shop', present.files), failsWith('not-written'));
      assert.deepEqual(present.tree(), { '/w': ['.git'] });
    }
  });
});

void test('a folder that does not exist is a free target', () => {
  assert.equal(isFreeTarget(undefined), true);
  assert.equal(isFreeTarget(['README.md']), false);
});
