/** Something that holds a resource until `dispose()` is called; disposing twice does nothing. */
export interface Disposable {
  dispose(): void;
}

/** Collects disposables and disposes them together, in reverse order of adding. */
export class DisposableStore implements Disposable {
  #items: Disposable[] | undefined = [];

  /** Adds `item` and returns it. An already disposed store disposes the item at once. */
  add<T extends Disposable>(item: T): T {
    if (this.#items) this.#items.push(item);
    else item.dispose();
    return item;
  }

  dispose(): void {
    const items = this.#items?.toReversed() ?? [];
    this.#items = undefined;
    for (const item of items) item.dispose();
  }
}

export function toDisposable(dispose: () => void): Disposable {
  let done = false;
  return {
    dispose() {
      if (done) return;
      done = true;
      dispose();
    },
  };
}
