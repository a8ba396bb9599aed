import { Cancelled, Failure } from '../../core/base/errors.ts';
import type { AwsFailureCode } from '../../core/providers/awsFailure.ts';

interface Meaning {
  readonly code: AwsFailureCode;
  readonly message: string;
  readonly hint: string;
}

const denied = (call: string, detail: string): Meaning => ({
  code: 'access-denied',
  message: `AWS refused ${call}.`,
  hint: detail,
});

const byName: Readonly<Record<string, (call: string, detail: string) => Meaning>> = {
  AccessDenied: denied,
  AccessDeniedException: denied,
  UnauthorizedOperation: denied,
  InvalidClientTokenId: (call, detail) => ({
    code: 'invalid-credentials',
    message: 'AWS does not know this access key.',
    hint: `It may be mistyped, deactivated or deleted. (${call}: ${detail})`,
  }),
  UnrecognizedClientException: (call, detail) => ({
    code: 'invalid-credentials',
    message: 'AWS does not know these credentials.',
    hint: `They may be mistyped, deactivated or revoked. (${call}: ${detail})`,
  }),
  SignatureDoesNotMatch: (call) => ({
    code: 'invalid-credentials',
    message: 'The secret access key does not belong to this access key id.',
    hint: `Copy both again, without spaces or line breaks. (${call})`,
  }),
  ExpiredToken: (call) => expired(call),
  ExpiredTokenException: (call) => expired(call),
  RequestExpired: (call) => skewed(call),
  RequestTimeTooSkewed: (call) => skewed(call),
  Throttling: (call) => throttled(call),
  ThrottlingException: (call) => throttled(call),
  TooManyRequestsException: (call) => throttled(call),
  RequestLimitExceeded: (call) => throttled(call),
  AlreadyExistsException: (call, detail) => ({ code: 'already-exists', message: detail, hint: call }),
  EntityAlreadyExists: (call, detail) => ({ code: 'already-exists', message: detail, hint: call }),
  InsufficientCapabilitiesException: (call, detail) => ({
    code: 'capability-refused',
    message: 'CloudFormation wants an explicit permission to make IAM roles.',
    hint: `${detail} (${call})`,
  }),
  LimitExceededException: (call, detail) => limit(call, detail),
  LimitExceeded: (call, detail) => limit(call, detail),
  NoSuchEntity: (call, detail) => ({ code: 'not-found', message: detail, hint: call }),
  NoSuchEntityException: (call, detail) => ({ code: 'not-found', message: detail, hint: call }),
  ValidationError: (call, detail) => ({ code: 'validation', message: detail, hint: `AWS refused ${call}.` }),
  ValidationException: (call, detail) => ({
    code: 'validation',
    message: detail,
    hint: `AWS refused ${call}.`,
  }),
  CredentialsProviderError: (call, detail) => ({ code: 'profile-unusable', message: detail, hint: call }),
};

const expired = (call: string): Meaning => ({
  code: 'expired-credentials',
  message: 'These credentials have expired.',
  hint: `Sign in again, then repeat what you did. (${call})`,
});

const skewed = (call: string): Meaning => ({
  code: 'clock-skew',
  message: 'The clock of this machine differs too much from AWS’s.',
  hint: `Set the time automatically in the system’s settings, then try again. (${call})`,
});

const throttled = (call: string): Meaning => ({
  code: 'throttled',
  message: 'AWS is limiting how fast it answers.',
  hint: `Wait a moment and try again. (${call})`,
});

const limit = (call: string, detail: string): Meaning => ({
  code: 'limit-exceeded',
  message: 'A quota of the account is used up.',
  hint: `${detail} (${call})`,
});

/** System errors of a connection that could not be made or kept; Node's `code` values. */
const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
]);

interface SdkError extends Error {
  readonly code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: unknown;
}

/**
 * What an error of the SDK means, as a Failure; the error's `name` and HTTP status decide, never its text.
 *
 * @param call the API call in AWS's own spelling, such as `cloudformation:CreateStack`.
 */
export function awsFailure(error: unknown, call: string): Error {
  if (!(error instanceof Error)) return new Failure('unexpected', String(error));
  if (error instanceof Failure || error instanceof Cancelled) return error;
  if (error.name === 'AbortError') return new Cancelled();
  const sdk = error as SdkError;
  const meaning = byName[error.name]?.(call, error.message) ?? byTransport(sdk, call);
  if (!meaning) return new Failure('unexpected', `${call} failed: ${error.message}`, { cause: error });
  return new Failure(meaning.code, meaning.message, { hint: meaning.hint, cause: error });
}

function byTransport(error: SdkError, call: string): Meaning | undefined {
  const status = error.$metadata?.httpStatusCode;
  if (status === 429) return throttled(call);
  if (status !== undefined && status >= 500) {
    return {
      code: 'server-error',
      message: 'AWS had a problem of its own.',
      hint: `It answered with status ${status}. Nothing needs to be changed: try again. (${call})`,
    };
  }
  if (status === 403) return denied(call, error.message);
  const timedOut = error.name === 'TimeoutError';
  const broken = typeof error.code === 'string' && networkCodes.has(error.code);
  if (!timedOut && !broken) return undefined;
  return {
    code: 'network',
    message: 'AWS cannot be reached.',
    hint: `Check the network, VPN and proxy, then try again. (${call})`,
  };
}
