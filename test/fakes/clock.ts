import type { Clock } from '../../src/core/base/clock.ts';
import { Cancelled } from '../../src/core/base/errors.ts';

/** A clock whose waits are over at once and move its time; tests never sleep. */
export class FakeClock implements Clock {
  #now: number;

  constructor(start = Date.UTC(2026, 0, 1)) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  async wait(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) throw new Cancelled();
    this.#now += ms;
    await Promise.resolve();
    if (signal?.aborted) throw new Cancelled();
  }

  advance(ms: number): void {
    this.#now += ms;
  }
}
