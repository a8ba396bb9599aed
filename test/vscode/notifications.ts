import type { Locator, Page } from 'playwright-core';

/** A notification as a person reads it. */
export interface NotificationText {
  message: string;
  severity: 'info' | 'warning' | 'error';
  buttons: string[];
}

/** The notifications of a window, shown as toasts or in the opened notification centre. */
export interface Notifications {
  /** Those on screen now. */
  list(): Promise<NotificationText[]>;
  /** Waits for a notification that contains this text, at most `timeout` ms (default 30,000). */
  waitFor(text: string | RegExp, timeout?: number): Promise<NotificationText>;
  /** Clicks a button of the notification that contains this text. */
  click(text: string | RegExp, button: string): Promise<void>;
  /** Closes all through the palette's own command. */
  clear(): Promise<void>;
}

/** The notifications of a window. */
export function notificationList(page: Page): Notifications {
  const all = page.locator('.notifications-toasts, .notifications-center').locator('.notification-list-item');
  const one = (text: string | RegExp): Locator =>
    all.filter({ has: page.locator('.notification-list-item-message', { hasText: text }) }).first();
  const read = async (item: Locator): Promise<NotificationText> => {
    const message = (await item.locator('.notification-list-item-message').innerText()).trim();
    const icon = (await item.locator('.notification-list-item-icon').getAttribute('class')) ?? '';
    const kind = /codicon-(?<kind>error|warning)/u.exec(icon)?.groups?.['kind'];
    const severity = kind === 'error' || kind === 'warning' ? kind : 'info';
    const buttons = item.locator('.notification-list-item-buttons-container .monaco-text-button');
    return { message, severity, buttons: (await buttons.allInnerTexts()).map((label) => label.trim()) };
  };
  return {
    list: async () => Promise.all((await all.all()).map(read)),
    waitFor: async (text, timeout) => {
      await one(text).waitFor(timeout === undefined ? {} : { timeout });
      return read(one(text));
    },
    click: async (text, button) => {
      // The buttons of a toast show once it is expanded, which those with buttons are from the start.
      await one(text).getByRole('button', { name: button, exact: true }).click();
    },
    clear: async () => {
      await page.keyboard.press('F1');
      await page.locator('.quick-input-widget input').first().fill('>Notifications: Clear All Notifications');
      await page
        .locator('.quick-input-list .monaco-list-row', { hasText: 'Clear All Notifications' })
        .first()
        .click();
      await all.first().waitFor({ state: 'hidden' });
    },
  };
}
