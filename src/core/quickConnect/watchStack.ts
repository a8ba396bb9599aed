import { backOff, type Clock } from '../base/clock.ts';
import { Failure, throwIfAborted } from '../base/errors.ts';
import { isPassing } from '../providers/awsFailure.ts';
import type { Stack, StackApi, StackEvent } from './stack.ts';

export interface WatchPorts {
  readonly stacks: StackApi;
  readonly clock: Clock;
  readonly onEvents: (events: readonly StackEvent[]) => void;
  /** AWS does not answer for the moment (`undefined`: it does again). */
  readonly onTrouble: (failure: Failure | undefined) => void;
}

/** How long a stack may take before we stop watching (it can be resumed), in milliseconds. */
const stackLimitMs = 30 * 60_000;
/** How long AWS may be unreachable before the work rests (it can be resumed), in milliseconds. */
const troubleLimitMs = 5 * 60_000;

const rhythm = () => backOff({ first: 1000, factor: 1.2, cap: 4000, limit: stackLimitMs });

/**
 * Reads a stack until `done` says so; goes on, less often, while AWS does not answer.
 *
 * @throws Failure `stack-timeout`, or the AWS failure that is not passing or has lasted for five minutes
 */
export async function watchStack(
  stackId: string,
  ports: WatchPorts,
  signal: AbortSignal,
  done: (stack: Stack | undefined) => boolean,
): Promise<Stack | undefined> {
  const { clock, stacks } = ports;
  const deadline = clock.now() + stackLimitMs;
  let troubleSince: number | undefined;
  let waits = rhythm();
  for (;;) {
    throwIfAborted(signal);
    try {
      const stack = await stacks.find(stackId, signal);
      ports.onEvents(await stacks.events(stackId, signal));
      if (troubleSince !== undefined) {
        troubleSince = undefined;
        waits = rhythm();
        ports.onTrouble(undefined);
      }
      if (done(stack)) return stack;
    } catch (error) {
      if (!(error instanceof Failure) || !isPassing(error.code)) throw error;
      troubleSince ??= clock.now();
      ports.onTrouble(error);
      if (clock.now() - troubleSince >= troubleLimitMs) throw error;
    }
    const wait = waits.next();
    if (wait.done || clock.now() > deadline) {
      throw new Failure('stack-timeout', 'CloudFormation is still working on the stack after 30 minutes.', {
        hint: 'Nothing is lost: choose Retry to go on watching, or look at the stack in the console.',
      });
    }
    await clock.wait(wait.value, signal);
  }
}
