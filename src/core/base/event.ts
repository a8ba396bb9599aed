import type { Disposable } from './disposable.ts';
import { toDisposable } from './disposable.ts';

/** Subscribes `listener`; the returned disposable ends the subscription. Assignable to `vscode.Event<T>`. */
export type Event<T> = (listener: (value: T) => unknown) => Disposable;

/** The writing side of an {@link Event}. A listener that throws does not keep the others from being called. */
export class Emitter<T> implements Disposable {
  readonly #listeners = new Set<(value: T) => unknown>();

  readonly event: Event<T> = (listener) => {
    const own = (value: T): unknown => listener(value);
    this.#listeners.add(own);
    return toDisposable(() => this.#listeners.delete(own));
  };

  fire(value: T): void {
    for (const listener of this.#listeners) {
      try {
        listener(value);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  dispose(): void {
    this.#listeners.clear();
  }
}
