/** A step that helps, offered as a button: a command of ours, without the prefix, and its arguments. */
export interface FailureAction {
  readonly title: string;
  readonly command: string;
  readonly args?: readonly unknown[];
}

export interface FailureOptions {
  /** Why it happened and what to do next, for a person. */
  readonly hint?: string;
  readonly action?: FailureAction;
  readonly cause?: unknown;
}

/**
 * An expected failure. `code` is stable and is what code matches on; `message` says what happened, for a person;
 * `hint` says why and what to do; `action` is the button.
 */
export class Failure<Code extends string = string> extends Error {
  readonly code: Code;
  readonly hint: string | undefined;
  readonly action: FailureAction | undefined;

  constructor(code: Code, message: string, options: FailureOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'Failure';
    this.code = code;
    this.hint = options.hint;
    this.action = options.action;
  }
}

/** The person, or the end of the window, stopped the work. Never shown. */
export class Cancelled extends Error {
  constructor() {
    super('Cancelled');
    this.name = 'Cancelled';
  }
}

export function isCancelled(error: unknown): boolean {
  return error instanceof Cancelled || (error instanceof Error && error.name === 'AbortError');
}

/** Throws {@link Cancelled} when the signal is aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new Cancelled();
}

/** Any thrown value as a {@link Failure}; an unexpected one gets the code `unexpected` and keeps its cause. */
export function toFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new Failure('unexpected', text, { cause: error, action: { title: 'Show Log', command: 'showLog' } });
}
