import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { type BrowserContext, type Page, chromium } from 'playwright-core';

import { cleanEnvironment } from './cleanEnvironment.ts';
import { locations } from './locations.mjs';
import type { VsCodeServer } from './vsCodeServer.ts';

/** VS Code's built-in default themes: the name in the settings, then the one in the theme picker. */
const themeNames = {
  newest: { dark: ['Dark 2026', 'Dark 2026'], light: ['Light 2026', 'Light 2026'] },
  oldest: { dark: ['Default Dark Modern', 'Dark Modern'], light: ['Default Light Modern', 'Light Modern'] },
  either: {
    highContrast: ['Default High Contrast', 'Dark High Contrast'],
    highContrastLight: ['Default High Contrast Light', 'Light High Contrast'],
  },
} as const;

export type Theme = 'dark' | 'light' | 'highContrast' | 'highContrastLight';

/** The names of a theme in a server's VS Code: `setting` is for `workbench.colorTheme`, `label` is what people see. */
export function themeName(server: VsCodeServer, theme: Theme): { setting: string; label: string } {
  const [setting, label] = { ...themeNames[server.options.edition ?? 'newest'], ...themeNames.either }[theme];
  return { setting, label };
}

/** How a window looks and what it opens. Sizes in CSS pixels. */
export interface WindowOptions {
  theme?: Theme;
  size?: { width: number; height: number };
  /** Folder to open instead of the server's workspace; null: an empty window. */
  folder?: string | null;
  /** Absolute path of a built host suite that the extension host is to run. */
  testsPath?: string;
  /** Called before the page loads, e.g. to expose functions to it. */
  prepare?: (page: Page) => Promise<void>;
  /** false: return as soon as the address is open, before the workbench is. Default true. */
  ready?: boolean;
}

/** One person's browser profile: pages of one profile share SecretStorage and other browser state. */
export interface BrowserUser {
  readonly context: BrowserContext;
  openWindow(server: VsCodeServer, options?: WindowOptions): Promise<Page>;
  close(): Promise<void>;
}

/** A running Chromium. */
export interface TestBrowser {
  newUser(): Promise<BrowserUser>;
  /** Opens a window of the first user, who is made when needed. */
  openWindow(server: VsCodeServer, options?: WindowOptions): Promise<Page>;
  dispose(): Promise<void>;
}

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-features=CalculateNativeWinOcclusion,Translate',
];

/** The 32 bytes with which the workbench seals SecretStorage in localStorage; real servers keep them in a file. */
const sealingKey = Buffer.from('stage-providers-test-sealing-key');

/**
 * Starts Chromium with a HOME and profile of its own.
 *
 * @param options.headless default true
 * @throws Error if set-up has not run
 */
export async function launchBrowser(options: { headless?: boolean } = {}): Promise<TestBrowser> {
  const { chromium: executablePath } = locations();
  const home = await mkdtemp(path.join(tmpdir(), 'stage-providers-browser-'));
  const display = process.env['DISPLAY'];
  const extra = options.headless === false && display !== undefined ? { DISPLAY: display } : {};
  const browser = await chromium.launch({
    executablePath,
    headless: options.headless ?? true,
    args: flags,
    env: cleanEnvironment({ home, extra }),
  });

  const newUser = async (): Promise<BrowserUser> => {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    // server-main.js has no such route; without it the workbench forgets its secrets at each reload.
    await context.route('**/mint-key', (route) => route.fulfill({ status: 200, body: sealingKey }));
    return {
      context,
      openWindow: (server, windowOptions) => openWindow(context, server, windowOptions ?? {}),
      close: () => context.close(),
    };
  };
  let firstUser: Promise<BrowserUser> | undefined;
  return {
    newUser,
    openWindow: async (server, windowOptions) => {
      firstUser ??= newUser();
      return (await firstUser).openWindow(server, windowOptions);
    },
    dispose: async () => {
      await browser.close();
      await rm(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}

async function openWindow(
  context: BrowserContext,
  server: VsCodeServer,
  options: WindowOptions,
): Promise<Page> {
  if (options.theme !== undefined) {
    server.changeSettings({ 'workbench.colorTheme': themeName(server, options.theme).setting });
  }
  const page = await context.newPage();
  if (options.size !== undefined) await page.setViewportSize(options.size);
  await options.prepare?.(page);
  const folder = options.folder === undefined ? server.options.workspace : (options.folder ?? undefined);
  const payload =
    options.testsPath === undefined
      ? []
      : ([['extensionTestsPath', server.remoteUri(options.testsPath)]] as const);
  await page.goto(server.address(folder, payload));
  if (options.ready !== false) await workbenchReady(page);
  return page;
}

/**
 * Waits until the workbench of a page is restored. What an extension contributes by running comes later.
 *
 * @throws TimeoutError of Playwright after 60 s
 */
export async function workbenchReady(page: Page): Promise<void> {
  await page
    .locator('.monaco-workbench .part.statusbar .statusbar-item')
    .first()
    .waitFor({ timeout: 60_000 });
  await page.waitForFunction(
    () => performance.getEntriesByName('code/didStartWorkbench').length > 0,
    undefined,
    {
      timeout: 60_000,
    },
  );
}
