import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import * as declared from '../../../src/ui/manifest.ts';
import { flagsOfRows, whenClauses, whenKeys, type PackageManifest } from './packageManifest.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const manifest = JSON.parse(read('package.json')) as PackageManifest;
const texts = JSON.parse(read('package.nls.json')) as Readonly<Record<string, string>>;
const { contributes } = manifest;
const clauses = whenClauses(contributes);

const sorted = (items: Iterable<string>): string[] => [...new Set(items)].toSorted();
const sameSet = (actual: Iterable<string>, expected: Iterable<string>): void => {
  assert.deepEqual(sorted(actual), sorted(expected));
};

void describe('package.json and src/ui/manifest.ts say the same', () => {
  void test('commands', () => {
    sameSet(
      contributes.commands.map(({ command }) => command),
      Object.values(declared.commands),
    );
  });

  void test('views and their container', () => {
    sameSet(
      Object.values(contributes.views).flatMap((views) => views.map(({ id }) => id)),
      Object.values(declared.views),
    );
    assert.deepEqual(Object.keys(contributes.views), [declared.viewContainer]);
    assert.deepEqual(
      contributes.viewsContainers.activitybar.map(({ id }) => id),
      [declared.viewContainer],
    );
  });

  void test('settings', () => {
    sameSet(Object.keys(contributes.configuration.properties), Object.values(declared.settings));
  });

  void test('panels are restored after a reload', () => {
    const prefix = 'onWebviewPanel:';
    const restored = manifest.activationEvents.filter((event) => event.startsWith(prefix));
    sameSet(
      restored.map((event) => event.slice(prefix.length)),
      Object.values(declared.panels),
    );
  });

  void test('the task type', () => {
    assert.deepEqual(
      contributes.taskDefinitions.map(({ type }) => type),
      [declared.taskType],
    );
  });

  void test('context keys: each is used in a when clause, and no other is', () => {
    const own = clauses.flatMap(whenKeys).filter((key) => key.startsWith(`${declared.viewContainer}.`));
    const views: readonly string[] = Object.values(declared.views);
    sameSet(
      own.filter((key) => !views.includes(key)),
      Object.values(declared.contextKeys),
    );
  });
});

void describe('when clauses', () => {
  const fromVsCode = ['view', 'viewItem', 'workspaceFolderCount', 'isWorkspaceTrusted'];

  void test('know only our keys, our views and those of VS Code', () => {
    const known = [
      ...fromVsCode,
      ...Object.values(declared.views),
      ...Object.values(declared.contextKeys),
    ] as string[];
    for (const clause of clauses) {
      for (const key of whenKeys(clause)) assert.ok(known.includes(key), `${key} in “${clause}”`);
    }
  });

  void test('ask only for row kinds and flags that the code of the rows documents', () => {
    const flags = flagsOfRows([read('src/ui/tree/stageRows.ts'), read('src/ui/tree/providerRows.ts')]);
    assert.ok(flags.has('stage') && flags.has('provider'));
    for (const clause of clauses.filter((each) => each.includes('viewItem'))) {
      const asked = [...clause.matchAll(/viewItem (?<test>=~ \/(?<start>[\^;])(?<word>[\w-]+);\/)?/g)];
      let kind: string | undefined;
      for (const { groups } of asked) {
        assert.ok(
          groups?.['test'] !== undefined,
          `Only =~ /^kind;/ and =~ /;flag;/ are understood: ${clause}`,
        );
        const { start, word = '' } = groups;
        if (start === '^') {
          kind = word;
          assert.ok(flags.has(word), `No row is of the kind ${word}: ${clause}`);
        } else {
          assert.ok(kind !== undefined, `A flag belongs to a kind: ${clause}`);
          assert.ok(flags.get(kind)?.has(word), `Rows of the kind ${kind} have no flag ${word}: ${clause}`);
        }
      }
    }
  });

  void test('at most two inline icons stand on any row', () => {
    const inline = contributes.menus['view/item/context'].filter(({ group }) => group.startsWith('inline'));
    const perKind = Map.groupBy(inline, ({ when }) => /\/\^([\w-]+);\//.exec(when)?.[1]);
    for (const [kind, items] of perKind) {
      const linked = items.filter(({ when }) => !when.includes(';unlinked;'));
      assert.ok(linked.length <= 2, `${kind}: ${linked.map(({ command }) => command).join(', ')}`);
    }
  });
});

void describe('texts and files', () => {
  const keys = [...JSON.stringify(manifest).matchAll(/"%([^"%]+)%"/g)].map(([, key = '']) => key);

  void test('every %key% has its text, and every text is used', () => {
    sameSet(keys, Object.keys(texts));
  });

  void test('links in texts lead to commands that exist', () => {
    for (const text of Object.values(texts)) {
      for (const [, id = ''] of text.matchAll(/\(command:([\w.]+)/g)) {
        if (!id.startsWith('workbench.'))
          assert.ok(Object.values<string>(declared.commands).includes(id), id);
      }
    }
  });

  void test('every command has a title of its own and the common category', () => {
    for (const { command, title, category } of contributes.commands) {
      assert.equal(title, `%${command.replace(declared.viewContainer, 'command')}%`);
      assert.equal(category, '%category%');
    }
  });

  void test('menus name commands that exist', () => {
    const ids: readonly string[] = Object.values(declared.commands);
    for (const { command } of Object.values(contributes.menus).flat())
      assert.ok(ids.includes(command), command);
  });

  void test('icons are there', () => {
    const files = JSON.stringify(manifest).matchAll(/"(media\/[^"]+)"/g);
    for (const [, file = ''] of files) assert.ok(existsSync(path.join(root, file)), file);
  });
});

void describe('what VS Code is promised', () => {
  const { properties } = contributes.configuration;

  void test('@types/vscode is of the oldest VS Code that engines allows', () => {
    const types = manifest.devDependencies['@types/vscode'];
    assert.equal(manifest.engines.vscode, `^${types}`);
  });

  void test('the code that runs on deploy cannot come from an untrusted workspace', () => {
    const { untrustedWorkspaces } = manifest.capabilities;
    assert.equal(untrustedWorkspaces.supported, 'limited');
    assert.ok(untrustedWorkspaces.restrictedConfigurations.includes(declared.settings.deployCommand));
    for (const key of untrustedWorkspaces.restrictedConfigurations) assert.ok(properties[key], key);
  });

  void test('no workspace can weaken the question before a protected stage', () => {
    assert.equal(properties[declared.settings.protectedConfirmation]?.scope, 'application');
  });

  void test('every setting has a scope, a default and a description', () => {
    for (const [key, { scope, default: value, markdownDescription }] of Object.entries(properties)) {
      assert.ok(scope !== undefined && value !== undefined && markdownDescription !== undefined, key);
    }
  });

  void test('it runs where the workspace is, and starts without being asked', () => {
    assert.deepEqual(manifest.extensionKind, ['workspace']);
    assert.equal(manifest.capabilities.virtualWorkspaces.supported, false);
    assert.ok(manifest.activationEvents.includes('onStartupFinished'));
  });
});

void test('the settings table of the README is that of package.json', () => {
  const { restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
  const rows = [...read('README.md').matchAll(/^\| `(awsProviders\.\w+)`(.*)\|$/gm)];
  const documented = rows.map(([, key = '', cells = '']) => {
    const [, type, value, scope, restricted] = cells.split('|').map((cell) => cell.trim());
    return { key, type, value, scope, restricted };
  });
  const actual = Object.entries(contributes.configuration.properties).map(([key, setting]) => ({
    key,
    type: setting.enum?.map((option) => `\`${option}\``).join(' or ') ?? setting.type,
    value: `\`${JSON.stringify(setting.default)}\``,
    scope: setting.scope,
    restricted: restrictedConfigurations.includes(key) ? 'yes' : 'no',
  }));
  assert.deepEqual(documented, actual);
});
