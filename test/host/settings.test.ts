import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { commands, ConfigurationTarget, window, workspace } from 'vscode';
import { stageId } from '../../src/core/stages/stageInstances.ts';
import { commands as ours, settings } from '../../src/ui/manifest.ts';
import { test } from '../vscode/hostSuite.ts';

const folder = (): string => workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';

/** Id of a stage of the sample service. */
const stage = (name: string): string => stageId(folder(), name);

test('every setting has the default that code counts on', () => {
  const configuration = workspace.getConfiguration();
  assert.deepEqual(configuration.get(settings.stages), {});
  assert.deepEqual(configuration.get(settings.deployCommand), []);
  assert.equal(configuration.get(settings.defaultProvider), '');
  assert.equal(configuration.get(settings.protectedConfirmation), 'type');
});

test('a workspace cannot make protected stages easier to change', async () => {
  const configuration = workspace.getConfiguration();
  await assert.rejects(async () =>
    configuration.update(settings.protectedConfirmation, 'click', ConfigurationTarget.Workspace),
  );
  assert.equal(configuration.inspect(settings.protectedConfirmation)?.workspaceValue, undefined);
});

test('a stage whose link leads nowhere starts nothing', async () => {
  const configuration = workspace.getConfiguration();
  const link = { dev: { account: '444455556666' } };
  await configuration.update(settings.stages, link, ConfigurationTarget.Workspace);
  try {
    const file = path.join(folder(), '.vscode', 'settings.json');
    assert.deepEqual(JSON.parse(await readFile(file, 'utf8')), { [settings.stages]: link });
    const before = window.terminals.length;
    await commands.executeCommand(ours.openTerminal, stage('dev'));
    await commands.executeCommand(ours.deployStage, stage('dev'));
    assert.equal(window.terminals.length, before);
  } finally {
    await configuration.update(settings.stages, undefined, ConfigurationTarget.Workspace);
  }
});

test('settings and projects that make no sense are survived', async () => {
  const configuration = workspace.getConfiguration();
  const config = path.join(folder(), 'serverless.yml');
  const whole = await readFile(config, 'utf8');
  try {
    for (const value of [{ dev: 7, '': { account: 'x' } }, { 'a/b/c@d': null }]) {
      await configuration.update(settings.stages, value, ConfigurationTarget.Workspace);
      await commands.executeCommand(ours.refresh);
    }
    for (const text of ['', '{{{', 'service: [', '\u0000\uFFFF', 'stages: *nowhere']) {
      await writeFile(config, text);
      await commands.executeCommand(ours.refresh);
    }
  } finally {
    await writeFile(config, whole);
    await configuration.update(settings.stages, undefined, ConfigurationTarget.Workspace);
  }
  await commands.executeCommand(ours.refresh);
  await commands.executeCommand(ours.switchStage, stage('uat'));
});
