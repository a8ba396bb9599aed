import { readFileSync } from 'node:fs';

import type { Frame, Locator, Page } from 'playwright-core';

import { type Theme, themeName, workbenchReady } from './browser.ts';
import { type Notifications, notificationList } from './notifications.ts';
import { type QuickInput, quickInput } from './quickInput.ts';
import { type TerminalView, terminalView } from './terminalView.ts';
import { type TreeView, treeView } from './treeView.ts';
import type { VsCodeServer } from './vsCodeServer.ts';
import { webviewFrame } from './webviewFrame.ts';

/** An item of the status bar as a person reads it. */
export interface StatusBarItem {
  readonly locator: Locator;
  /** The visible text, without icons. */
  text(): Promise<string>;
  /** What a screen reader says: text and tooltip. */
  label(): Promise<string>;
  /** 'warning' or 'error' if it has that background, else 'plain'. */
  background(): Promise<'plain' | 'warning' | 'error'>;
  click(): Promise<void>;
}

/** A modal dialog. */
export interface Dialog {
  readonly locator: Locator;
  /** Message and detail. */
  text(): Promise<string>;
  buttons(): Promise<string[]>;
  click(button: string): Promise<void>;
}

/**
 * Drives one window of the real workbench the way a person does. Everything waits until what it needs is there, at
 * most Playwright's default timeout (30 s), and throws its TimeoutError otherwise.
 */
export interface Workbench {
  readonly page: Page;
  readonly quickInput: QuickInput;
  readonly notifications: Notifications;
  readonly terminal: TerminalView;
  /** Runs a command through the palette, by its full name, e.g. `AWS Providers: Diagnose Credentials`. */
  runCommand(name: string): Promise<void>;
  /** Whether the palette offers exactly this command now. */
  offersCommand(name: string): Promise<boolean>;
  /** Shows a container of the activity bar by its title. */
  openContainer(title: string): Promise<void>;
  /** A tree view of the open container by its title. */
  view(title: string): TreeView;
  /** The item of the status bar whose text or label contains this. */
  statusBarItem(text: string | RegExp): StatusBarItem;
  /** The content of the webview in the editor (or view) with this title. */
  webview(title: string): Promise<Frame>;
  /** Titles of the open editor tabs. */
  editorTabs(): Promise<string[]>;
  /** Opens a file of the workspace by its path relative to the workspace, through Quick Open. */
  openFile(relativePath: string): Promise<void>;
  /** Lines of the active text editor that are on screen. */
  editorLines(): Promise<string[]>;
  /** The modal dialog that is open. */
  dialog(): Dialog;
  /** Changes the theme through the theme picker. */
  setTheme(theme: Theme): Promise<void>;
  /** Changes user settings as a person does who edits settings.json; undefined removes one. */
  changeSettings(patch: Readonly<Record<string, unknown>>): Promise<void>;
  /** Reloads the window as a person does and waits until it is restored. */
  reload(): Promise<void>;
  /** Writes a PNG of the window. */
  screenshot(file: string): Promise<void>;
}

/** A page that shows the workbench of `server`, as a person sees it. */
export function workbench(page: Page, server: VsCodeServer): Workbench {
  const input = quickInput(page);
  const openPalette = async (text: string): Promise<void> => {
    await input.closeIfOpen();
    await page.keyboard.press('F1');
    await input.fill(`>${text}`);
  };
  const runCommand = async (name: string): Promise<void> => {
    await openPalette(name);
    await input.pick(name);
  };
  const statusBarItem = (text: string | RegExp): StatusBarItem => {
    const items = page.locator('.part.statusbar .statusbar-item');
    const byText = items.filter({ hasText: text });
    const locator = (
      typeof text === 'string'
        ? byText.or(items.and(page.locator(`[aria-label*=${JSON.stringify(text)}]`)))
        : byText
    ).first();
    return {
      locator,
      text: async () => (await locator.innerText()).trim(),
      label: async () => (await locator.getAttribute('aria-label')) ?? '',
      background: async () => {
        const classes = (await locator.getAttribute('class')) ?? '';
        if (classes.includes('error-kind')) return 'error';
        return classes.includes('warning-kind') ? 'warning' : 'plain';
      },
      click: () => locator.locator('.statusbar-item-label').click(),
    };
  };

  return {
    page,
    quickInput: input,
    notifications: notificationList(page),
    terminal: terminalView(page),
    runCommand,
    offersCommand: async (name) => {
      await openPalette(name);
      await input.settled();
      const offered = (await input.items()).some((item) => item.label === name);
      await page.keyboard.press('Escape');
      return offered;
    },
    openContainer: async (title) => {
      const tab = page.locator(
        `.part.activitybar .action-item:has(> a[aria-label^=${JSON.stringify(title)}])`,
      );
      // A second click on the icon of the open container would close the side bar.
      const open = async (): Promise<boolean> =>
        ((await tab.getAttribute('class')) ?? '').includes('checked') &&
        (await page.locator('.part.sidebar').isVisible());
      await tab.first().waitFor();
      if (!(await open())) await tab.locator('a').click();
      await page.locator('.part.sidebar .composite.title', { hasText: title }).waitFor();
    },
    view: (title) => treeView(page, title),
    statusBarItem,
    webview: (title) => webviewFrame(page, title),
    editorTabs: async () => {
      // A file's name and ending may be two elements, and a description may follow.
      const tabs = page.locator('.part.editor .tabs-container .tab');
      return tabs.evaluateAll((elements) =>
        elements.map((tab) => {
          const parts = [...tab.querySelectorAll('.label-name, .label-suffix')];
          return parts
            .map((part) => part.textContent)
            .join('')
            .trim();
        }),
      );
    },
    openFile: async (relativePath) => {
      await input.closeIfOpen();
      await page.keyboard.press('Control+P');
      await input.fill(relativePath);
      await input.settled();
      await input.accept();
      const name = relativePath.split('/').at(-1) ?? relativePath;
      await page.locator('.part.editor .tab.active', { hasText: name }).waitFor();
    },
    editorLines: async () => {
      const lines = await page.locator('.part.editor .editor-instance .view-line').all();
      const placed = await Promise.all(
        lines.map(async (line) => ({
          top: (await line.boundingBox())?.y ?? 0,
          // The editor writes non-breaking spaces.
          text: ((await line.textContent()) ?? '').replaceAll('\u00A0', ' '),
        })),
      );
      return placed.toSorted((a, b) => a.top - b.top).map((line) => line.text);
    },
    dialog: () => {
      const locator = page.locator('.monaco-dialog-box');
      return {
        locator,
        text: () => locator.locator('.dialog-message-container').innerText(),
        buttons: async () => {
          await locator.waitFor();
          return locator.locator('.dialog-buttons .monaco-button').allInnerTexts();
        },
        click: async (button) => {
          await locator.getByRole('button', { name: button, exact: true }).click();
          await locator.waitFor({ state: 'hidden' });
        },
      };
    },
    setTheme: async (theme) => {
      const { label } = themeName(server, theme);
      await runCommand('Preferences: Color Theme');
      await input.fill(label);
      await input.pick(label);
      const kind = { dark: 'vs-dark', light: 'vs', highContrast: 'hc-black', highContrastLight: 'hc-light' };
      await page.locator(`.monaco-workbench.${kind[theme]}`).waitFor();
    },
    changeSettings: async (patch) => {
      const before = JSON.parse(readFileSync(server.settingsFile, 'utf8')) as Record<string, unknown>;
      await runCommand('Preferences: Open User Settings (JSON)');
      const tab = page.locator('.part.editor .tab.active', { hasText: 'settings.json' });
      await tab.waitFor();
      await page.locator('.part.editor .editor-instance .view-lines').last().click();
      await page.keyboard.press('Control+A');
      await page.keyboard.insertText(JSON.stringify({ ...before, ...patch }, null, 2));
      await page.keyboard.press('Control+S');
      await page.locator('.part.editor .tab.active.dirty').waitFor({ state: 'hidden' });
      await tab.locator('.tab-actions .action-label').click();
      await tab.waitFor({ state: 'hidden' });
    },
    reload: async () => {
      await page.reload();
      await workbenchReady(page);
    },
    screenshot: async (file) => {
      await page.screenshot({ path: file });
    },
  };
}
