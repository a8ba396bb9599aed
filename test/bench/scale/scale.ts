import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { repository } from '../../vscode/locations.mjs';
import { figure, type Row } from '../row.ts';
import { median, quantile } from '../statistics.ts';

const runFile = promisify(execFile);
const folder = path.join(repository, 'out', 'bench', 'scale');

/** Bundles the programs of this folder as the product is bundled, so that what is loaded late there is so here. */
async function buildPrograms(): Promise<void> {
  await build({
    entryPoints: ['discovery', 'tree', 'credentials'].map((name) =>
      path.join(import.meta.dirname, `${name}.ts`),
    ),
    outdir: folder,
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    mainFields: ['module', 'main'],
    outExtension: { '.js': '.mjs' },
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
}

/** Runs a program in a process of its own and reads the JSON it prints. */
async function run<T>(name: string, ...args: readonly number[]): Promise<T> {
  const { stdout } = await runFile(process.execPath, [path.join(folder, `${name}.mjs`), ...args.map(String)]);
  return JSON.parse(stdout) as T;
}

/** What many services, stages and providers cost, each measured in processes that are new. */
export async function scale(): Promise<readonly Row[]> {
  await buildPrograms();
  return [...(await discovery()), ...(await tree()), ...(await credentials())];
}

async function discovery(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const services of [10, 100, 1000]) {
    const runs: { loadMs: number; cpuMs: number; blockMs: number; changeTimes: number[] }[] = [];
    for (let round = 0; round < 3; round += 1) runs.push(await run('discovery', services));
    const budgets = services === 1000 ? [1500, 50, 20] : [null, null, null];
    const [load = null, block = null, change = null] = budgets;
    const files = `${services.toLocaleString('en')} Serverless files`;
    const changes = runs.flatMap(({ changeTimes }) => changeTimes);
    rows.push(
      figure(`${files}: found`, median(runs.map(({ loadMs }) => loadMs)), 'ms', load),
      // Hardly more on a busy machine, unlike the time above.
      figure(`${files}: processor time of that`, median(runs.map(({ cpuMs }) => cpuMs)), 'ms'),
      figure(`${files}: longest block meanwhile`, median(runs.map(({ blockMs }) => blockMs)), 'ms', block),
      figure(`${files}: one changed (95 %)`, quantile(changes, 0.95), 'ms', change),
    );
  }
  return rows;
}

/** The shapes a tree can have: many services, and one service with all the stages in the first level. */
const trees: readonly { readonly services: number; readonly each: number }[] = [
  { services: 2, each: 5 },
  { services: 20, each: 5 },
  { services: 200, each: 5 },
  { services: 1000, each: 5 },
  { services: 1, each: 5000 },
];

async function tree(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const { services, each } of trees) {
    const result = await run<{ stages: number; refreshTimes: number[]; snapshotTimes: number[] }>(
      'tree',
      services,
      each,
    );
    const { stages, refreshTimes, snapshotTimes } = result;
    const what = `${stages.toLocaleString('en')} stages in ${services === 1 ? 'one service' : `${services.toLocaleString('en')} services`}`;
    const budget = stages >= 5000 ? 100 : null;
    rows.push(
      figure(
        `${what}: tree refresh, slowest of ${refreshTimes.length}`,
        Math.max(...refreshTimes),
        'ms',
        budget,
      ),
      figure(`${what}: new snapshot after a setting`, median(snapshotTimes), 'ms'),
    );
  }
  return rows;
}

async function credentials(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const count of [10, 100, 1000]) {
    const { getTimes, rowTimes, parseTimes } = await run<{
      getTimes: number[];
      rowTimes: number[];
      parseTimes: number[];
    }>('credentials', count);
    const what = `${count.toLocaleString('en')} providers`;
    rows.push(
      figure(`${what}: warm credentials (99 %)`, quantile(getTimes, 0.99), 'ms', 1),
      figure(`${what}: tree refresh, slowest of ${rowTimes.length}`, Math.max(...rowTimes), 'ms'),
      figure(`${what}: state file parsed, slowest of ${parseTimes.length}`, Math.max(...parseTimes), 'ms'),
    );
  }
  return rows;
}
