/** Codes of the failures that the AWS ports throw; the only thing code may match on. */
export type AwsFailureCode =
  /** The caller's policies (or the role's trust) refuse the call. */
  | 'access-denied'
  /** Key or token unknown to AWS, or the signature wrong. */
  | 'invalid-credentials'
  | 'expired-credentials'
  | 'clock-skew'
  /** AWS could not be reached, or did not answer in time. */
  | 'network'
  | 'throttled'
  /** AWS answered 5xx. */
  | 'server-error'
  | 'already-exists'
  | 'capability-refused'
  | 'limit-exceeded'
  | 'validation'
  | 'not-found'
  | 'profile-unusable';

/** Failures that say nothing about the request itself: trying again may succeed. */
export function isPassing(code: string): boolean {
  return code === 'network' || code === 'throttled' || code === 'server-error';
}
