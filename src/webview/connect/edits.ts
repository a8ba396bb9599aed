import type { ConnectIntent, RoleField, RoleStep } from '../../protocol/connect.ts';

/** How long typing has to pause before the host hears of it, in milliseconds. */
const pauseMs = 120;

type Values = RoleStep['fields'];

/** Typed text the host has not answered yet. */
interface Typed {
  readonly value: string;
  /** What the host may still show because it has not seen `value`: what it showed before and what was typed on the way. */
  readonly earlier: ReadonlySet<string>;
}

/** Typed changes on their way to the host. */
export interface Edits {
  /** Keeps the value and sends it once typing pauses. */
  readonly edit: (field: RoleField, value: string) => void;
  /** Sends at once what waits. */
  readonly flush: () => void;
  /**
   * The host's values, with what was typed since put over them: a snapshot that was on its way when something was typed
   * never takes it back. A value the host made of it (or changed for reasons of its own) wins.
   */
  readonly over: (values: Values) => Values;
  /** The step is over: nothing typed there matters any more. */
  readonly forget: () => void;
}

export function createEdits(send: (intent: ConnectIntent) => void): Edits {
  const waiting = new Set<RoleField>();
  const typed = new Map<RoleField, Typed>();
  let hosts: Partial<Values> = {};
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    for (const field of waiting) send({ type: 'setRole', field, value: typed.get(field)?.value ?? '' });
    waiting.clear();
  };
  return {
    edit(field, value) {
      const before = typed.get(field);
      const shown = before ? [...before.earlier, before.value] : [hosts[field] ?? ''];
      typed.set(field, { value, earlier: new Set(shown) });
      waiting.add(field);
      clearTimeout(timer);
      timer = setTimeout(flush, pauseMs);
    },
    flush,
    over(values) {
      hosts = values;
      const shown: Record<RoleField, string> = { ...values };
      for (const [field, { value, earlier }] of typed) {
        const answered = values[field] === value || !earlier.has(values[field]);
        if (answered && !waiting.has(field)) typed.delete(field);
        else shown[field] = value;
      }
      return shown;
    },
    forget() {
      clearTimeout(timer);
      waiting.clear();
      typed.clear();
    },
  };
}
