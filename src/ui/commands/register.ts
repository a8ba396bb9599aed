import { commands as vscodeCommands, type Disposable } from 'vscode';
import { DisposableStore } from '../../core/base/disposable.ts';
import { commands, type CommandName } from '../manifest.ts';
import { reporting } from '../report.ts';

/** What a command does; `target` is the row it was called on, or what another command passed. */
export type CommandHandlers = Readonly<Record<CommandName, (target?: unknown) => unknown>>;

/** Registers every command of the manifest; none can be forgotten. Failures go to the error boundary. */
export function registerCommands(handlers: CommandHandlers): Disposable {
  const store = new DisposableStore();
  for (const name of Object.keys(commands) as CommandName[]) {
    const handler = reporting((target?: unknown) => handlers[name](target));
    store.add(vscodeCommands.registerCommand(commands[name], handler));
  }
  return store;
}
