import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ACCOUNTS } from '../aws/emulator.ts';
import type { Theme } from '../vscode/browser.ts';
import { repository } from '../vscode/locations.mjs';
import { accessibilityProblems, overflowing } from './accessibility.ts';
import { connectTitle, newConnectPage, submitKeys, type ConnectPage } from './connectPanel.ts';
import { openScene, type Scene } from './scene.ts';

const folder = path.join(repository, 'out', 'screenshots');
const themes: readonly Theme[] = ['dark', 'light', 'highContrast', 'highContrastLight'];
const bodyClasses = {
  dark: 'vscode-dark',
  light: 'vscode-light',
  highContrast: 'vscode-high-contrast:not(.vscode-high-contrast-light)',
  highContrastLight: 'vscode-high-contrast-light',
} as const;
const wide = { width: 1280, height: 900 };

/** Every screen of the main job in every theme: pictures to look at, and what a machine can judge of them. */
describe('Looks', () => {
  let scene: Scene;
  let connect: ConnectPage;
  let theme: Theme = 'dark';

  before(async () => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    scene = await openScene({ window: { theme, size: wide } });
    await scene.code.openContainer('AWS Providers');
  });
  after(() => scene.dispose());

  const shot = (name: string): Promise<void> => scene.code.screenshot(path.join(folder, `${name}.png`));

  /** Goes through the themes, starting with the one that is on. */
  async function inEachTheme(act: (theme: Theme) => Promise<void>): Promise<void> {
    for (const next of [theme, ...themes.filter((each) => each !== theme)]) {
      if (next !== theme) await scene.code.setTheme(next);
      theme = next;
      await act(theme);
    }
  }

  /** The panel as it is now: pictures and problems in every theme, and at a width of 400 px. */
  async function look(name: string): Promise<void> {
    const problems: string[] = [];
    await inEachTheme(async (theme) => {
      await connect.frame.locator(`body.${bodyClasses[theme]}`).waitFor();
      await shot(`connect-${name}-${theme}`);
      const icon = await tabIcon();
      if (!icon.includes(theme.toLowerCase().includes('light') ? 'panel-light' : 'panel-dark'))
        problems.push(`${theme}: the tab has the icon ${icon}`);
      for (const problem of await accessibilityProblems(connect.frame)) problems.push(`${theme}: ${problem}`);
    });
    await atWidth(400, async () => {
      await shot(`connect-${name}-400px`);
      for (const element of await overflowing(connect.frame)) problems.push(`400 px: ${element}`);
    });
    assert.deepEqual(problems, []);
  }

  function tabIcon(): Promise<string> {
    return scene.page.locator('.part.editor .tab.active').evaluate((tab) =>
      [tab, ...tab.querySelectorAll('*')]
        .flatMap((element) => [undefined, '::before'].map((part) => getComputedStyle(element, part)))
        .map(({ backgroundImage, content }) => `${backgroundImage} ${content}`)
        .filter((text) => text.includes('url('))
        .join(),
    );
  }

  /** Gives the panel this width by the size of the window, without the side bar. */
  async function atWidth(width: number, act: () => Promise<void>): Promise<void> {
    const { page, code } = scene;
    const inner = (): Promise<number> => connect.frame.evaluate(() => window.innerWidth);
    await code.runCommand('View: Close Primary Side Bar');
    await page.locator('.part.sidebar').waitFor({ state: 'hidden' });
    await page.setViewportSize({ width: wide.width - (await inner()) + width, height: wide.height });
    await connect.frame.waitForFunction((wanted) => Math.abs(window.innerWidth - wanted) < 4, width);
    await act();
    await page.setViewportSize(wide);
    await code.openContainer('AWS Providers');
  }

  it('views and status bar without a provider', async () => {
    await scene.code.view('Stages').waitForRow('dev');
    await inEachTheme((theme) => shot(`views-empty-${theme}`));
  });

  it('method', async () => {
    connect = await newConnectPage(scene.code);
    await look('1-method');
  });

  it('keys, wrong and right', async () => {
    const keys = await scene.aws.createUser(ACCOUNTS.dev, 'deployer');
    await submitKeys(connect, { ...keys, secretAccessKey: 'short' });
    await look('2-keys-malformed');
    await connect.enterKeys({ ...keys, secretAccessKey: 'w'.repeat(40) });
    await connect.notice();
    await look('2-keys-refused');
    await connect.enterKeys(keys);
    await connect.waitForText('AWS says you are');
    await look('2-keys-known');
  });

  it('role', async () => {
    await connect.click('Continue');
    await connect.waitForHeading('What role?');
    await look('3-role');
    await connect.frame.getByRole('radio', { name: 'Advanced' }).check();
    await connect.frame.getByLabel('Role name').waitFor();
    await look('3-role-advanced');
    await connect.frame.getByRole('radio', { name: 'Simple' }).check();
  });

  it('a stack in the making, and one that failed', async () => {
    const { clock, faults, timing } = scene.aws;
    const reason = 'Cannot exceed quota for RolesPerAccount: 1000';
    const restore = faults.failResource({ type: 'AWS::IAM::Role', reason });
    timing.stackSeconds = 600;
    await connect.click('Create access role');
    await connect.waitForText('CREATE_IN_PROGRESS');
    await look('4-create');
    clock.advance(1_200_000);
    await connect.notice();
    restore();
    await look('4-failed');
  });

  it('verification', async () => {
    const { timing } = scene.aws;
    timing.stackSeconds = 1;
    timing.propagationSeconds = 900;
    await connect.click('Retry');
    await connect.waitForText(/AWS is making the new role known/);
    await look('5-verify');
  });

  it('done', async () => {
    scene.aws.clock.advance(900_000);
    await connect.waitForHeading('Connected', 60_000);
    await look('6-done');
  });

  it('views and status bar with a provider, down to the narrowest side bar', async () => {
    const { code, page } = scene;
    await code.runCommand('View: Close All Editors');
    await code.view('Stages').expand('dev');
    await code.view('Providers').waitForRow('shop dev');
    await code.view('Providers').action('shop dev', 'Test Provider');
    await code.notifications.waitFor(/works: account/);
    await code.notifications.clear();
    await inEachTheme((theme) => shot(`views-linked-${theme}`));

    const bar = await page.locator('.part.sidebar').boundingBox();
    assert.ok(bar !== null);
    const edge = { x: bar.x + bar.width, y: bar.y + 500 };
    await page.mouse.move(edge.x, edge.y);
    await page.mouse.down();
    await page.mouse.move(bar.x + 172, edge.y, { steps: 5 });
    await page.mouse.up();
    await shot('views-narrow');
    await code.statusBarItem(/shop dev/).locator.hover();
    await page.locator('.monaco-hover').first().waitFor();
    await shot('status-bar-hover');
    assert.ok(!(await code.editorTabs()).includes(connectTitle));
  });
});
