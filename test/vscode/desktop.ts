/**
 * `npm run test:desktop`: runs the host suites in a downloaded desktop VS Code, for machines that can download it.
 * The last line says how many tests passed and failed.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { runTests } from '@vscode/test-electron';

import { bundleHostTests } from './hostBundle.ts';
import { type HostTestResult, resultsVariable } from './hostSuite.ts';
import { openHostScene } from './hostTier.ts';
import { repository } from './locations.mjs';
import { buildProduct } from './product.ts';
import { say } from './say.mjs';

/** Variables of the session that would lead the suites to real accounts. */
const removed = Object.keys(process.env).filter((name) => /^AWS_/iu.test(name));

async function runDesktopTests(folder: string): Promise<HostTestResult[]> {
  await buildProduct();
  const { file } = await bundleHostTests();
  const scene = await openHostScene();
  const resultsFile = path.join(folder, 'results.jsonl');
  let outcome = '';
  try {
    await runTests({
      version: process.env['VSCODE_VERSION'] ?? 'stable',
      extensionDevelopmentPath: repository,
      extensionTestsPath: file,
      launchArgs: [
        scene.workspace,
        '--disable-extensions',
        '--disable-workspace-trust',
        `--user-data-dir=${folder}`,
      ],
      extensionTestsEnv: {
        ...scene.env,
        [resultsVariable]: resultsFile,
        HOME: folder,
        USERPROFILE: folder,
      },
    });
  } catch (error) {
    outcome = error instanceof Error ? error.message : String(error);
  } finally {
    await scene.dispose();
  }
  const results = existsSync(resultsFile)
    ? readFileSync(resultsFile, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as HostTestResult)
    : [];
  if (results.length > 0 && (outcome === '' || results.some((result) => !result.ok))) return results;
  const error = outcome === '' ? 'No test ran.' : outcome;
  return [...results, { name: 'the desktop run', file: 'test/host', ok: false, ms: 0, error }];
}

for (const name of removed) delete process.env[name];
process.chdir(repository);
const folder = mkdtempSync(path.join(tmpdir(), 'sp-'));
const results = await runDesktopTests(folder).catch((error: unknown): HostTestResult[] => [
  { name: 'the desktop run', file: 'test/host', ok: false, ms: 0, error: String(error) },
]);
rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
const failed = results.filter((result) => !result.ok);
for (const { name, file, error } of failed) say(`\n  ✗ ${name}  (${file})\n${error ?? ''}\n`);
process.stdout.write(`${results.length - failed.length} passed, ${failed.length} failed\n`);
process.exit(failed.length === 0 ? 0 : 1);
