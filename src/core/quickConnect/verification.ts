import { backOff, type Clock } from '../base/clock.ts';
import { Failure, throwIfAborted } from '../base/errors.ts';
import { isPassing } from '../providers/awsFailure.ts';
import type { AwsCredentials, CallerIdentity } from '../providers/provider.ts';

/** Tries to assume the role under test, with or without its ExternalId. Throws Failure (`AwsFailureCode`). */
export type TryAssume = (withExternalId: boolean, signal?: AbortSignal) => Promise<AwsCredentials>;

export interface VerificationPorts {
  readonly assume: TryAssume;
  readonly callerIdentity: (credentials: AwsCredentials, signal?: AbortSignal) => Promise<CallerIdentity>;
  readonly clock: Clock;
}

export type CheckId = 'assume' | 'account' | 'external-id';

export interface CheckResult {
  readonly id: CheckId;
  readonly state: 'running' | 'passed' | 'failed';
  /** Seconds waited so far, while IAM makes a new role known. */
  readonly waitedSeconds?: number;
}

/** How long to retry a refused AssumeRole after the role was created; IAM is eventually consistent. */
export const propagationLimitMs = 180_000;

export interface Expectation {
  readonly accountId: string;
  /** Retry refusals for a bounded time: the role (and, for quick start, its user's key) has just been made. */
  readonly createdNow: boolean;
  /** False for an existing role that asks for none; then nothing can be said about it. */
  readonly hasExternalId: boolean;
}

/**
 * Proves that the role lets us in, that it belongs to the expected account, and that it lets nobody in who does not know
 * the ExternalId. The last is asked only after the first succeeded, since before that every call is refused.
 *
 * @throws Failure `role-not-assumable`, `account-mismatch`, `external-id-not-enforced`, or a passing AWS failure
 */
export async function verifyRole(
  expected: Expectation,
  ports: VerificationPorts,
  onCheck: (check: CheckResult) => void,
  signal?: AbortSignal,
): Promise<void> {
  onCheck({ id: 'assume', state: 'running' });
  const credentials = await assumeWithRetry(expected, ports, onCheck, signal).catch((error: unknown) =>
    failCheck('assume', error, onCheck),
  );
  onCheck({ id: 'assume', state: 'passed' });

  onCheck({ id: 'account', state: 'running' });
  const identity = await ports
    .callerIdentity(credentials, signal)
    .catch((error: unknown) => failCheck('account', error, onCheck));
  if (identity.accountId !== expected.accountId) {
    const mismatch = new Failure(
      'account-mismatch',
      `The role is in account ${identity.accountId}, not in ${expected.accountId}.`,
      { hint: 'Nothing was saved. Check which account the stack was created in.' },
    );
    failCheck('account', mismatch, onCheck);
  }
  onCheck({ id: 'account', state: 'passed' });

  if (!expected.hasExternalId) return;
  onCheck({ id: 'external-id', state: 'running' });
  await refusedWithoutExternalId(ports, signal).catch((error: unknown) =>
    failCheck('external-id', error, onCheck),
  );
  onCheck({ id: 'external-id', state: 'passed' });
}

function failCheck(id: CheckId, error: unknown, onCheck: (check: CheckResult) => void): never {
  onCheck({ id, state: 'failed' });
  throw error;
}

async function assumeWithRetry(
  { createdNow, hasExternalId }: Expectation,
  ports: VerificationPorts,
  onCheck: (check: CheckResult) => void,
  signal: AbortSignal | undefined,
): Promise<AwsCredentials> {
  const started = ports.clock.now();
  const waits = backOff({
    first: 1000,
    factor: 1.5,
    cap: 8000,
    limit: createdNow ? propagationLimitMs : 15_000,
  });
  for (;;) {
    throwIfAborted(signal);
    try {
      return await ports.assume(hasExternalId, signal);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const denied = error.code === 'access-denied';
      const propagating = createdNow && (denied || error.code === 'invalid-credentials');
      if (!propagating && !isPassing(error.code)) throw denied ? notAssumable(error) : error;
      const wait = waits.next();
      if (wait.done) throw denied ? notAssumable(error) : error;
      await ports.clock.wait(wait.value, signal);
      onCheck({
        id: 'assume',
        state: 'running',
        waitedSeconds: Math.round((ports.clock.now() - started) / 1000),
      });
    }
  }
}

function notAssumable(cause: Failure): Failure {
  return new Failure('role-not-assumable', 'The role exists, but AWS does not let you assume it.', {
    hint: `${cause.message} Your own policies must allow sts:AssumeRole on the role, and the role must trust you.`,
    cause,
  });
}

/** Only a plain refusal counts; credentials that come back are dropped at once. */
async function refusedWithoutExternalId(
  ports: VerificationPorts,
  signal: AbortSignal | undefined,
): Promise<void> {
  const waits = backOff({ first: 1000, factor: 2, cap: 4000, limit: 15_000 });
  for (;;) {
    throwIfAborted(signal);
    try {
      await ports.assume(false, signal);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (error.code === 'access-denied') return;
      const wait = isPassing(error.code) ? waits.next() : undefined;
      if (!wait || wait.done) throw error;
      await ports.clock.wait(wait.value, signal);
      continue;
    }
    throw new Failure(
      'external-id-not-enforced',
      'The role also lets in callers who do not know its ExternalId.',
      {
        hint: 'Its trust policy was changed. Delete the stack and create it again, or keep it as “not verified”.',
      },
    );
  }
}
