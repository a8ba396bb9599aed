/** The `credential_process` as tools run it: one answer or one line, never a wait for a person. */
import assert from 'node:assert/strict';
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import fc from 'fast-check';
import { commandWord } from '../../src/core/handOff/quoting.ts';
import { posixWrapper, windowsWrapper, wrapperPath } from '../../src/platform/node/wrapper.ts';
import { emulatorPython } from '../aws/python.ts';
import type { Place } from './handOffSetUp.ts';
import { machineOf, place, request, run, runHelper } from './handOffSetUp.ts';

let at: Place;
beforeEach(async () => {
  at = await place();
});
afterEach(() => at.dispose());

void describe('the helper', () => {
  void test('prints one line and fails when the window is gone', async () => {
    const { host, terminal, first } = machineOf(at);
    const desk = host(first);
    const lease = await desk.open(request);
    await desk.bindProcess(lease.lease.id, terminal);
    await desk.dispose();
    const { code, stdout, stderr } = await runHelper(at, lease);
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /^Stage Providers for AWS: The VS Code window .* is not running\..*\n$/);
  });

  void test('waits for a window that is restarting', async () => {
    const { host, terminal, first, second } = machineOf(at);
    const before = host(first);
    const lease = await before.open(request);
    await before.bindProcess(lease.lease.id, terminal);
    await before.dispose();
    const answer = runHelper(at, lease);
    await host(second).restore();
    assert.equal((await answer).code, 0);
  });

  void test('is not disturbed by what debuggers and projects put into NODE_OPTIONS', async () => {
    const lease = await at.desk().open(request);
    const env = { ...process.env, NODE_OPTIONS: '--require /nowhere/at/all.js' };
    const { code } = await run(wrapperPath(at.storage, process.platform), [lease.directory], { env });
    assert.equal(code, 0);
  });

  void test('says what to do when the editor has moved', async () => {
    const text = posixWrapper({ node: path.join(at.folder, "no'de"), helper: at.helper });
    const file = path.join(at.folder, 'wrapper');
    await writeFile(file, text);
    await chmod(file, 0o700);
    const { code, stderr } = await run(file, ['x']);
    assert.equal(code, 1);
    assert.match(stderr, /^Stage Providers for AWS: The editor was moved or updated\.[^\n]*\n$/);
  });

  void test('the wrapper follows the editor at each start', async () => {
    const lease = await at.desk().open(request);
    const file = wrapperPath(at.storage, process.platform);
    const programs = { node: '/opt/new editor/node', helper: at.helper };
    const { host, second } = machineOf(at);
    await host(second, { programs }).restore();
    assert.match(await readFile(file, 'utf8'), /'\/opt\/new editor\/node'/);
    await rm(lease.directory, { recursive: true });
  });

  void test('on Windows, a user’s name is read by cmd.exe from its variable', () => {
    const text = windowsWrapper(
      {
        node: String.raw`C:\Users\Jürgen\AppData\Local\Code\Code.exe`,
        helper: String.raw`C:\100%\helper.cjs`,
      },
      { LOCALAPPDATA: String.raw`C:\Users\Jürgen\AppData\Local` },
    );
    assert.match(text, /^"%LOCALAPPDATA%\\Code\\Code\.exe" "C:\\100%%\\helper\.cjs" %1\r$/m);
    assert.match(text, /^set "NODE_OPTIONS="\r$/m);
  });
});

void describe('the command line', { skip: process.platform === 'win32' }, () => {
  const paths = fc.sample(
    fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
      .filter((text) => !/[\p{Cc}\u2028\u2029]|\$[\w{]|^~/u.test(text)),
    { numRuns: 300, seed: 1 },
  );
  const line = paths.map((text) => commandWord(text, 'posix')).join(' ');

  void test('is split by sh as it was meant', async () => {
    const { stdout } = await run('/bin/sh', ['-c', `printf '%s\\n' ${line}`]);
    assert.deepEqual(stdout.split('\n').slice(0, -1), paths);
  });

  void test('is split by botocore as it was meant', async () => {
    const script =
      'import sys, json; from botocore.compat import compat_shell_split as split; print(json.dumps(split(sys.argv[1])))';
    const { stdout } = await run(emulatorPython(), ['-c', script, line]);
    assert.deepEqual(JSON.parse(stdout), paths);
  });
});
