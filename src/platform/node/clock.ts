import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../../core/base/clock.ts';

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  wait: async (ms, signal) => {
    await wait(ms, undefined, signal ? { signal } : {});
  },
};
