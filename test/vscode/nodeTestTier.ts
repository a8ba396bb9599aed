import { globSync } from 'node:fs';
import path from 'node:path';
import { run } from 'node:test';
import { inspect } from 'node:util';

import { repository } from './locations.mjs';
import type { TierFailure, TierResult } from './tierResult.ts';

/** The part of the test runner's events that is read (node:test, "Class: TestsStream"). */
interface TestEvent {
  name: string;
  line?: number;
  skip?: string | boolean;
  todo?: string | boolean;
  details: {
    type?: string;
    error?: Error & { failureType?: string; cause?: unknown };
  };
}

/**
 * Runs all `*.test.ts` below a folder with Node's test runner, each file in a process of its own.
 *
 * @param options.folder relative to the repository
 * @param options.concurrency how many files at once
 * @param options.limit time limit of one file in ms; a file that does not end, because something it opened stays
 *   open, is ended then and failed
 */
export async function runNodeTests(options: {
  folder: string;
  concurrency: number;
  limit: number;
}): Promise<TierResult> {
  const pattern = path.join(options.folder, '**', '*.test.ts');
  const pending = globSync(pattern, { cwd: repository }).toSorted();
  const result: TierResult = { passed: 0, skipped: 0, failures: [] };
  const worker = async (): Promise<void> => {
    for (let file = pending.shift(); file !== undefined; file = pending.shift()) {
      await runFile(path.join(repository, file), options.limit, result);
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, worker));
  return result;
}

/** Runs one file and adds what its tests came to. */
async function runFile(file: string, limit: number, result: TierResult): Promise<void> {
  // `timeout` is for one test and leaves a process that does not end by itself: the signal ends that.
  const stream = run({ files: [file], cwd: repository, timeout: limit, signal: AbortSignal.timeout(limit) });
  // What a file writes outside its tests is told only if it failed as a whole: then it holds the reason.
  let written = '';
  const collect = (event: { message: string }): void => {
    written = `${written}${event.message}`.slice(-4_000);
  };
  stream.on('test:stdout', collect);
  stream.on('test:stderr', collect);
  const failures: (TierFailure & { whole: boolean })[] = [];
  stream.on('test:pass', (event: TestEvent) => {
    if (event.details.type === 'suite' || isFile(event, file)) return;
    if (isSet(event.skip) || isSet(event.todo)) result.skipped++;
    else result.passed++;
  });
  stream.on('test:fail', (event: TestEvent) => {
    // A suite or file that failed only because of a test in it would count that test twice.
    if (event.details.error?.failureType === 'subtestsFailed') return;
    if (isSet(event.todo)) {
      result.skipped++;
      return;
    }
    const whole = isFile(event, file);
    const shown = path.relative(repository, file);
    failures.push({
      name: whole ? 'the whole file' : event.name,
      file: whole || event.line === undefined ? shown : `${shown}:${event.line}`,
      error: errorText(event.details.error),
      whole,
    });
  });
  for await (const event of stream) {
    // Reading drives the stream; the handlers above do the counting.
    void event;
  }
  // Once a test in it failed, the file's own failure says nothing new, unless it had to be ended.
  const told = failures.some(({ whole }) => !whole);
  for (const { whole, name, file: place, error } of failures) {
    if (whole && told && !error.includes('abort')) continue;
    result.failures.push({ name, file: place, error: whole ? `${error}\n${written}` : error });
  }
}

/** A file is reported as a test of its own name when it fails as a whole or holds no test. */
function isFile(event: TestEvent, file: string): boolean {
  return path.resolve(repository, event.name) === file;
}

function isSet(mark: string | boolean | undefined): boolean {
  return mark !== undefined && mark !== false;
}

function errorText(error: TestEvent['details']['error']): string {
  if (error === undefined) return 'No error was given.';
  const cause = error.cause ?? error;
  return typeof cause === 'string' ? cause : inspect(cause, { depth: 4 });
}
