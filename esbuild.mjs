/**
 * Builds the extension: the host bundle (ESM, split so that the AWS SDK and the YAML parser are loaded only when needed),
 * the credential helper and the task launcher (one small file each) and the webview scripts.
 * `--production` minifies, `--watch` rebuilds on change.
 */
import { rm, writeFile } from 'node:fs/promises';
import * as esbuild from 'esbuild';

const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');

const shared = {
  bundle: true,
  minify: production,
  sourcemap: production ? false : 'linked',
  logLevel: 'warning',
  legalComments: 'none',
  metafile: true,
};

const builds = [
  {
    ...shared,
    entryPoints: { extension: 'src/extension.ts' },
    outdir: 'dist',
    format: 'esm',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    platform: 'node',
    target: 'node22',
    mainFields: ['module', 'main'],
    external: ['vscode'],
    // For CommonJS inside the bundle: `yaml` calls require, `write-file-atomic` wants __filename.
    banner: {
      js: [
        "import { createRequire } from 'node:module';",
        'const require = createRequire(import.meta.url);',
        'const __filename = import.meta.filename;',
      ].join(' '),
    },
  },
  {
    ...shared,
    entryPoints: { helper: 'src/platform/node/helper.ts', launch: 'src/platform/node/launcher.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    sourcemap: false,
  },
  {
    ...shared,
    entryPoints: { connect: 'src/webview/connect/main.ts' },
    outdir: 'dist/webview',
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
  },
];

await rm('dist', { recursive: true, force: true });
if (watch) {
  for (const build of builds) await (await esbuild.context(build)).watch();
} else {
  const inputs = {};
  const outputs = {};
  for (const build of builds) {
    const { metafile } = await esbuild.build(build);
    Object.assign(inputs, metafile.inputs);
    Object.assign(outputs, metafile.outputs);
  }
  await writeFile('dist/meta.json', JSON.stringify({ inputs, outputs }));
}
