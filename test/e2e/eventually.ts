import { setTimeout } from 'node:timers/promises';

/**
 * Waits until an assertion holds, for what has no event to wait for, such as files.
 *
 * @param ms time limit in ms, default 10,000
 * @throws what the assertion threw last
 */
export async function eventually(assertion: () => unknown, ms = 10_000): Promise<void> {
  const limit = Date.now() + ms;
  for (;;) {
    try {
      await assertion();
      return;
    } catch (error) {
      if (Date.now() > limit) throw error;
      await setTimeout(50);
    }
  }
}
