import type { Locator, Page } from 'playwright-core';

/** A row of a quick pick. */
export interface QuickInputItem {
  label: string;
  description: string;
  detail: string;
}

/**
 * The box at the top of the window: palette, quick picks and input boxes. Each method waits until the box is open,
 * at most 30 s.
 */
export interface QuickInput {
  readonly locator: Locator;
  title(): Promise<string>;
  placeholder(): Promise<string>;
  /** The text below an input box: prompt or validation message. */
  message(): Promise<string>;
  /** The rows on screen; a long list shows only some: `fill` narrows it. */
  items(): Promise<QuickInputItem[]>;
  /** Replaces the text in the box. */
  fill(text: string): Promise<void>;
  /** Clicks the row with exactly this label (or one that matches). */
  pick(label: string | RegExp): Promise<void>;
  /** Ticks or unticks a row of a quick pick for many. */
  toggle(label: string): Promise<void>;
  /** Presses Enter. */
  accept(): Promise<void>;
  /** Presses Escape and waits until the box is closed. */
  cancel(): Promise<void>;
  /** Clicks a button of the title bar, e.g. `Back`. */
  clickButton(name: string): Promise<void>;
  /** Clicks a button of the row with this label. */
  clickItemButton(label: string, name: string): Promise<void>;
  /** Waits until the box shows this title. */
  waitForTitle(title: string | RegExp): Promise<void>;
  /** Waits until the list has stopped changing. */
  settled(): Promise<void>;
  closeIfOpen(): Promise<void>;
}

/** The quick input of a window. */
export function quickInput(page: Page): QuickInput {
  const locator = page.locator('.quick-input-widget');
  const box = locator.locator('.quick-input-box input, .quick-input-box textarea').first();
  const list = locator.locator('.quick-input-list .monaco-list-row');
  const open = (): Promise<void> => locator.waitFor({ state: 'visible' });
  const row = (label: string | RegExp): Locator => {
    const text = typeof label === 'string' ? new RegExp(`^\\s*${escapeRegExp(label)}\\s*$`, 'u') : label;
    const name = page.locator('.quick-input-list-rows > .quick-input-list-row:first-child .label-name');
    return list.filter({ has: name.filter({ hasText: text }) }).first();
  };
  const items = async (): Promise<QuickInputItem[]> => {
    await open();
    return list.evaluateAll((elements) => {
      const text = (element: Element, selector: string): string =>
        element.querySelector(selector)?.textContent?.trim() ?? '';
      const first = '.quick-input-list-rows > .quick-input-list-row:first-child';
      const rows = elements.map((element) => ({
        index: Number(element.getAttribute('data-index')),
        label: text(element, `${first} .label-name`),
        description: text(element, `${first} .label-description`),
        detail: text(element, '.quick-input-list-label-meta'),
      }));
      const ordered = rows.filter((r) => r.label !== '').toSorted((a, b) => a.index - b.index);
      return ordered.map(({ label, description, detail }) => ({ label, description, detail }));
    });
  };
  const settled = async (): Promise<void> => {
    await open();
    let before = '';
    // 300 ms without a change counts as settled; waitForTimeout is the browser's own clock, not a fixed delay.
    for (let same = 0; same < 3;) {
      await page.waitForTimeout(100);
      const now = JSON.stringify(await items());
      same = now === before && now !== '[]' ? same + 1 : 0;
      if (now === '[]' && before === '[]' && (await locator.locator('.quick-input-list').isHidden())) return;
      before = now;
    }
  };

  return {
    locator,
    items,
    settled,
    title: async () => {
      await open();
      return (await locator.locator('.quick-input-title').textContent()) ?? '';
    },
    placeholder: async () => {
      await open();
      return (await box.getAttribute('placeholder')) ?? '';
    },
    message: async () => {
      await open();
      return ((await locator.locator('.quick-input-message').textContent()) ?? '').trim();
    },
    fill: async (text) => {
      await open();
      await box.fill(text);
    },
    pick: async (label) => {
      await open();
      await row(label).click();
    },
    toggle: async (label) => {
      await open();
      await row(label).locator('.monaco-checkbox, .quick-input-list-checkbox').first().click();
    },
    accept: async () => {
      await open();
      await box.press('Enter');
    },
    cancel: async () => {
      await open();
      await page.keyboard.press('Escape');
      await locator.waitFor({ state: 'hidden' });
    },
    clickButton: async (name) => {
      await open();
      const bar = locator.locator(
        '.quick-input-titlebar, .quick-input-inline-action-bar, .quick-input-action',
      );
      await bar.getByRole('button', { name }).first().click();
    },
    clickItemButton: async (label, name) => {
      await open();
      await row(label).hover();
      await row(label).getByRole('button', { name }).click();
    },
    waitForTitle: async (title) => {
      await locator.locator('.quick-input-title', { hasText: title }).waitFor();
    },
    closeIfOpen: async () => {
      if (!(await locator.isVisible())) return;
      await page.keyboard.press('Escape');
      await locator.waitFor({ state: 'hidden' });
    },
  };
}

/** The text as a regular expression that matches exactly it. */
export function escapeRegExp(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/gu, String.raw`\$&`);
}
