import type { LogOutputChannel } from 'vscode';
import { redact } from '../../core/base/redact.ts';

/** The only way to the log: everything passes {@link redact}. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
  show(): void;
}

export function redactedLog(channel: LogOutputChannel): Log {
  return {
    info: (message) => channel.info(redact(message)),
    warn: (message) => channel.warn(redact(message)),
    error: (message) => channel.error(redact(message)),
    show: () => channel.show(true),
  };
}
