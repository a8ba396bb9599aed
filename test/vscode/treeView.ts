import type { Locator, Page } from 'playwright-core';

import { escapeRegExp } from './quickInput.ts';

/** A row of a tree as it looks. `depth` starts at 0; `expanded` is undefined for a leaf. */
export interface TreeRow {
  label: string;
  description: string;
  depth: number;
  expanded: boolean | undefined;
  /** What a screen reader says, which includes the tooltip. */
  ariaLabel: string;
  /** The product icon's name (`codicon` without its prefix) or 'image'. */
  icon: string;
}

/** One tree view of the side bar. Rows are named by their label, or by the path of labels that leads to them. */
export interface TreeView {
  readonly locator: Locator;
  /** All visible rows from top to bottom, including those that must be scrolled to. */
  rows(): Promise<TreeRow[]>;
  /** The same as indented text, for comparing: `  label — description`. */
  text(): Promise<string>;
  /** Waits until a row with this label is on screen. */
  waitForRow(label: string | RegExp, timeout?: number): Promise<Locator>;
  click(label: string | RegExp): Promise<void>;
  expand(label: string | RegExp): Promise<void>;
  collapse(label: string | RegExp): Promise<void>;
  /** Names of a row's inline icons. */
  actions(label: string | RegExp): Promise<string[]>;
  /** Clicks an inline icon of a row. */
  action(label: string | RegExp, name: string): Promise<void>;
  /** Opens a row's context menu. @returns the names in it */
  menu(label: string | RegExp): Promise<string[]>;
  /** Chooses from a row's context menu. */
  chooseFromMenu(label: string | RegExp, name: string): Promise<void>;
  /** Clicks an icon of the view's title bar. */
  toolbar(name: string): Promise<void>;
  /** Text of the welcome content that an empty view shows. */
  welcome(): Promise<string>;
  welcomeButtons(): Promise<string[]>;
  clickWelcome(button: string): Promise<void>;
}

/** The tree view with this title in the open container. */
export function treeView(page: Page, title: string): TreeView {
  const header = page.locator(`.pane-header[aria-label^=${JSON.stringify(`${title} Section`)}]`);
  const pane = page.locator('.pane', { has: header });
  const list = pane.locator('.pane-body .monaco-list').first();
  const allRows = pane.locator(
    '.pane-body .monaco-list-rows > .monaco-list-row:not(.monaco-tree-sticky-row)',
  );
  const rowLocator = (label: string | RegExp): Locator => {
    const text = typeof label === 'string' ? new RegExp(`^\\s*${escapeRegExp(label)}\\s*$`, 'u') : label;
    return allRows.filter({ has: page.locator('.label-name').filter({ hasText: text }) }).first();
  };

  const open = async (): Promise<void> => {
    await header.waitFor();
    if ((await header.getAttribute('aria-expanded')) === 'false') await header.click();
  };
  const onScreen = (): Promise<Array<TreeRow & { index: number }>> =>
    allRows.evaluateAll((elements) =>
      elements.map((element) => {
        const text = (selector: string): string => element.querySelector(selector)?.textContent?.trim() ?? '';
        const expanded = element.getAttribute('aria-expanded');
        const icon = element.querySelector('.custom-view-tree-node-item-icon');
        const codicon = /codicon-(?<name>[\w-]+)/u.exec(icon?.className ?? '')?.groups?.['name'];
        return {
          index: Number(element.getAttribute('data-index')),
          label: text('.label-name'),
          description: text('.label-description'),
          depth: Number(element.getAttribute('aria-level')) - 1,
          expanded: expanded === null ? undefined : expanded === 'true',
          ariaLabel: element.getAttribute('aria-label') ?? '',
          icon: codicon ?? (icon === null ? '' : 'image'),
        };
      }),
    );
  /** Turns the mouse wheel (1 down, -1 up) and waits until other rows are drawn; at an end they stay (0.3 s). */
  const scroll = async (direction: number): Promise<void> => {
    const indices = async (): Promise<string> => (await onScreen()).map((row) => row.index).join();
    const before = await indices();
    await list.hover({ position: { x: 5, y: 5 } });
    // The list moves two rows for one turn, however far the wheel is said to have turned.
    for (let turn = 0; turn < 4; turn++) await page.mouse.wheel(0, direction * 100);
    for (const limit = Date.now() + 300; (await indices()) === before && Date.now() < limit;) {
      await page.waitForTimeout(20);
    }
  };
  const rows = async (): Promise<TreeRow[]> => {
    await open();
    const found = new Map<number, TreeRow>();
    await scrollToTop();
    for (;;) {
      const batch = await onScreen();
      const before = found.size;
      for (const { index, ...row } of batch) found.set(index, row);
      if (found.size === before || batch.length === 0) break;
      await scroll(1);
    }
    await scrollToTop();
    return [...found].toSorted(([a], [b]) => a - b).map(([, row]) => row);
  };
  const scrollToTop = async (): Promise<void> => {
    for (;;) {
      const batch = await onScreen();
      if (batch.length === 0 || batch.some((row) => row.index === 0)) return;
      await scroll(-1);
    }
  };
  const waitForRow = async (label: string | RegExp, timeout = 30_000): Promise<Locator> => {
    await open();
    const limit = Date.now() + timeout;
    for (;;) {
      await scrollToTop();
      for (let lastSeen = -1; ;) {
        if (await rowLocator(label).isVisible()) return rowLocator(label);
        const batch = await onScreen();
        const bottom = Math.max(-1, ...batch.map((row) => row.index));
        if (bottom <= lastSeen) break;
        lastSeen = bottom;
        await scroll(1);
      }
      if (Date.now() > limit) {
        const shown = (await rows()).map((row) => row.label).join(', ');
        throw new Error(`No row ${String(label)} in "${title}" within ${timeout} ms. It shows: ${shown}`);
      }
      await page.waitForTimeout(100);
    }
  };
  const setExpanded = async (label: string | RegExp, expanded: boolean): Promise<void> => {
    // A tree that is drawn anew at the moment of the click loses it; a person would click again.
    for (const limit = Date.now() + 30_000; ;) {
      const row = await waitForRow(label);
      if ((await row.getAttribute('aria-expanded')) === String(expanded)) return;
      await row.locator('.monaco-tl-twistie').click();
      const id = (await row.getAttribute('id')) ?? '';
      const done = page.locator(`#${id}[aria-expanded="${expanded}"]`).waitFor({ timeout: 3_000 });
      if (await done.then(() => true).catch(() => false)) return;
      if (Date.now() > limit) throw new Error(`"${String(label)}" in "${title}" stays as it is.`);
    }
  };
  /** A tree that is drawn anew under the mouse hides a row's icons and loses clicks; a person would try again. */
  const tryAgain = async (attempt: () => Promise<void>): Promise<void> => {
    for (const limit = Date.now() + 30_000; ;) {
      try {
        return await attempt();
      } catch (error) {
        if (Date.now() > limit) throw error;
        await page.mouse.move(0, 0);
      }
    }
  };
  const openMenu = async (label: string | RegExp): Promise<Locator> => {
    const menu = page.locator('.context-view .monaco-menu');
    await tryAgain(async () => {
      const row = await waitForRow(label);
      await row.click({ button: 'right', timeout: 3_000 });
      await menu.waitFor({ timeout: 3_000 });
    });
    return menu.locator('.action-item:not(.disabled) .action-label:not(.separator)');
  };

  return {
    locator: pane,
    rows,
    waitForRow,
    text: async () =>
      (await rows())
        .map((row) => `${'  '.repeat(row.depth)}${row.label}${row.description && ` — ${row.description}`}`)
        .join('\n'),
    click: async (label) => {
      await (await waitForRow(label)).click();
    },
    expand: (label) => setExpanded(label, true),
    collapse: (label) => setExpanded(label, false),
    actions: async (label) => {
      const row = await waitForRow(label);
      await row.hover();
      const icons = await row.locator('.actions .action-label').all();
      return Promise.all(icons.map(async (icon) => (await icon.getAttribute('aria-label')) ?? ''));
    },
    action: async (label, name) => {
      await tryAgain(async () => {
        const row = await waitForRow(label);
        await row.hover({ timeout: 3_000 });
        await row.getByRole('button', { name }).click({ timeout: 3_000 });
      });
    },
    menu: async (label) => {
      const items = await openMenu(label);
      const names = (await items.allInnerTexts()).map((name) => name.trim());
      await page.keyboard.press('Escape');
      await page.locator('.context-view .monaco-menu').waitFor({ state: 'hidden' });
      return names;
    },
    chooseFromMenu: async (label, name) => {
      const item = (await openMenu(label)).filter({ hasText: name }).first();
      await item.waitFor();
      // A menu ignores the mouse for its first 100 ms, so that the click that opens it chooses nothing.
      for (const limit = Date.now() + 10_000; (await item.isVisible()) && Date.now() < limit;) {
        await item.click({ timeout: 1_000 }).catch(() => undefined);
        await page.waitForTimeout(100);
      }
    },
    toolbar: async (name) => {
      await open();
      await header.hover();
      await header.getByRole('button', { name }).click();
    },
    welcome: async () => (await pane.locator('.welcome-view-content').innerText()).trim(),
    welcomeButtons: async () => {
      await pane.locator('.welcome-view-content').waitFor();
      const buttons = await pane.locator('.welcome-view-content .monaco-button').allInnerTexts();
      return buttons.map((button) => button.trim());
    },
    clickWelcome: async (button) => {
      await pane.locator('.welcome-view-content').getByRole('button', { name: button }).click();
    },
  };
}
