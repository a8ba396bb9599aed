import type { Event } from '../base/event.ts';
import type { Provider } from './provider.ts';

/** Unfinished work that a window may resume; `data` belongs to the feature named by `kind` and is parsed by it. */
export interface PendingWork {
  readonly id: string;
  readonly kind: string;
  readonly data: unknown;
}

/** The versioned JSON document shared by all windows of one extension host's machine. Never holds a secret. */
export interface State {
  readonly version: 1;
  /** Random; prefixes every secret key, so that two hosts never share or delete each other's secrets. */
  readonly installId: string;
  readonly providers: readonly Provider[];
  readonly pendingWork: readonly PendingWork[];
}

/** The state as it is in memory: `undefined` until first loaded. One writer at a time across windows. */
export interface StateFile {
  /** The last state read or written by this window; cheap. */
  readonly state: State | undefined;
  readonly onDidChange: Event<State>;
  /** Reads the file (once; later changes arrive by watching). */
  load(): Promise<State>;
  /**
   * Replaces the state under the inter-process lock: `change` gets the newest state on disk and must be pure.
   * Throws Failure `state-read-only` when the file was written by a newer version, `state-locked` after a bounded wait.
   */
  update(change: (state: State) => State): Promise<State>;
}
