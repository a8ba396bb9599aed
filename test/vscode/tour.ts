/**
 * `npm start -- --tour [name]`: lets a story of tours/ drive the product and prints what came of it as one line of
 * JSON, the last on standard output. Exit code 0 only if that says `"ok":true`.
 */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

import { useCleanEnvironment } from './cleanEnvironment.ts';
import { repository } from './locations.mjs';
import { exitOnSignals } from './processTree.ts';
import { buildProduct, packageProduct } from './product.ts';
import { say } from './say.mjs';

/** What a story gets. */
export interface TourContext {
  /** Absolute path of the packaged extension; absent: run it from the repository. */
  readonly vsix?: string;
  /** Absolute path of an empty folder for screenshots, beside the summary. */
  readonly out: string;
  /** Tells the person what happens. */
  readonly note: (text: string) => void;
}

/** What a story found out; it becomes the line of JSON. */
export interface TourResult {
  readonly ok: boolean;
  readonly [fact: string]: unknown;
}

interface Tour {
  run(context: TourContext): Promise<TourResult>;
}

const folder = path.join(repository, 'test', 'vscode', 'tours');

async function runTour(name: string, vsix: boolean): Promise<TourResult> {
  const file = path.join(folder, `${name}.ts`);
  if (!/^[\w-]+$/u.test(name) || !existsSync(file)) {
    const names = existsSync(folder) ? readdirSync(folder).map((entry) => path.basename(entry, '.ts')) : [];
    return { ok: false, tour: name, error: `No such tour. There are: ${names.join(', ')}` };
  }
  const start = performance.now();
  try {
    const screenshots = path.join(repository, 'out', 'tour');
    rmSync(screenshots, { recursive: true, force: true });
    mkdirSync(screenshots, { recursive: true });
    say(vsix ? 'Packaging the extension …' : 'Building the extension …');
    const product = vsix ? { vsix: await packageProduct() } : {};
    if (!vsix) await buildProduct();
    const tour = (await import(pathToFileURL(file).href)) as Tour;
    const result = await tour.run({ ...product, out: screenshots, note: say });
    const seconds = Number(((performance.now() - start) / 1000).toFixed(1));
    const summary = { tour: name, seconds, screenshots: path.relative(repository, screenshots), ...result };
    writeFileSync(path.join(screenshots, 'summary.json'), `${JSON.stringify(summary, undefined, 2)}\n`);
    return summary;
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { ok: false, tour: name, error: text };
  }
}

const { values, positionals } = parseArgs({ options: { vsix: { type: 'boolean' } }, allowPositionals: true });
const home = await mkdtemp(path.join(tmpdir(), 'stage-providers-tour-'));
process.on('exit', () => {
  rmSync(home, { recursive: true, force: true, maxRetries: 3 });
});
exitOnSignals();
process.chdir(repository);
useCleanEnvironment(home);
const result = await runTour(positionals[0] ?? 'quick-connect', values.vsix === true);
process.stdout.write(`${JSON.stringify(result)}\n`, () => {
  process.exit(result.ok ? 0 : 1);
});
