/**
 * Errors of SSO OIDC: OAuth codes in the body, exception names in the header.
 * Source: https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/CommonErrors.html and the API pages beside it
 */
import { AwsError } from './wire.ts';

const NAMES = {
  access_denied: ['AccessDeniedException', 400],
  authorization_pending: ['AuthorizationPendingException', 400],
  expired_token: ['ExpiredTokenException', 400],
  invalid_client: ['InvalidClientException', 401],
  invalid_client_metadata: ['InvalidClientMetadataException', 400],
  invalid_grant: ['InvalidGrantException', 400],
  invalid_redirect_uri: ['InvalidRedirectUriException', 400],
  invalid_request: ['InvalidRequestException', 400],
  invalid_scope: ['InvalidScopeException', 400],
  server_error: ['InternalServerException', 500],
  slow_down: ['SlowDownException', 400],
  unauthorized_client: ['UnauthorizedClientException', 400],
  unsupported_grant_type: ['UnsupportedGrantTypeException', 400],
} as const;

export type OidcErrorCode = keyof typeof NAMES;

export function oidcError(error: OidcErrorCode, description: string): AwsError {
  const [name, status] = NAMES[error];
  return new AwsError(name, description, status, undefined, { error, error_description: description });
}

/** An injected fault as this service words it. Throttling has no modelled error here: it stays a plain 429. */
export function oidcFault(fault: AwsError): AwsError {
  if (fault.common === 'serverError') return oidcError('server_error', fault.message);
  if (fault.common === 'accessDenied') return oidcError('access_denied', fault.message);
  return fault;
}
