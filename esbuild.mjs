/**
 * Builds the extension: the host bundle (ESM, split so that the AWS SDK and the YAML parser are loaded only when needed),
 * the credential helper and the task launcher (one small file each), the webview scripts and the licences of what is in
 * them. `--production` minifies, `--watch` rebuilds on change.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
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

/** Licences that packages in the bundle may have. Any other fails the build, so that a person decides. */
const acceptedLicences = new Set(['0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD-3-Clause', 'ISC', 'MIT']);

/** The npm package in `folder`, with the text of its licence and notice files ('' when it ships none). */
async function readPackage(folder) {
  const { name, version, license } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
  if (!acceptedLicences.has(license)) throw new Error(`${name} ${version} has the licence ${license}.`);
  const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|notice)(\.|$)/i.test(file));
  const texts = await Promise.all(files.toSorted().map((file) => readFile(path.join(folder, file), 'utf8')));
  const text = texts.map((part) => part.replaceAll('\r\n', '\n').trim()).join('\n\n');
  return { label: `${name} ${version} (${license})`, license, text };
}

/**
 * The notices the licences of bundled packages ask for: every package with code in an output, under its licence.
 * A package without a licence file goes with one that has the same licence (AWS's nested clients).
 */
async function thirdPartyNotices(outputs) {
  const bundled = Object.values(outputs)
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([file]) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0])
    .filter((folder) => folder !== undefined);
  const packages = await Promise.all([...new Set(bundled)].toSorted().map(readPackage));
  const sections = new Map();
  for (const { label, license, text } of packages) {
    const terms = text || packages.find((other) => other.license === license && other.text)?.text || license;
    sections.set(terms, [...(sections.get(terms) ?? []), label]);
  }
  const line = '-'.repeat(80);
  return [
    'Stage Providers for AWS contains software of others, under these licences:\n',
    ...[...sections].map(([terms, labels]) => [line, ...labels, line, terms, ''].join('\n')),
  ].join('\n');
}

// Where the packager, which makes no folder, writes.
if (production) await mkdir('out', { recursive: true });
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
  await writeFile('dist/THIRD_PARTY_NOTICES.txt', await thirdPartyNotices(outputs));
  await writeFile('dist/meta.json', JSON.stringify({ inputs, outputs }));
}
