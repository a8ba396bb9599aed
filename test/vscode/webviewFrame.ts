import type { Frame, Page } from 'playwright-core';

/**
 * The content of the webview that the editor or view with this title shows. A webview is an iframe in an iframe, laid
 * over the place of its editor; the one that lies there is the right one.
 *
 * @param timeout in ms, default 30,000
 * @throws Error if no such webview shows within the time
 */
export async function webviewFrame(page: Page, title: string, timeout = 30_000): Promise<Frame> {
  const name = JSON.stringify(title);
  const owners = page
    .locator('.part.editor .editor-group-container', {
      has: page.locator(`.tab.active[aria-label^=${name}]`),
    })
    .or(page.locator('.pane', { has: page.locator(`.pane-header[aria-label^=${name}]`) }))
    .first();
  const limit = Date.now() + timeout;
  while (Date.now() < limit) {
    const area = await owners.boundingBox().catch(() => null);
    for (const frame of area === null ? [] : page.frames()) {
      if (!frame.url().includes('/webview/browser/pre/fake.html')) continue;
      const box = await frameBox(frame);
      if (area === null || box === null) continue;
      const x = box.x + box.width / 2 - area.x;
      const y = box.y + box.height / 2 - area.y;
      if (x > 0 && y > 0 && x < area.width && y < area.height) return frame;
    }
    await page.waitForTimeout(100);
  }
  throw new Error(`No webview "${title}" within ${timeout} ms.`);
}

/** Where a webview's inner frame lies in the page; null if it is hidden or not the current document. */
async function frameBox(
  frame: Frame,
): Promise<{ x: number; y: number; width: number; height: number } | null> {
  try {
    const inner = await frame.frameElement();
    // While a new document loads it is 'pending-frame' beside the current one.
    if ((await inner.getAttribute('id')) !== 'active-frame') return null;
    const outer = await frame.parentFrame()?.frameElement();
    if (outer === undefined || !(await outer.isVisible())) return null;
    const box = await outer.boundingBox();
    return box !== null && box.width > 0 && box.height > 0 ? box : null;
  } catch {
    // The frame went away while it was asked.
    return null;
  }
}
