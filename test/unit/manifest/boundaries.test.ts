import assert from 'node:assert/strict';
import { globSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const root = path.resolve(import.meta.dirname, '../../..');

interface LintConfig {
  readonly overrides: readonly {
    readonly files: readonly string[];
    readonly rules: Readonly<Record<string, unknown>>;
  }[];
}

/** Folders whose imports are restricted one by one. */
function boundedFolders(): readonly string[] {
  const folders = (parent: string): readonly string[] =>
    readdirSync(path.join(root, parent), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `${parent}/${name}`);
  return folders('src').flatMap((folder) =>
    ['src/core', 'src/platform'].includes(folder) ? folders(folder) : [folder],
  );
}

void test('every layer and slice has its own list of forbidden imports', () => {
  const { overrides } = JSON.parse(readFileSync(path.join(root, '.oxlintrc.json'), 'utf8')) as LintConfig;
  for (const folder of boundedFolders()) {
    const own = overrides.filter(({ files }) => files.includes(`${folder}/**`));
    assert.ok(
      own.some(({ rules }) => rules['no-restricted-imports'] !== undefined),
      `${folder} has no override in .oxlintrc.json`,
    );
  }
});

void test('core, ui and protocol take time, chance and the machine as parameters', () => {
  const ambient = /\b(?:Date\.now|Math\.random|performance\.now|fetch)\(|\bnew Date\(\)|\bprocess\./;
  const found = globSync('src/{core,ui,protocol}/**/*.ts', { cwd: root }).flatMap((file) => {
    const text = readFileSync(path.join(root, file), 'utf8');
    return ambient.test(codeOf(text)) ? [file] : [];
  });
  assert.deepEqual(found, []);
});

/** A program without comments and texts; what a template literal computes stays. */
function codeOf(source: string): string {
  return source
    .replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*|'[^'\n]*'/gm, '')
    .replaceAll(/`(?:\\[\s\S]|[^`\\])*`/g, (literal) =>
      [...literal.matchAll(/(?<!\\)\$\{([^}]*)\}/g)].map(([, computed = '']) => computed).join(';'),
    );
}
