import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../../src/platform/node/clock.ts';
import { createLeaseDesk } from '../../src/platform/node/leaseDesk.ts';
import { systemProcesses } from '../../src/platform/node/processes.ts';
import { wrapperPath } from '../../src/platform/node/wrapper.ts';
import { repository } from '../vscode/locations.mjs';
import { figure, type Row } from './row.ts';
import { median, ratioOfMedians } from './statistics.ts';

/** How often each program is started. */
const starts = 60;
const budget = 1.25;

/**
 * How much longer a tool waits for credentials than the same Node takes to start and do nothing: the built helper,
 * through its wrapper, asking a desk that has the answer at hand.
 */
export async function helperStart(): Promise<readonly Row[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'stage-providers-bench-'));
  const storage = path.join(folder, 'storage');
  const runtime = path.join(folder, 'run');
  await mkdir(runtime, { mode: 0o700 });
  const empty = path.join(folder, 'empty.cjs');
  await writeFile(empty, '');
  const desk = createLeaseDesk({
    storage,
    windowKey: 'bench',
    programs: { node: process.execPath, helper: path.join(repository, 'dist', 'helper.cjs') },
    answer: () => Promise.resolve({ ...credentials, expiresAt: Date.now() + 3_600_000 }),
    clock: systemClock,
    randomBytes,
    processes: systemProcesses(process.platform),
    pid: process.pid,
    place: {
      env: { XDG_RUNTIME_DIR: runtime },
      platform: process.platform,
      uid: process.getuid?.(),
      tmpdir: folder,
    },
  });
  try {
    const { directory } = await desk.open({
      kind: 'terminal',
      providerId: 'p1',
      accountId: '111122223333',
      serviceId: '/w/shop',
      stage: 'dev',
      region: 'eu-central-1',
      profiles: ['dev'],
    });
    const helper = (): Promise<number> =>
      wallTime(wrapperPath(storage, process.platform), [directory], isAnswer);
    const bare = (): Promise<number> => wallTime(process.execPath, [empty], (text) => text === '');
    for (let warm = 0; warm < 3; warm += 1) {
      await helper();
      await bare();
    }
    const helperTimes: number[] = [];
    const bareTimes: number[] = [];
    for (let round = 0; round < starts; round += 1) {
      if (round % 2 === 0) helperTimes.push(await helper());
      bareTimes.push(await bare());
      if (round % 2 === 1) helperTimes.push(await helper());
    }
    const { ratio, interval } = ratioOfMedians(helperTimes, bareTimes);
    return [
      {
        name: 'helper, from its start to the credentials',
        value: ratio,
        unit: '×',
        budget,
        ratioTo: 'the bare start of the same Node',
        interval,
        ok: interval[0] <= budget,
      },
      figure('helper, from its start to the credentials (time)', median(helperTimes), 'ms'),
      figure('bare start of Node', median(bareTimes), 'ms'),
    ];
  } finally {
    await desk.dispose();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Shaped like the real thing; no account has it. */
const credentials = {
  accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: `IQoJb3JpZ2luX2VjEXAMPLE//////////wEa${'x'.repeat(700)}==`,
};

function isAnswer(text: string): boolean {
  return (JSON.parse(text) as { AccessKeyId?: string }).AccessKeyId === credentials.accessKeyId;
}

/** Runs a program to its end. @returns ms @throws Error when it fails or writes something else than expected */
function wallTime(
  program: string,
  args: readonly string[],
  expected: (text: string) => boolean,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      const ms = performance.now() - start;
      if (code === 0 && expected(text)) resolve(ms);
      else reject(new Error(`${program} ended with ${String(code)} and wrote ${JSON.stringify(text)}`));
    });
  });
}
