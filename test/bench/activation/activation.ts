import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { emptyState, serializeState } from '../../../src/core/providers/schema.ts';
import { say } from '../../vscode/say.mjs';
import { figure, type Row } from '../row.ts';
import { accessRole } from '../scale/workspace.ts';
import { awsChunks, loadOutputs } from '../sizes.ts';
import { median, ratioOfMedians } from '../statistics.ts';
import type { Timed, Watched, WindowPlan } from './plan.ts';
import { openWindows, product, reference, type Windows } from './windows.ts';

/** Windows for each extension that is timed; fewer say too little. */
const rounds = 9;
/** In ms: long enough for the first look at the workspace and the state file, which `activate()` puts off. */
const settle = 1000;
/** How many providers are registered in the state file. */
const registered = [0, 200] as const;

const ratioTo = 'GitHub Authentication';
const budgets = { activate: 1, block: 1.2, retained: 4_000_000 };

type Subject = 'reference' | (typeof registered)[number];

const names = (providers: number) => ({
  activate: `activate(), ${providers} providers`,
  block: `longest block while activating, ${providers} providers`,
  retained: `memory retained after activation, ${providers} providers`,
});

/**
 * Activates the product and the reference in fresh windows, in turns, and compares.
 *
 * @param vsix absolute path of the packaged product
 * @param missed names of the rows wanted; all when absent
 */
export async function activation(vsix: string, missed?: ReadonlySet<string>): Promise<readonly Row[]> {
  const wanted = registered.filter(
    (count) => !missed || Object.values(names(count)).some((name) => missed.has(name)),
  );
  const windows = await openWindows(vsix);
  try {
    const untouched = missed ? [] : await watched(windows);
    const subjects: readonly Subject[] = ['reference', ...wanted];
    const times = new Map(subjects.map((subject) => [subject, [] as Timed[]]));
    for (let round = 0; round < rounds; round += 1) {
      // Who is first in one round is last in the next.
      for (const subject of turned(subjects, round)) times.get(subject)?.push(await timed(windows, subject));
      say(`  ${subjects.length * (round + 1)} of ${subjects.length * rounds} windows`);
    }
    const [compared = [], ...own] = subjects.map((subject) => times.get(subject) ?? []);
    return [
      ...untouched,
      ...wanted.flatMap((count, index) => compare(count, own[index] ?? [], compared)),
      figure(`${ratioTo}: activate()`, median(compared.map(({ activateMs }) => activateMs)), 'ms'),
      figure(`${ratioTo}: longest block`, median(compared.map(({ blockMs }) => blockMs)), 'ms'),
      figure(
        `${ratioTo}: memory retained`,
        median(compared.map(({ retainedBytes }) => retainedBytes)),
        'bytes',
      ),
    ];
  } finally {
    await windows.dispose();
  }
}

function turned<T>(items: readonly T[], by: number): readonly T[] {
  const at = by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}

function compare(providers: number, own: readonly Timed[], compared: readonly Timed[]): readonly Row[] {
  const name = names(providers);
  const ratio = (label: string, of: (one: Timed) => number, budget: number): readonly Row[] => {
    const { ratio: value, interval } = ratioOfMedians(own.map(of), compared.map(of));
    return [
      { name: label, value, unit: '×', budget, ratioTo, interval, ok: interval[0] <= budget },
      figure(`${label} (time)`, median(own.map(of)), 'ms'),
    ];
  };
  return [
    ...ratio(name.activate, ({ activateMs }) => activateMs, budgets.activate),
    ...ratio(name.block, ({ blockMs }) => blockMs, budgets.block),
    figure(name.retained, median(own.map(({ retainedBytes }) => retainedBytes)), 'bytes', budgets.retained),
  ];
}

async function timed(windows: Windows, subject: Subject): Promise<Timed> {
  if (subject !== 'reference') await registerProviders(windows.storage, subject);
  const extension = subject === 'reference' ? reference : product;
  return await inWindow<Timed>(windows, { extension, mode: 'time', settle });
}

/** One window's answer; a window that failed is opened once more, for the machine may have been too slow. */
async function inWindow<A extends Timed | Watched>(
  windows: Windows,
  plan: Omit<WindowPlan, 'answer'> & { readonly mode: A['mode'] },
): Promise<A> {
  let error = '';
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const answer = await windows.probe(plan);
    if (answer.mode === plan.mode) return answer as A;
    error = answer.mode === 'failed' ? answer.error : 'The window answered another question.';
  }
  throw new Error(`${plan.extension} could not be measured: ${error}`);
}

/** What a window finds that was used before: its state file, or none. */
async function registerProviders(storage: string, count: number): Promise<void> {
  await rm(storage, { recursive: true, force: true });
  if (count === 0) return;
  await mkdir(storage, { recursive: true });
  const providers = Array.from({ length: count }, (_, index) => accessRole(index));
  await writeFile(path.join(storage, 'state.json'), serializeState({ ...emptyState('bench'), providers }));
}

/** What activation must leave alone; the same spies must see the reference read its secret, or they see nothing. */
async function watched(windows: Windows): Promise<readonly Row[]> {
  const chunks = new Set(awsChunks(await loadOutputs()).map((name) => path.basename(name)));
  await registerProviders(windows.storage, 200);
  const own = await inWindow<Watched>(windows, { extension: product, mode: 'watch', settle });
  const other = await inWindow<Watched>(windows, { extension: reference, mode: 'watch', settle });
  if (!other.secrets.some((each) => each.includes('github.auth')) || !own.modules.some(isEntry)) {
    throw new Error('The spies did not see what certainly happened.');
  }
  const sdk = own.modules.filter((url) => chunks.has(url.slice(url.lastIndexOf('/') + 1)));
  const secrets = own.secrets.filter((each) => each !== 'get probe');
  for (const seen of [...sdk, ...own.connections, ...secrets]) say(`In activate(): ${seen}`);
  return [
    figure('activate(): modules of the AWS SDK loaded', sdk.length, 'count', 0),
    figure('activate(): network connections', own.connections.length + windows.awsConnections(), 'count', 0),
    figure('activate(): secrets read', secrets.length, 'count', 0),
  ];
}

function isEntry(url: string): boolean {
  return url.includes(product) && url.endsWith('/dist/extension.js');
}
