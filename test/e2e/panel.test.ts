import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { appendFile } from 'node:fs/promises';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import type { UserKeys } from '../aws/emulator.ts';
import {
  connectPage,
  connectTitle,
  identifyWithKeys,
  newConnectPage,
  type ConnectPage,
} from './connectPanel.ts';
import { eventually } from './eventually.ts';
import { savedState } from './savedState.ts';
import { openScene, type Scene } from './scene.ts';

const region = 'eu-west-1';

describe('The Connect panel', () => {
  let scene: Scene;
  let account = '';
  let nextAccount = 400_000_000_001;

  before(async () => {
    scene = await openScene();
  });
  after(() => scene.dispose());
  afterEach(() => {
    scene.aws.timing.stackSeconds = 3;
  });

  async function newcomer(): Promise<UserKeys> {
    account = String(nextAccount++);
    scene.aws.addAccount(account, `account ${account}`);
    return scene.aws.createUser(account, 'deployer');
  }

  /** A run whose stack is still being made. */
  async function creating(): Promise<ConnectPage> {
    const keys = await newcomer();
    const connect = await newConnectPage(scene.code);
    await identifyWithKeys(connect, keys);
    scene.aws.timing.stackSeconds = 600;
    await connect.click('Create access role');
    await connect.waitForText('CREATE_IN_PROGRESS');
    return connect;
  }

  /** Lets the stack be made and asserts that there is one, and that it is connected. */
  async function endsConnected(connect: ConnectPage): Promise<void> {
    scene.aws.clock.advance(600_000);
    await connect.waitForHeading('Connected', 60_000);
    const creations = scene.aws
      .calls()
      .filter(
        (call) => call.action === 'CreateStack' && call.accountId === account && call.error === undefined,
      );
    assert.equal(creations.length, 1);
    const used = creations[0]?.region ?? region;
    assert.equal((await scene.aws.stacks(account, used)).length, 1);
    assert.deepEqual(savedState(scene.server).pendingWork, []);
    const made = savedState(scene.server).providers.filter(
      (each) => each.kind === 'access-role' && each.accountId === account,
    );
    assert.equal(made.length, 1);
  }

  it('does the main job with the keyboard alone', async () => {
    const keys = await newcomer();
    const { page, code } = scene;
    const connect = await newConnectPage(code);
    const { frame } = connect;
    /** Moves the focus by Tab until it is on this control. */
    const tabTo = async (role: string, name: string): Promise<void> => {
      const focused = () =>
        frame.evaluate(() => {
          const element = document.activeElement as HTMLInputElement | null;
          const label =
            element?.labels?.[0]?.textContent ?? element?.getAttribute('aria-label') ?? element?.textContent;
          return `${element?.type ?? element?.tagName ?? ''} ${(label ?? '').replaceAll(/\s+/g, ' ').trim()}`;
        });
      for (let steps = 0; steps < 40; steps++) {
        const now = await focused();
        if (now.startsWith(`${role} ${name}`)) return;
        await page.keyboard.press('Tab');
      }
      assert.fail(`Tab never reached ${role} ${name}`);
    };

    await tabTo('radio', 'Access role (Quick Connect)');
    await tabTo('submit', 'Continue');
    await page.keyboard.press('Enter');
    await connect.waitForHeading('Who are you?');
    await frame.getByRole('radio').first().waitFor();
    await tabTo('radio', 'Access keys');
    await page.keyboard.press('Space');
    await tabTo('text', 'Access key ID');
    await page.keyboard.type(keys.accessKeyId);
    await page.keyboard.press('Tab');
    await page.keyboard.type(keys.secretAccessKey);
    await page.keyboard.press('Enter');
    await connect.waitForText('AWS says you are');
    await tabTo('button', 'Continue');
    await page.keyboard.press('Enter');
    await connect.waitForHeading('What role?');
    assert.equal(await frame.evaluate(() => document.activeElement?.id), 'step-heading');
    await tabTo('submit', 'Create access role');
    await page.keyboard.press('Space');
    await connect.waitForHeading('Connected', 60_000);
    await tabTo('button', 'Open terminal');
    await page.keyboard.press('Enter');
    await code.terminal.waitFor(/[$#] ?$/m);
    assert.ok((await code.terminal.names()).some((name) => name.includes(account)));
  });

  it('shows where the work stands after it was hidden behind another tab', async () => {
    await creating();
    await scene.code.openFile('serverless.yml');
    scene.aws.clock.advance(300_000);
    await scene.aws.waitForCall(({ action }) => action === 'DescribeStackEvents');
    await scene.page.locator('.part.editor .tab', { hasText: connectTitle }).click();
    const shown = await connectPage(scene.code, false);
    await shown.waitForHeading('Creating the access role');
    await shown.waitForText('AccessRole');
    assert.ok(!(await shown.text()).includes('Loading…'));
    await endsConnected(shown);
  });

  it('comes back to the work after it was closed', async () => {
    const connect = await creating();
    await scene.code.runCommand('View: Close Editor');
    await eventually(() => assert.ok(connect.frame.isDetached()));
    const opened = await connectPage(scene.code);
    await opened.waitForHeading('Creating the access role');
    await endsConnected(opened);
  });

  it('finishes by itself while it is closed', async () => {
    await creating();
    await scene.code.runCommand('View: Close Editor');
    scene.aws.clock.advance(600_000);
    await eventually(
      () =>
        assert.ok(
          savedState(scene.server).providers.some(
            (each) => each.kind === 'access-role' && each.accountId === account,
          ),
        ),
      30_000,
    );
    const opened = await connectPage(scene.code);
    await opened.waitForHeading('How do you want to connect?');
  });

  it('comes back at the right step after the window was reloaded midway', async () => {
    const connect = await creating();
    // The workbench writes down which editors are open some seconds after they change; before that, none come back.
    await editorsSaved();
    const calls = scene.aws.calls().length;
    await scene.code.reload();
    const restored = await connectPage(scene.code, false);
    await restored.waitForHeading('Creating the access role');
    await restored.waitForText('CREATE_IN_PROGRESS');
    assert.ok(scene.aws.calls().length > calls);
    assert.notEqual(restored.frame, connect.frame);
    await endsConnected(restored);
  });

  it('keeps what is being typed while snapshots arrive', async () => {
    const keys = await newcomer();
    const connect = await newConnectPage(scene.code);
    await identifyWithKeys(connect, keys);
    const name = connect.frame.getByLabel('Provider name');
    await name.fill('');
    const wanted = 'A rather long name of a provider';
    await typeWhileSnapshotsArrive(connect.frame, wanted);
    assert.equal(await name.inputValue(), wanted);
    await eventually(async () =>
      assert.equal(await connect.fact('Role'), 'stage-providers-A-rather-long-name-of-a-provider'),
    );
    assert.equal(await name.inputValue(), wanted);
  });

  /** Types letter by letter, slower than the page's pause, so that the host answers in between. */
  async function typeWhileSnapshotsArrive(frame: Frame, text: string): Promise<void> {
    const field = frame.getByLabel('Provider name');
    const half = Math.floor(text.length / 2);
    await field.pressSequentially(text.slice(0, half), { delay: 60 });
    // A change of the project makes the host send everything again, whatever the page is doing.
    await appendFile(path.join(scene.workspace, 'serverless.yml'), '\n# changed\n');
    await field.pressSequentially(text.slice(half, half + 4), { delay: 220 });
    await field.pressSequentially(text.slice(half + 4), { delay: 10 });
  }

  /** Waits until the workbench has saved the panel among the open editors. */
  async function editorsSaved(): Promise<void> {
    await eventually(async () => {
      const kept = await scene.page.evaluate(async () => {
        const ask = <T>(request: IDBRequest<T>): Promise<T> =>
          new Promise((resolve, reject) => {
            request.addEventListener('success', () => resolve(request.result));
            request.addEventListener('error', () => reject(request.error ?? new Error('IndexedDB')));
          });
        const texts: string[] = [];
        for (const { name } of await indexedDB.databases()) {
          if (name === undefined || !name.startsWith('vscode-web-state-db-')) continue;
          const database = await ask(indexedDB.open(name));
          const values = await ask(database.transaction('ItemTable').objectStore('ItemTable').getAll());
          texts.push(...values.map(String));
          database.close();
        }
        return texts.some((text) => text.includes('editorpart.state') && text.includes('connectPanel'));
      });
      assert.ok(kept, 'the panel is not among the saved editors yet');
    }, 30_000);
  }
});
