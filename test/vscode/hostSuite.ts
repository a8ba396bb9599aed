import { appendFileSync } from 'node:fs';

/** How one test in the extension host ended. `ms` is its duration. */
export interface HostTestResult {
  name: string;
  file: string;
  ok: boolean;
  ms: number;
  error?: string;
}

interface HostTest {
  name: string;
  file: string;
  limit: number;
  body: () => Promise<void> | void;
}

/** The environment variable that names the file to which results are appended, one JSON object per line. */
export const resultsVariable = 'STAGE_PROVIDERS_HOST_RESULTS';

const registered: HostTest[] = [];
let currentFile = '';

/** Called by the generated entry before each suite is loaded, so that results name their file. */
export function inFile(file: string): void {
  currentFile = file;
}

/**
 * Registers a test of a host suite. It runs in the extension host, after those registered before it.
 *
 * @param limit time limit in ms, default 30,000
 */
export function test(name: string, body: () => Promise<void> | void, limit = 30_000): void {
  registered.push({ name, file: currentFile, limit, body });
}

/**
 * Runs all registered tests, one after the other. VS Code calls it, whichever way it was started.
 *
 * @throws Error if a test failed or none was registered
 */
export async function run(): Promise<void> {
  const resultsFile = process.env[resultsVariable];
  let failed = 0;
  for (const one of registered) {
    const result = await runOne(one);
    if (!result.ok) failed++;
    // The extension host's console reaches the terminal in the desktop edition, the page in the served one.
    // oxlint-disable-next-line no-console
    console.log(`${result.ok ? 'ok' : 'not ok'} - ${result.name}${result.error ? `\n${result.error}` : ''}`);
    if (resultsFile !== undefined) appendFileSync(resultsFile, `${JSON.stringify(result)}\n`);
  }
  if (registered.length === 0) throw new Error('No test was registered.');
  if (failed > 0) throw new Error(`${failed} of ${registered.length} tests failed.`);
}

async function runOne({ name, file, limit, body }: HostTest): Promise<HostTestResult> {
  const start = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`Not done within ${limit} ms.`));
    }, limit);
  });
  try {
    await Promise.race([(async () => body())(), late]);
    return { name, file, ok: true, ms: performance.now() - start };
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { name, file, ok: false, ms: performance.now() - start, error: text };
  } finally {
    clearTimeout(timer);
  }
}
