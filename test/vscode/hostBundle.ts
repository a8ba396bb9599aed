import { globSync } from 'node:fs';
import path from 'node:path';

import { build } from 'esbuild';

import { repository } from './locations.mjs';

/**
 * Bundles every `*.test.ts` of a folder into one file that exports `run()`, for VS Code's extension host.
 *
 * @param folder absolute path of the suites, default test/host
 * @returns absolute path of the bundle and the number of suites in it
 */
export async function bundleHostTests(
  folder: string = path.join(repository, 'test', 'host'),
): Promise<{ file: string; suites: number }> {
  const suites = globSync('**/*.test.ts', { cwd: folder }).toSorted();
  const framework = JSON.stringify(path.join(repository, 'test', 'vscode', 'hostSuite.ts'));
  const load = suites.map((suite) => {
    const file = path.join(folder, suite);
    const shown = path.relative(repository, file);
    return `inFile(${JSON.stringify(shown)}); require(${JSON.stringify(file)});`;
  });
  const outfile = path.join(repository, 'out', 'host-tests', 'index.cjs');
  await build({
    stdin: {
      contents: `import { inFile, run } from ${framework};\n${load.join('\n')}\nexport { run };`,
      resolveDir: repository,
      loader: 'ts',
    },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    external: ['vscode'],
    sourcemap: 'inline',
    // The suites may import files of src/ that ask for import.meta.url.
    define: { 'import.meta.url': '__importMetaUrl' },
    banner: { js: `const __importMetaUrl = require('node:url').pathToFileURL(__filename).href;` },
    mainFields: ['module', 'main'],
    logLevel: 'warning',
  });
  return { file: outfile, suites: suites.length };
}
