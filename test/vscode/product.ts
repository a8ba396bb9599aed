import { existsSync } from 'node:fs';
import path from 'node:path';

import { runToEnd } from './commandTier.ts';
import { nodeBinary, repository, tool } from './locations.mjs';

/**
 * Builds the extension into dist/, from where it is run.
 *
 * @throws Error with the build's output
 */
export async function buildProduct(production = false): Promise<void> {
  const { code, output } = await runToEnd(nodeBinary(), [
    'esbuild.mjs',
    ...(production ? ['--production'] : []),
  ]);
  if (code !== 0) throw new Error(`The build failed:\n${output}`);
}

/**
 * Builds and packages the extension as `npm run package` does.
 *
 * @returns absolute path of the VSIX
 * @throws Error with the packager's output
 */
export async function packageProduct(): Promise<string> {
  await buildProduct(true);
  const file = path.join(repository, 'out', 'stage-providers.vsix');
  const { code, output } = await runToEnd(tool('vsce'), ['package', '--no-dependencies', '--out', file]);
  if (code !== 0 || !existsSync(file)) throw new Error(`vsce package failed:\n${output}`);
  return file;
}
