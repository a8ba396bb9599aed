import { commands as vscodeCommands, window } from 'vscode';
import { isCancelled, toFailure, type Failure, type FailureAction } from '../core/base/errors.ts';
import { commands, type CommandName } from './manifest.ts';

/** Where failures are written besides being shown; redacts. */
export interface FailureLog {
  error(message: string): void;
}

let log: FailureLog = { error: () => undefined };

/** Called once, by the composition root. */
export function reportTo(target: FailureLog): void {
  log = target;
}

/**
 * The one error boundary: shows a failure once, with the next step as a button, and logs it. Cancellation is silent.
 * Resolves when the message is dealt with; nobody needs to wait for it.
 */
export async function report(error: unknown): Promise<void> {
  if (isCancelled(error)) return;
  const failure = toFailure(error);
  log.error(describe(failure));
  const text = failure.hint === undefined ? failure.message : `${failure.message} ${failure.hint}`;
  const { action } = failure;
  const pressed = await window.showErrorMessage(text, ...(action ? [action.title] : []));
  if (action && pressed === action.title) await runFailureAction(action);
}

/** Runs the command behind a failure's or finding's button. */
export async function runFailureAction({ command, args = [] }: FailureAction): Promise<void> {
  if (command === 'openSettings') {
    await vscodeCommands.executeCommand('workbench.action.openSettings', 'awsProviders');
  } else if (Object.hasOwn(commands, command)) {
    await vscodeCommands.executeCommand(commands[command as CommandName], ...args);
  }
}

function describe(failure: Failure): string {
  const cause = failure.cause instanceof Error ? `\n${failure.cause.stack ?? failure.cause.message}` : '';
  return `${failure.code}: ${failure.message}${failure.hint === undefined ? '' : ` — ${failure.hint}`}${cause}`;
}

/** Wraps a handler so that whatever it throws is reported. */
export function reporting<Args extends readonly unknown[]>(
  handler: (...args: Args) => unknown,
): (...args: Args) => Promise<void> {
  return async (...args) => {
    try {
      await handler(...args);
    } catch (error) {
      void report(error);
    }
  };
}
