/** Time as a parameter: milliseconds since the epoch, and waiting that can be cancelled. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it is aborted before. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Cryptographically secure random bytes as a parameter. */
export type RandomBytes = (count: number) => Uint8Array;

/**
 * Waiting times in milliseconds that grow by `factor` from `first` up to `cap`, ending once their sum reaches `limit`.
 * The caller's loop therefore always ends.
 */
export function* backOff(options: {
  first: number;
  factor: number;
  cap: number;
  limit: number;
}): Generator<number> {
  let spent = 0;
  for (let next = options.first; spent < options.limit; next = Math.min(next * options.factor, options.cap)) {
    const wait = Math.min(next, options.limit - spent);
    spent += wait;
    yield wait;
  }
}
