import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { launchBrowser } from './browser.ts';
import { bundleHostTests } from './hostBundle.ts';
import { type HostTestResult, resultsVariable } from './hostSuite.ts';
import { repository } from './locations.mjs';
import { startVsCode, type VsCodeOptions } from './vsCodeServer.ts';

/** What to run and how long it may take. */
export interface HostTestOptions extends Omit<VsCodeOptions, 'testMode' | 'vsix'> {
  /** Absolute path of the folder of suites, default test/host. */
  suites?: string;
  /** Time limit of the whole run in ms, default 300,000. */
  limit?: number;
}

/**
 * Runs suites inside the real extension host of the served VS Code.
 *
 * @returns one result per test that ran; a run that never started, broke off or took too long adds a failed one
 */
export async function runHostTests(options: HostTestOptions): Promise<HostTestResult[]> {
  const { file, suites } = await bundleHostTests(options.suites);
  if (suites === 0) return [];
  const folder = await mkdtemp(path.join(tmpdir(), 'stage-providers-host-'));
  const resultsFile = path.join(folder, 'results.jsonl');
  const server = await startVsCode({
    extensionDevelopmentPath: repository,
    ...options,
    testMode: true,
    env: { ...options.env, [resultsVariable]: resultsFile },
  });
  try {
    const browser = await launchBrowser();
    try {
      const ended = Promise.withResolvers<number | 'late'>();
      const consoleText: string[] = [];
      const timer = setTimeout(() => {
        ended.resolve('late');
      }, options.limit ?? 300_000);
      await browser.openWindow(server, {
        testsPath: file,
        ready: false,
        prepare: async (page) => {
          await page.exposeFunction('codeAutomationExit', (code: number) => {
            ended.resolve(code);
          });
          await page.exposeFunction('codeAutomationLog', (_type: string, texts: unknown[]) => {
            consoleText.push(texts.map(String).join(' '));
          });
          page.on('crash', () => {
            ended.resolve(-1);
          });
        },
      });
      const code = await ended.promise;
      clearTimeout(timer);
      return withOutcome(readResults(resultsFile), code, consoleText);
    } finally {
      await browser.dispose();
    }
  } finally {
    await server.dispose();
    await rm(folder, { recursive: true, force: true });
  }
}

function readResults(file: string): HostTestResult[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as HostTestResult);
}

/** A run that did not end well without a failed test to show for it is a failure of its own. */
function withOutcome(results: HostTestResult[], code: number | 'late', output: string[]): HostTestResult[] {
  const explained = results.some((result) => !result.ok);
  if (code === 0 && results.length > 0) return results;
  if (code !== 'late' && explained) return results;
  const reason = code === 'late' ? 'ran into its time limit' : `ended with exit code ${code}`;
  const error = `${results.length} tests ran. Last output:\n${output.slice(-30).join('\n')}`;
  return [...results, { name: `The host run ${reason}`, file: 'test/host', ok: false, ms: 0, error }];
}
