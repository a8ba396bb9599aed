import type { Failure } from '../../core/base/errors.ts';
import type { CredentialProcessOutput } from '../../core/handOff/credentialProcess.ts';

/** What the helper writes to the socket: one line of JSON. */
export interface LeaseRequest {
  readonly v: 1;
  readonly lease: string;
  readonly token: string;
}

/** What it gets back: one line of JSON. `code` is for tests and logs, `message` one line for a person. */
export type LeaseReply =
  | { readonly ok: true; readonly credentials: CredentialProcessOutput }
  | { readonly ok: false; readonly code: string; readonly message: string };

/** A lease's process, in the file `process.json` of its directory; written by whoever starts it. */
export const processFile = 'process.json';

/** Parses a request line; `undefined` for anything else. */
export function parseLeaseRequest(line: string): LeaseRequest | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { v, lease, token } = value as Readonly<Record<string, unknown>>;
  if (v !== 1 || typeof lease !== 'string' || typeof token !== 'string') return undefined;
  return { v, lease, token };
}

/** For an unknown, revoked or forged lease: always the same, so that nothing can be learned from it. */
export const endedReply: LeaseReply = {
  ok: false,
  code: 'lease-ended',
  message:
    'The access of this terminal or task has ended. Open a new stage terminal or start the task again.',
};

export const cancelledReply: LeaseReply = {
  ok: false,
  code: 'closing',
  message: 'The request was cancelled. Try again.',
};

/** A failure as the one line a tool prints: what happened and what to do. */
export function refusalReply(failure: Failure): LeaseReply {
  // Only what was written for a person; the text of an unexpected error may hold anything.
  if (failure.code === 'unexpected') {
    return { ok: false, code: failure.code, message: 'VS Code could not find the credentials. See its log.' };
  }
  const message = [failure.message, failure.hint].filter((part) => part !== undefined).join(' ');
  return { ok: false, code: failure.code, message };
}
