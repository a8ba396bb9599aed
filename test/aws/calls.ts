/** The log of every call, for assertions: what was asked by whom, and how it ended. Holds no secrets. */
import type { Params } from './wire.ts';

export interface LoggedCall {
  /** Milliseconds, this machine's clock. */
  readonly at: number;
  readonly service: string;
  readonly action: string;
  readonly region: string;
  readonly accountId: string | undefined;
  readonly callerArn: string | undefined;
  readonly params: Params;
  readonly status: number;
  /** Error code as sent. A dropped connection is `reset`. */
  readonly error?: string;
}

export interface CallLog {
  readonly calls: readonly LoggedCall[];
  add(call: LoggedCall): void;
  clear(): void;
  /** The first call, past or to come, that satisfies `predicate`. Rejects after `ms`. */
  wait(predicate: (call: LoggedCall) => boolean, ms: number): Promise<LoggedCall>;
}

const SECRET =
  /secret|password|tokencode|^(access|session|refresh|id|client|signin)_?token$|^(device_?)?code(_?verifier)?$|^session$/i;

export function createCallLog(): CallLog {
  const calls: LoggedCall[] = [];
  const waiting = new Set<(call: LoggedCall) => void>();
  return {
    calls,
    add(call) {
      const logged = { ...call, params: withoutSecrets(call.params) as Params };
      calls.push(logged);
      for (const tell of waiting) tell(logged);
    },
    clear() {
      calls.length = 0;
    },
    wait(predicate, ms) {
      const past = calls.find(predicate);
      if (past !== undefined) return Promise.resolve(past);
      return new Promise((resolve, reject) => {
        const tell = (call: LoggedCall): void => {
          if (!predicate(call)) return;
          clearTimeout(timer);
          waiting.delete(tell);
          resolve(call);
        };
        const timer = setTimeout(() => {
          waiting.delete(tell);
          const seen = calls.slice(-8).map(({ service, action }) => `${service}:${action}`);
          reject(new Error(`No such call within ${ms} ms. Last calls: ${seen.join(', ') || 'none'}`));
        }, ms);
        waiting.add(tell);
      });
    },
  };
}

function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, SECRET.test(key) ? '(dropped)' : withoutSecrets(item)]),
  );
}
