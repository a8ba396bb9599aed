import type { Clock } from '../../core/base/clock.ts';
import type { Event } from '../../core/base/event.ts';
import { toDisposable } from '../../core/base/disposable.ts';

/** Fires each minute, for what shows minutes left; waits only while somebody listens. */
export function minuteTick(clock: Clock): Event<void> {
  return (listener) => {
    const end = new AbortController();
    const run = async (): Promise<void> => {
      for (;;) {
        await clock.wait(60_000, end.signal);
        listener();
      }
    };
    run().catch((error: unknown) => {
      if (!end.signal.aborted) throw error;
    });
    return toDisposable(() => end.abort());
  };
}
