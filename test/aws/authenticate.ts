/** Who signed a request: key known, clock close, signature right, session alive. Throws AwsError otherwise. */
import type { Identity } from './keys.ts';
import type { World } from './service.ts';
import { formatAmzDate, parseAmzDate, verifySignature, type Authorization } from './signature.ts';
import { commonError, type AwsRequest } from './wire.ts';

/** Minutes a request's clock may be off. Services not listed: 5. */
const TOLERANCE: Readonly<Record<string, number>> = { sts: 15, iam: 15, s3: 15 };

const INVALID = 'The security token included in the request is invalid.';
const MISMATCH =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';

export function authenticate(request: AwsRequest, authorization: Authorization, world: World): Identity {
  const key = world.keys.byId.get(authorization.accessKeyId);
  if (key === undefined || !key.active) throw commonError('invalidToken', INVALID);
  checkClock(request, world.clock.wall());
  if (!verifySignature(request, authorization, key.secretAccessKey))
    throw commonError('badSignature', MISMATCH);
  const token = request.headers['x-amz-security-token'];
  if (token !== key.sessionToken) throw commonError('invalidToken', INVALID);
  if (key.expiresAt !== undefined && world.clock.now() >= key.expiresAt)
    throw commonError('expiredToken', 'The security token included in the request is expired');
  // https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html: no IAM without MFA.
  const { identity } = key;
  const noIam = identity.kind === 'federated' || (identity.mfa === false && identity.kind === 'user');
  if (request.service === 'iam' && noIam) throw commonError('invalidToken', INVALID);
  return identity;
}

function checkClock(request: AwsRequest, now: number): void {
  const signed = parseAmzDate(String(request.headers['x-amz-date'] ?? ''));
  const minutes = TOLERANCE[request.service] ?? 5;
  const limit = minutes * 60_000;
  if (Math.abs(now - signed) <= limit) return;
  const shown = formatAmzDate(signed);
  if (request.service === 's3')
    throw commonError(
      'clockSkew',
      'The difference between the request time and the current time is too large.',
    );
  throw commonError(
    'clockSkew',
    signed < now
      ? `Signature expired: ${shown} is now earlier than ${formatAmzDate(now - limit)} (${formatAmzDate(now)} - ${minutes} min.)`
      : `Signature not yet current: ${shown} is still later than ${formatAmzDate(now + limit)} (${formatAmzDate(now)} + ${minutes} min.)`,
  );
}
