/** The launcher runs one command with the lease's identity, whatever a task's environment was made to be. */
import assert from 'node:assert/strict';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { spawn } from 'node:child_process';
import { access, readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { OpenLease } from '../../src/core/handOff/lease.ts';
import { spawnForm, writeRun } from '../../src/platform/node/run.ts';
import type { Place } from './handOffSetUp.ts';
import { place, request, run, served } from './handOffSetUp.ts';

let at: Place;
before(async () => {
  at = await place('sto rage');
});
after(() => at.dispose());

async function start(lease: OpenLease, script: string, args: readonly string[] = []) {
  const programs = { node: process.execPath, launcher: at.launcher };
  const command = { command: process.execPath, args: ['-e', script, ...args], cwd: at.folder };
  return await writeRun(lease, command, programs);
}

/** What a foreign EnvironmentVariableCollection makes of a task's environment. */
const hijacked = {
  PATH: process.env['PATH'],
  AWS_PROFILE: 'prod',
  AWS_CONFIG_FILE: '/foreign/config',
  AWS_ACCESS_KEY_ID: 'AKIAFOREIGNFOREIGN00',
  AWS_SECRET_ACCESS_KEY: 'foreign',
  AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:1/',
  AWS_DEV_PROFILE: 'prod',
  AWS_ENDPOINT_URL: 'http://127.0.0.1:2/',
  ELECTRON_RUN_AS_NODE: '1',
};

void describe('the launcher', () => {
  void test('sets and removes the variables itself', async () => {
    const lease = await at.desk().open({ ...request, kind: 'task' });
    const { command, args, env } = await start(lease, 'console.log(JSON.stringify(process.env))');
    const { stdout, code } = await run(command, args, { env: { ...hijacked, ...env } });
    assert.equal(code, 0);
    const found = JSON.parse(stdout) as NodeJS.ProcessEnv;
    // Set by the system or Node itself on some platforms.
    for (const name of ['__CF_USER_TEXT_ENCODING', 'SystemRoot']) delete found[name];
    assert.deepEqual(found, {
      PATH: hijacked.PATH,
      AWS_ENDPOINT_URL: hijacked.AWS_ENDPOINT_URL,
      ...lease.environment.set,
    });
  });

  void test('hands arguments, folder, input and exit code through, without a shell', async () => {
    const lease = await at.desk().open({ ...request, kind: 'task' });
    const script = `process.stdin.on('data', (d) => { console.log(JSON.stringify([process.argv.slice(1), process.cwd(), d.toString()])); process.exit(7); })`;
    const words = ['a b', '$HOME', '"q"', "it's", '*', ''];
    const { command, args, env } = await start(lease, script, words);
    const child = spawn(command, args, { env: { ...process.env, ...env } });
    child.stdin.write('typed');
    const { code, stdout } = await ended(child);
    assert.deepEqual(JSON.parse(stdout), [words, at.folder, 'typed']);
    assert.equal(code, 7);
  });

  void test('ties the lease to itself and removes it at the end', async () => {
    const desk = at.desk();
    const lease = await desk.open({ ...request, kind: 'task' });
    const { command, args, env } = await start(lease, `console.log('up'); process.stdin.resume()`);
    const child = spawn(command, args, { env: { ...process.env, ...env } });
    await said(child, 'up');
    const bound = JSON.parse(await readFile(path.join(lease.directory, 'process.json'), 'utf8')) as {
      pid: number;
    };
    assert.equal(bound.pid, child.pid);
    assert.ok(await served(lease));
    child.stdin.end();
    assert.equal((await ended(child)).code, 0);
    await assert.rejects(access(lease.directory), { code: 'ENOENT' });
    await desk.dispose();
  });

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    void test(
      `hands ${signal} on and ends as its child does`,
      { skip: process.platform === 'win32' },
      async () => {
        const lease = await at.desk().open({ ...request, kind: 'task' });
        const { command, args, env } = await start(lease, `console.log('up'); setInterval(() => {}, 1000)`);
        const child = spawn(command, args, { env: { ...process.env, ...env } });
        await said(child, 'up');
        child.kill(signal);
        const { signal: by } = await ended(child);
        assert.equal(by, signal);
        await assert.rejects(access(lease.directory), { code: 'ENOENT' });
      },
    );

    void test(
      `lets the child finish its work after ${signal}`,
      { skip: process.platform === 'win32' },
      async () => {
        const lease = await at.desk().open({ ...request, kind: 'task' });
        const script = `process.on('${signal}', () => { console.log('cleaned'); process.exit(3); }); console.log('up'); setInterval(() => {}, 1000)`;
        const { command, args, env } = await start(lease, script);
        const child = spawn(command, args, { env: { ...process.env, ...env } });
        await said(child, 'up');
        child.kill(signal);
        const { code, stdout } = await ended(child);
        assert.deepEqual([code, stdout], [3, 'cleaned\n']);
      },
    );
  }

  void test('says in one line why a command cannot be started', async () => {
    const lease = await at.desk().open({ ...request, kind: 'task' });
    const programs = { node: process.execPath, launcher: at.launcher };
    const { command, args, env } = await writeRun(
      lease,
      { command: '/nowhere/serverless', args: [], cwd: at.folder },
      programs,
    );
    const { code, stderr } = await run(command, args, { env: { ...process.env, ...env } });
    assert.equal(code, 126);
    assert.match(
      stderr,
      /^Stage Providers for AWS: \/nowhere\/serverless cannot be started in [^\n]*ENOENT\n$/,
    );
  });

  void test('refuses a lease that has ended', async () => {
    const desk = at.desk();
    const lease = await desk.open({ ...request, kind: 'task' });
    const { command, args, env } = await start(lease, '');
    await desk.revoke(lease.lease.id);
    const { code, stderr } = await run(command, args, { env: { ...process.env, ...env } });
    assert.equal(code, 126);
    assert.match(
      stderr,
      /^Stage Providers for AWS: The access of this run has ended\. Start the task again\.\n$/,
    );
    await desk.dispose();
  });

  void test('leaves nothing of a run behind', async () => {
    const desk = at.desk();
    const lease = await desk.open({ ...request, kind: 'task' });
    const { command, args, env } = await start(lease, '');
    await run(command, args, { env: { ...process.env, ...env } });
    assert.ok(!(await readdir(path.join(at.storage, 'leases'))).includes(lease.lease.id));
    await desk.dispose();
  });
});

void describe('the form of a command', () => {
  void test('is itself wherever no batch file is run', () => {
    const run = { command: '/w/node_modules/.bin/osls', args: ['deploy', '--stage', 'dev'] };
    assert.deepEqual(spawnForm(run, 'linux'), { file: run.command, args: run.args, verbatim: false });
    const exe = { command: String.raw`C:\node.exe`, args: ['%x%'] };
    assert.deepEqual(spawnForm(exe, 'win32'), { file: exe.command, args: exe.args, verbatim: false });
  });

  const cases = [
    [String.raw`C:\tools\sls.cmd`, ['deploy', 'a b'], String.raw`"C:\tools\sls.cmd ^"deploy^" ^"a^ b^""`],
    [String.raw`C:\tools\sls.CMD`, ['%PATH%', 'a&b'], String.raw`"C:\tools\sls.CMD ^"^%PATH^%^" ^"a^&b^""`],
    [String.raw`C:\tools\sls.bat`, [String.raw`q"x\ `.trim()], String.raw`"C:\tools\sls.bat ^"q\^"x\\^""`],
    [
      String.raw`C:\w\node_modules\.bin\sls.cmd`,
      ['a&b'],
      String.raw`"C:\w\node_modules\.bin\sls.cmd ^^^"a^^^&b^^^""`,
    ],
  ] as const;
  for (const [command, args, line] of cases) {
    void test(`for cmd.exe: ${command} ${args.join(' ')}`, () => {
      assert.deepEqual(spawnForm({ command, args }, 'win32'), {
        file: 'cmd.exe',
        args: ['/d', '/s', '/c', line],
        verbatim: true,
      });
    });
  }

  void test('refuses a line break for a batch file', () => {
    assert.throws(() => spawnForm({ command: 'x.cmd', args: ['a\nb'] }, 'win32'), /line break/);
  });
});

interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
}

function ended(child: ChildProcessWithoutNullStreams): Promise<End> {
  return new Promise((resolve) => {
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.on('close', (code, signal) => resolve({ code, signal, stdout }));
  });
}

function said(child: ChildProcessWithoutNullStreams, word: string): Promise<void> {
  return new Promise((resolve) => {
    child.stdout.once('data', (chunk: Buffer) => {
      assert.equal(chunk.toString(), `${word}\n`);
      resolve();
    });
  });
}
