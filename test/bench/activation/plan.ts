/** Names the file that holds the {@link WindowPlan} of the window that is about to open. */
export const planVariable = 'STAGE_PROVIDERS_BENCH_PLAN';

/** What the probe does in one fresh window. */
export interface WindowPlan {
  /** Id of the extension to activate; nothing else may have activated it before. */
  readonly extension: string;
  /**
   * `time`: measures and disturbs nothing. `watch`: records what is loaded, connected to and read, which costs time, so
   * that it is never timed.
   */
  readonly mode: 'time' | 'watch';
  /** How long to go on after `activate()` has returned, in ms: what it put off counts as well. */
  readonly settle: number;
  /** File for the answer: a {@link WindowAnswer} as JSON. */
  readonly answer: string;
}

/** One activation as the extension host saw it. */
export interface Timed {
  readonly mode: 'time';
  /** From the call of `extension.activate()` until it is done: loading the code, and running it. */
  readonly activateMs: number;
  /** Longest time in which the extension host did nothing else, until the end of `settle`. */
  readonly blockMs: number;
  /** What the heap and the buffers beside it hold more than before, after garbage collection, in bytes. */
  readonly retainedBytes: number;
}

/** What one activation touched, until the end of `settle`. */
export interface Watched {
  readonly mode: 'watch';
  /** URLs and paths of the modules loaded. */
  readonly modules: readonly string[];
  /** Sockets opened and HTTP requests made, as far as Node tells. */
  readonly connections: readonly string[];
  /** Keys asked of SecretStorage, by whichever extension. */
  readonly secrets: readonly string[];
}

export type WindowAnswer = Timed | Watched | { readonly mode: 'failed'; readonly error: string };
