import type { Page } from 'playwright-core';

/** The part of xterm.js that is used; VS Code hangs it on the element of each terminal. */
interface XtermElement extends Element {
  xterm?: {
    buffer: {
      active: { length: number; getLine(index: number): { translateToString(trim: boolean): string } };
    };
    input(text: string): void;
  };
}

/** The terminal that is shown in the panel. */
export interface TerminalView {
  /** Names of the open terminals. */
  names(): Promise<string[]>;
  /** Lines of the active terminal with its scroll-back, without trailing empty ones. */
  lines(): Promise<string[]>;
  /** Types into the active terminal; `\n` is Enter. */
  write(text: string): Promise<void>;
  /** Waits until the buffer of the active terminal matches, at most `timeout` ms (default 30,000). */
  waitFor(pattern: string | RegExp, timeout?: number): Promise<string>;
}

const active = '.terminal-wrapper.active';

/** The terminal panel of a window. */
export function terminalView(page: Page): TerminalView {
  const lines = async (): Promise<string[]> => {
    await page.locator(active).waitFor();
    const buffer = await page.locator(active).evaluate((element) => {
      const lines = (element as XtermElement).xterm?.buffer.active;
      if (lines === undefined) return [];
      return Array.from({ length: lines.length }, (_, index) => lines.getLine(index).translateToString(true));
    });
    const last = buffer.findLastIndex((line) => line.trim() !== '');
    return buffer.slice(0, last + 1);
  };
  return {
    lines,
    names: async () => {
      const tabs = page.locator('.terminal-tabs-entry .label-name');
      const single = page.locator('.single-terminal-tab');
      const found = (await tabs.count()) > 0 ? tabs : single;
      return (await found.allInnerTexts()).map((name) => name.trim());
    },
    write: async (text) => {
      await page.locator(`${active} .xterm`).waitFor();
      await page.locator(active).evaluate(
        (element, typed) => {
          (element as XtermElement).xterm?.input(typed);
        },
        text.replaceAll('\n', '\r'),
      );
    },
    waitFor: async (pattern, timeout = 30_000) => {
      const limit = Date.now() + timeout;
      for (;;) {
        const text = (await lines().catch((): string[] => [])).join('\n');
        if (typeof pattern === 'string' ? text.includes(pattern) : pattern.test(text)) return text;
        if (Date.now() > limit) throw new Error(`The terminal never showed ${String(pattern)}:\n${text}`);
        await page.waitForTimeout(100);
      }
    },
  };
}
