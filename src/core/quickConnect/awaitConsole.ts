import { backOff } from '../base/clock.ts';
import { Failure, throwIfAborted } from '../base/errors.ts';
import { isPassing } from '../providers/awsFailure.ts';
import { stackLife, type Stack } from './stack.ts';
import type { StepPorts } from './steps.ts';
import type { Phase, QuickConnectWork } from './work.ts';

/** How long we look for what the person makes in the console, in milliseconds; it can be resumed. */
export const consoleLimitMs = 60 * 60_000;

/**
 * Waits until the person has created the stack in the AWS console. Looks at the stack where the identity may (then failures
 * are seen, too), else tries the role itself; both with back-off, a limit and cancellation.
 */
export async function awaitConsole(
  since: number,
  work: QuickConnectWork,
  ports: StepPorts,
  signal: AbortSignal,
): Promise<Phase> {
  const { plan } = work;
  const waits = backOff({
    first: 2000,
    factor: 1.2,
    cap: 10_000,
    limit: Math.max(consoleLimitMs - (ports.clock.now() - since), 0),
  });
  let maySeeStack = true;
  for (;;) {
    throwIfAborted(signal);
    try {
      if (maySeeStack) {
        const stack = await ports.stacks.find(plan.stackName, signal);
        ports.onTrouble(undefined);
        const phase = stack && phaseFor(stack);
        if (stack) ports.onEvents(await ports.stacks.events(stack.id, signal));
        if (phase) return phase;
      } else {
        await ports.verification.assume(plan.hasExternalId, signal);
        return { name: 'verifying' };
      }
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (error.code === 'access-denied') maySeeStack = false;
      else if (isPassing(error.code)) ports.onTrouble(error);
      else throw error;
    }
    const wait = waits.next();
    if (wait.done) {
      throw new Failure('console-timeout', 'No stack was seen within an hour.', {
        hint: 'If you created it, paste the role’s ARN. Retry goes on looking.',
      });
    }
    await ports.clock.wait(wait.value, signal);
  }
}

/** A stack that is there is watched like one of our own; one that is going says nothing yet. */
function phaseFor(stack: Stack): Phase | undefined {
  const life = stackLife(stack.status);
  if (life === 'gone' || stack.status.startsWith('DELETE_')) return undefined;
  return { name: 'creating', stackId: stack.id };
}
