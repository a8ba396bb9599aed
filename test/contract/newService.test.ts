/** The starter on a real disk, and packaged by the real osls for each of its stages. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { Failure } from '../../src/core/base/errors.ts';
import { createService } from '../../src/core/newService/createService.ts';
import { starterStages } from '../../src/core/newService/name.ts';
import { starterFiles } from '../../src/core/newService/starter.ts';
import { newServiceFiles as files } from '../../src/platform/node/newServiceFiles.ts';
import { cleanEnvironment } from '../vscode/cleanEnvironment.ts';
import { repository } from '../vscode/locations.mjs';

const names = starterFiles('shop')
  .map(({ name }) => name)
  .toSorted();
const failsWith = (code: string) => (error: unknown) => error instanceof Failure && error.code === code;

void describe('a new service', () => {
  let root = '';
  const at = (...parts: string[]): string => path.join(root, ...parts);

  before(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'new-service-'));
  });
  after(() => rm(root, { recursive: true, force: true }));

  void test('is packaged by osls for every stage, without what must not be deployed', async () => {
    const folder = at('shop');
    await createService(folder, 'shop', files);
    assert.deepEqual((await readdir(folder)).toSorted(), names);
    await writeFile(path.join(folder, '.env.dev'), 'SECRET=1');
    await mkdir(path.join(folder, 'node_modules'));
    await symlink(path.join(repository, 'node_modules', 'osls'), path.join(folder, 'node_modules', 'osls'));
    const extra = { SLS_TELEMETRY_DISABLED: '1', SLS_NOTIFICATIONS_MODE: 'off' };
    for (const stage of starterStages) {
      const { stdout, stderr } = await promisify(execFile)(
        process.execPath,
        [path.join('node_modules', 'osls', 'bin', 'serverless.js'), 'package', '--stage', stage],
        { cwd: folder, env: cleanEnvironment({ home: root, extra }) },
      );
      assert.match(stdout + stderr, new RegExp(`Packaging shop for stage ${stage} \\(us-east-1\\)`));
      assert.doesNotMatch(stdout + stderr, /Warning/);
      const template = await readFile(
        path.join(folder, '.serverless', 'cloudformation-template-update-stack.json'),
        'utf8',
      );
      assert.ok(template.includes(`"shop-${stage}-hello"`));
    }
    const zip = (await readFile(path.join(folder, '.serverless', 'shop.zip'))).toString('latin1');
    for (const name of ['.env', 'README.md', 'osls/']) assert.ok(!zip.includes(name), name);
    assert.ok(zip.includes('handler.js'));
  });

  void test('never lands in a folder, file or link that is there', async () => {
    await mkdir(at('full'));
    await writeFile(at('full', 'mine'), 'mine');
    await assert.rejects(createService(at('full'), 'shop', files), failsWith('target-not-empty'));
    await writeFile(at('file'), 'mine');
    await assert.rejects(createService(at('file'), 'shop', files), failsWith('already-exists'));
    await symlink(at('nowhere'), at('dangling'));
    await assert.rejects(createService(at('dangling'), 'shop', files), failsWith('already-exists'));
    assert.equal(existsSync(at('nowhere')), false);
    assert.deepEqual(await readdir(at('full')), ['mine']);
  });

  void test('leaves nothing when a file of its name appears meanwhile, and that file as it is', async () => {
    await mkdir(at('race'));
    const racing = {
      ...files,
      list: async (folder: string) => {
        const before = await files.list(folder);
        await writeFile(path.join(folder, 'README.md'), 'mine');
        return before;
      },
    };
    await assert.rejects(createService(at('race'), 'shop', racing), failsWith('already-exists'));
    assert.deepEqual(await readdir(at('race')), ['README.md']);
    assert.equal(await readFile(at('race', 'README.md'), 'utf8'), 'mine');
  });

  void test(
    'says that a folder cannot be written, and leaves nothing',
    { skip: process.getuid?.() === 0 && 'root may write everywhere' },
    async () => {
      await mkdir(at('locked'));
      await chmod(at('locked'), 0o500);
      await assert.rejects(createService(at('locked', 'shop'), 'shop', files), failsWith('not-written'));
      assert.deepEqual(await readdir(at('locked')), []);
    },
  );

  void test('needs the folder around it', async () => {
    await assert.rejects(createService(at('no', 'shop'), 'shop', files), failsWith('not-written'));
  });
});
