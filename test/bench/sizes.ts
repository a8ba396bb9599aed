import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { repository } from '../vscode/locations.mjs';
import { say } from '../vscode/say.mjs';
import { figure, type Row } from './row.ts';
import { readZipNames } from './zip.ts';

/** What esbuild says about one file it wrote (`dist/meta.json`). */
interface Output {
  readonly bytes: number;
  readonly imports: readonly { readonly path: string; readonly kind: string; readonly external?: boolean }[];
  readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>>;
  readonly entryPoint?: string;
}

type Outputs = Readonly<Record<string, Output>>;

/** What may be in the package, and nothing else. */
const packaged = [
  /^\[Content_Types\]\.xml$/,
  /^extension\.vsixmanifest$/,
  /^extension\/(package(\.nls(\.[\w-]+)?)?\.json|readme\.md|changelog\.md|LICENSE\.txt)$/,
  /^extension\/dist\/(extension\.js|helper\.cjs|launch\.cjs|THIRD_PARTY_NOTICES\.txt)$/,
  /^extension\/dist\/chunks\/[\w.-]+-[A-Z\d]{8}\.js$/,
  /^extension\/dist\/webview\/\w+\.js$/,
  /^extension\/media\/[\w/-]+\.(png|svg|css|md)$/,
  /^extension\/l10n\/bundle\.l10n[\w.-]*\.json$/,
];

/** @returns the files esbuild wrote, by path relative to the repository, of the production build in `dist` */
export async function loadOutputs(): Promise<Outputs> {
  const text = await readFile(path.join(repository, 'dist', 'meta.json'), 'utf8');
  return (JSON.parse(text) as { outputs: Outputs }).outputs;
}

/** Chunks that come only with what `src/platform/aws` imports: the SDK, and our few lines around it. */
export function awsChunks(outputs: Outputs): readonly string[] {
  const withEntry = reachable(outputs, ['dist/extension.js'], ['import-statement']);
  const doors = Object.keys(outputs).filter((name) =>
    outputs[name]?.entryPoint?.startsWith('src/platform/aws/'),
  );
  return [...reachable(outputs, doors, ['import-statement', 'dynamic-import'])].filter(
    (name) => !withEntry.has(name),
  );
}

/**
 * Sizes of what was built and packaged.
 *
 * @param vsix absolute path of the package made from the production build in `dist`
 */
export async function sizes(vsix: string): Promise<readonly Row[]> {
  const outputs = await loadOutputs();
  const total = (names: Iterable<string>): number =>
    [...names].reduce((sum, name) => sum + (outputs[name]?.bytes ?? 0), 0);
  const entry = reachable(outputs, ['dist/extension.js'], ['import-statement']);
  const aws = awsChunks(outputs);
  const awsInEntry = [...entry].filter((name) =>
    Object.keys(outputs[name]?.inputs ?? {}).some((input) =>
      /node_modules\/(@aws-sdk|@smithy|yaml)\//.test(input),
    ),
  );
  const panels = Object.keys(outputs).filter((name) => /^dist\/webview\/.*\.js$/.test(name));
  const names = readZipNames(await readFile(vsix));
  const foreign = names.filter((name) => !packaged.some((pattern) => pattern.test(name)));
  for (const name of foreign) say(`Does not belong into the package: ${name}`);
  return [
    figure('entry chunk with all it imports at once', total(entry), 'bytes', 150_000),
    figure('entry chunk: files of the AWS SDK or the YAML parser in it', awsInEntry.length, 'count', 0),
    figure('all AWS SDK chunks', total(aws), 'bytes', 500_000),
    ...panels.map((name) => figure(`panel script ${path.basename(name)}`, total([name]), 'bytes', 120_000)),
    figure('VSIX', (await stat(vsix)).size, 'bytes', 1_000_000),
    figure('VSIX: files that do not belong into it', foreign.length, 'count', 0),
    figure('VSIX: files', names.length, 'count'),
  ];
}

function reachable(outputs: Outputs, from: readonly string[], kinds: readonly string[]): ReadonlySet<string> {
  const found = new Set(from);
  for (const name of found) {
    for (const { path: target, kind, external } of outputs[name]?.imports ?? []) {
      if (external !== true && kinds.includes(kind) && outputs[target]) found.add(target);
    }
  }
  return found;
}
