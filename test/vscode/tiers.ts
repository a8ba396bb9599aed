/** Runs the tiers named in the arguments, in order. The last line says how many tests passed and failed. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { useCleanEnvironment } from './cleanEnvironment.ts';
import { runCommands } from './commandTier.ts';
import { runHostTier } from './hostTier.ts';
import { nodeBinary, repository, tool } from './locations.mjs';
import { runNodeTests } from './nodeTestTier.ts';
import { say } from './say.mjs';
import type { TierResult } from './tierResult.ts';

/** The tiers. Limits are per test file, in ms. */
const tiers: Readonly<Record<string, () => Promise<TierResult>>> = {
  check: () =>
    runCommands([
      { name: 'types', program: tool('tsc'), args: ['--noEmit'] },
      { name: 'lint', program: tool('oxlint'), args: ['--type-aware', '--deny-warnings'] },
      { name: 'format', program: tool('oxfmt'), args: ['--check'] },
    ]),
  build: () => runCommands([{ name: 'build', program: nodeBinary(), args: ['esbuild.mjs'] }]),
  unit: () => runNodeTests({ folder: 'test/unit', concurrency: 2, limit: 60_000 }),
  contract: () => runNodeTests({ folder: 'test/contract', concurrency: 2, limit: 240_000 }),
  host: runHostTier,
  e2e: () => runNodeTests({ folder: 'test/e2e', concurrency: 1, limit: 600_000 }),
  bench: () =>
    runCommands([{ name: 'benchmark', program: nodeBinary(), args: ['test/bench/run.ts'], show: true }]),
};

/**
 * @param names tiers to run
 * @returns the sum of all
 */
async function runTiers(names: readonly string[]): Promise<{ passed: number; failed: number }> {
  let passed = 0;
  let failed = 0;
  for (const name of names) {
    say(`[${name}] …`);
    const start = performance.now();
    const result = await runTier(name);
    passed += result.passed;
    failed += result.failures.length;
    for (const failure of result.failures) {
      say(`\n  ✗ ${failure.name}  (${failure.file})\n${indent(failure.error)}\n`);
    }
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    const total = result.passed + result.failures.length;
    const outcome = result.failures.length === 0 ? 'ok' : `FAILED ${result.failures.length} of`;
    const skipped = result.skipped > 0 ? ` · ${result.skipped} skipped` : '';
    say(`[${name}] ${outcome} ${total} tests · ${seconds} s${skipped}`);
  }
  return { passed, failed };
}

async function runTier(name: string): Promise<TierResult> {
  const run = tiers[name];
  if (run === undefined) return broken(name, `There is no tier "${name}".`);
  try {
    const result = await run();
    const executed = result.passed + result.failures.length;
    return executed === 0 ? { ...broken(name, 'It executed no test.'), skipped: result.skipped } : result;
  } catch (error) {
    return broken(name, error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}

/** A tier that could not run, or ran nothing, is a failed test. */
function broken(name: string, error: string): TierResult {
  return {
    passed: 0,
    skipped: 0,
    failures: [{ name: `the tier ${name}`, file: 'test/vscode/tiers.ts', error }],
  };
}

function indent(text: string): string {
  return text.replaceAll(/^/gmu, '      ');
}

process.chdir(repository);
const home = await mkdtemp(path.join(tmpdir(), 'stage-providers-tests-'));
useCleanEnvironment(home);
const { passed, failed } = await runTiers(process.argv.slice(2));
await rm(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
