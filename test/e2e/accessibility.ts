import axe, { type AxeResults } from 'axe-core';
import type { Frame } from 'playwright-core';

/** What axe-core finds wrong in a frame: rule, element and reason, one line each. */
export async function accessibilityProblems(frame: Frame): Promise<readonly string[]> {
  await frame.evaluate(axe.source);
  const { violations } = await frame.evaluate(async () => {
    const page = globalThis as unknown as { axe: { run(): Promise<AxeResults> } };
    return page.axe.run();
  });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.join(' ')}: ${node.failureSummary ?? ''}`),
  );
}

/** Elements that stick out of a frame to the right, of those that are shown. */
export function overflowing(frame: Frame): Promise<readonly string[]> {
  return frame.evaluate(() => {
    const { clientWidth, scrollWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    return [...document.body.querySelectorAll('*')]
      .filter((element) => element.getBoundingClientRect().right > clientWidth + 1)
      .map((element) => `${element.tagName.toLowerCase()}.${element.className}`);
  });
}
