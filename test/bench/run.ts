/**
 * `npm run bench`: measures the product against its budgets, prints one table and writes `out/bench.json`. Exit code 1
 * when a budget is missed. `--json` prints the list instead of the table; names of parts (`sizes`, `scale`, `helper`,
 * `activation`) measure only those.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { useCleanEnvironment } from '../vscode/cleanEnvironment.ts';
import { repository } from '../vscode/locations.mjs';
import { exitOnSignals } from '../vscode/processTree.ts';
import { packageProduct } from '../vscode/product.ts';
import { say } from '../vscode/say.mjs';
import { activation } from './activation/activation.ts';
import { helperStart } from './helperStart.ts';
import { figure, measure, table, type Row, type Section } from './row.ts';
import { scale } from './scale/scale.ts';
import { sizes } from './sizes.ts';

const { values, positionals } = parseArgs({ options: { json: { type: 'boolean' } }, allowPositionals: true });
process.chdir(repository);
const home = await mkdtemp(path.join(tmpdir(), 'stage-providers-bench-home-'));
exitOnSignals();
useCleanEnvironment(home);

say('Packaging the extension …');
const vsix = await packageProduct();
const sections: readonly Section[] = [
  { name: 'sizes', timed: false, run: () => sizes(vsix) },
  { name: 'scale', timed: true, run: scale },
  { name: 'helper', timed: true, run: helperStart },
  { name: 'activation', timed: true, run: (missed) => activation(vsix, missed) },
];
const unknown = positionals.filter((name) => sections.every((section) => section.name !== name));
if (unknown.length > 0) throw new Error(`There is no part ${unknown.join(', ')}.`);

const rows: Row[] = [];
for (const section of sections) {
  if (positionals.length > 0 && !positionals.includes(section.name)) continue;
  const start = performance.now();
  say(`Measuring ${section.name} …`);
  try {
    rows.push(...(await measure(section)));
  } catch (error) {
    // The figures of the other parts are worth having.
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    rows.push(figure(`${section.name}: could not be measured`, 1, 'count', 0));
  }
  say(`  ${((performance.now() - start) / 1000).toFixed(0)} s`);
}
await rm(home, { recursive: true, force: true, maxRetries: 5 });
await mkdir('out', { recursive: true });
await writeFile(path.join('out', 'bench.json'), `${JSON.stringify(rows, undefined, 2)}\n`);
process.stdout.write(`${values.json === true ? JSON.stringify(rows) : table(rows)}\n`);
const missed = rows.filter(({ ok }) => !ok);
say(missed.length === 0 ? 'Every budget is kept.' : `${missed.length} budgets are missed.`);
process.exit(missed.length === 0 ? 0 : 1);
