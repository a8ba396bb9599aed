import { globSync } from 'node:fs';
import path from 'node:path';
import { run } from 'node:test';
import { inspect } from 'node:util';

import { repository } from './locations.mjs';
import type { TierResult } from './tierResult.ts';

const wholeFile = 'the whole file';

/** The part of the test runner's events that is read (node:test, "Class: TestsStream"). */
interface TestEvent {
  name: string;
  file?: string;
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
 * @param options.limit time limit of one file in ms
 */
export async function runNodeTests(options: {
  folder: string;
  concurrency: number;
  limit: number;
}): Promise<TierResult> {
  const pattern = path.join(options.folder, '**', '*.test.ts');
  const files = globSync(pattern, { cwd: repository }).map((file) => path.join(repository, file));
  const result: TierResult = { passed: 0, skipped: 0, failures: [] };
  if (files.length === 0) return result;
  const stream = run({
    files: files.toSorted(),
    concurrency: options.concurrency,
    timeout: options.limit,
    cwd: repository,
  });
  stream.on('test:pass', (event: TestEvent) => {
    if (event.details.type === 'suite' || isFile(event)) return;
    if (skipped(event)) result.skipped++;
    else result.passed++;
  });
  stream.on('test:fail', (event: TestEvent) => {
    // A suite or file that failed only because of a test in it would count that test twice.
    if (event.details.error?.failureType === 'subtestsFailed') return;
    if (event.todo !== undefined && event.todo !== false) {
      result.skipped++;
      return;
    }
    const file = path.relative(repository, event.file ?? event.name);
    const place = event.line === undefined ? file : `${file}:${event.line}`;
    const name = isFile(event) ? wholeFile : event.name;
    result.failures.push({ name, file: place, error: errorText(event.details.error) });
  });
  // What a file writes outside its tests is told only if it failed as a whole: then it holds the reason.
  const written = new Map<string, string>();
  const collect = (event: { file?: string; message: string }): void => {
    const file = event.file ?? '';
    written.set(file, `${written.get(file) ?? ''}${event.message}`.slice(-4_000));
  };
  stream.on('test:stdout', collect);
  stream.on('test:stderr', collect);
  for await (const event of stream) {
    // Reading drives the stream; the handlers above do the counting.
    void event;
  }
  for (const failure of result.failures.filter(({ name }) => name === wholeFile)) {
    const file = path.join(repository, failure.file.replace(/:\d+$/u, ''));
    failure.error += `\n${written.get(file) ?? ''}`;
  }
  return result;
}

/** A file is reported as a test of its own name when it fails as a whole or holds no test. */
function isFile(event: TestEvent): boolean {
  return event.name.endsWith('.test.ts') && path.resolve(repository, event.name) === event.file;
}

function skipped(event: TestEvent): boolean {
  return (
    (event.skip !== undefined && event.skip !== false) || (event.todo !== undefined && event.todo !== false)
  );
}

function errorText(error: TestEvent['details']['error']): string {
  if (error === undefined) return 'No error was given.';
  const cause = error.cause ?? error;
  return typeof cause === 'string' ? cause : inspect(cause, { depth: 4 });
}
