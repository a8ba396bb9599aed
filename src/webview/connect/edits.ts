import type { ConnectIntent } from '../../protocol/connect.ts';

type RoleField = 'alias' | 'region';

/** How long typing has to pause before the host hears of it, in milliseconds. */
const pauseMs = 150;

/** Typed changes on their way to the host: the last value of each field, sent when typing pauses or on `flush`. */
export interface Edits {
  readonly edit: (field: RoleField, value: string) => void;
  readonly flush: () => void;
}

export function createEdits(send: (intent: ConnectIntent) => void): Edits {
  const waiting = new Map<RoleField, string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    for (const [field, value] of waiting) send({ type: 'setRole', field, value });
    waiting.clear();
  };
  return {
    edit(field, value) {
      waiting.set(field, value);
      clearTimeout(timer);
      timer = setTimeout(flush, pauseMs);
    },
    flush,
  };
}
