import assert from 'node:assert/strict';
import { commands, extensions, window } from 'vscode';
import { commands as ours, views } from '../../src/ui/manifest.ts';
import { test } from '../vscode/hostSuite.ts';

const id = 'stage-providers.stage-providers';

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
  };
}

function manifest(): Manifest {
  return extensions.getExtension(id)?.packageJSON as Manifest;
}

test('activates without an error', async () => {
  const extension = extensions.getExtension(id);
  assert.ok(extension, 'the extension is not installed');
  await extension.activate();
  assert.ok(extension.isActive);
});

test('every command of the manifest is registered', async () => {
  const registered = (await commands.getCommands(true)).filter((name) => name.startsWith('awsProviders.'));
  const contributed = manifest().contributes.commands.map(({ command }) => command);
  assert.ok(contributed.length >= 10);
  for (const command of contributed) assert.ok(registered.includes(command), `${command} is missing`);
  for (const command of Object.values(ours)) assert.ok(contributed.includes(command), command);
});

test('every view of the manifest can be shown', async () => {
  const contributed = Object.values(manifest().contributes.views).flatMap((list) =>
    list.map((view) => view.id),
  );
  assert.deepEqual(contributed.toSorted(), Object.values(views).toSorted());
  for (const view of contributed) await commands.executeCommand(`${view}.focus`);
});

test('a command that is given what does not exist starts nothing', async () => {
  const before = window.terminals.length;
  for (const target of ['no such stage', { stageId: 'no such stage' }]) {
    await commands.executeCommand(ours.openTerminal, target);
    await commands.executeCommand(ours.deployStage, target);
    await commands.executeCommand(ours.switchStage, target);
  }
  assert.equal(window.terminals.length, before);
});
