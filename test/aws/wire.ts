/**
 * The wire formats: what a request means, and how answers and errors look, per protocol.
 * Source: https://smithy.io/2.0/aws/protocols/index.html
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';

export type Protocol = 'query' | 'json' | 'rest-json' | 'rest-xml';
export type Params = Readonly<Record<string, unknown>>;

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: string | Buffer | Readable;
}

/** A request, understood. `body` is undefined while it is streamed (object uploads). */
export interface AwsRequest {
  readonly method: string;
  /** Path as sent, still percent-encoded, without the query. */
  readonly path: string;
  readonly rawQuery: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer | undefined;
  readonly stream: Readable;
  readonly protocol: Protocol;
  /** Signing name from the credential scope: `sts`, `cloudformation`, `sso` … */
  readonly service: string;
  readonly region: string;
  readonly action: string;
  readonly params: Params;
}

/** What can go wrong in front of every service; each protocol has its own code and status for it. */
export type CommonError =
  | 'accessDenied'
  | 'invalidToken'
  | 'badSignature'
  | 'clockSkew'
  | 'expiredToken'
  | 'missingToken'
  | 'throttle'
  | 'serverError';

/** An error the client's SDK parses. `code` is the exact code sent, or one of the common ones. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  readonly common: CommonError | undefined;
  /** The whole JSON body, for services with error members of their own. */
  readonly body: Params | undefined;

  constructor(code: string, message: string, status = 400, common?: CommonError, body?: Params) {
    super(message);
    this.code = code;
    this.status = status;
    this.common = common;
    this.body = body;
  }
}

export function commonError(kind: CommonError, message: string): AwsError {
  return new AwsError(kind, message, 403, kind);
}

export const validationError = (message: string): AwsError => new AwsError('ValidationError', message);

const COMMON: Readonly<Record<CommonError, Readonly<Record<Protocol, readonly [string, number]>>>> = {
  accessDenied: {
    query: ['AccessDenied', 403],
    json: ['AccessDeniedException', 400],
    'rest-json': ['AccessDeniedException', 403],
    'rest-xml': ['AccessDenied', 403],
  },
  invalidToken: {
    query: ['InvalidClientTokenId', 403],
    json: ['UnrecognizedClientException', 400],
    'rest-json': ['UnrecognizedClientException', 403],
    'rest-xml': ['InvalidAccessKeyId', 403],
  },
  badSignature: {
    query: ['SignatureDoesNotMatch', 403],
    json: ['InvalidSignatureException', 400],
    'rest-json': ['InvalidSignatureException', 403],
    'rest-xml': ['SignatureDoesNotMatch', 403],
  },
  clockSkew: {
    query: ['SignatureDoesNotMatch', 403],
    json: ['InvalidSignatureException', 400],
    'rest-json': ['InvalidSignatureException', 403],
    'rest-xml': ['RequestTimeTooSkewed', 403],
  },
  expiredToken: {
    query: ['ExpiredToken', 403],
    json: ['ExpiredTokenException', 400],
    'rest-json': ['ExpiredTokenException', 403],
    'rest-xml': ['ExpiredToken', 400],
  },
  missingToken: {
    query: ['MissingAuthenticationToken', 403],
    json: ['MissingAuthenticationTokenException', 400],
    'rest-json': ['MissingAuthenticationTokenException', 403],
    'rest-xml': ['AccessDenied', 403],
  },
  throttle: {
    query: ['Throttling', 400],
    json: ['ThrottlingException', 400],
    'rest-json': ['TooManyRequestsException', 429],
    'rest-xml': ['SlowDown', 503],
  },
  serverError: {
    query: ['InternalFailure', 500],
    json: ['InternalFailure', 500],
    'rest-json': ['InternalFailure', 500],
    'rest-xml': ['InternalError', 500],
  },
};

/** The code and status an error has on this protocol. */
export function errorCode(error: AwsError, protocol: Protocol): readonly [string, number] {
  return error.common === undefined ? [error.code, error.status] : COMMON[error.common][protocol];
}

/** Renders an error as the service would. */
export function renderError(error: AwsError, protocol: Protocol, requestId: string): Reply {
  const [code, status] = errorCode(error, protocol);
  const headers = { 'x-amzn-requestid': requestId };
  if (protocol === 'query') {
    const type = status >= 500 ? 'Receiver' : 'Sender';
    const inner = xml({ Error: { Type: type, Code: code, Message: error.message }, RequestId: requestId });
    const body = `<ErrorResponse>${inner}</ErrorResponse>`;
    return { status, headers: { ...headers, 'content-type': 'text/xml' }, body };
  }
  if (protocol === 'rest-xml') {
    const body = `<?xml version="1.0" encoding="UTF-8"?>${xml({ Error: { Code: code, Message: error.message, RequestId: requestId } })}`;
    return { status, headers: { ...headers, 'content-type': 'application/xml' }, body };
  }
  const type = protocol === 'json' ? 'application/x-amz-json-1.1' : 'application/json';
  const body = JSON.stringify(error.body ?? { __type: code, message: error.message, Message: error.message });
  return { status, headers: { ...headers, 'content-type': type, 'x-amzn-errortype': code }, body };
}

/** Renders a result of the query protocol: `<ActionResponse><ActionResult>…`. */
export function queryResult(action: string, result: Params | undefined, requestId: string): Reply {
  const inner = result === undefined ? '' : xml({ [`${action}Result`]: result });
  const body = `<${action}Response>${inner}${xml({ ResponseMetadata: { RequestId: requestId } })}</${action}Response>`;
  return { status: 200, headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId }, body };
}

/** Plain value → XML: lists become `<member>`s, dates ISO 8601, undefined is left out. */
export function xml(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((item) => `<member>${xml(item)}</member>`).join('');
  if (typeof value === 'object')
    return Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .map(([key, inner]) => `<${key}>${xml(inner)}</${key}>`)
      .join('');
  const shown = typeof value === 'string' ? value : JSON.stringify(value);
  return shown
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** `Tags.member.1.Key=a` → `{ Tags: [{ Key: 'a' }] }`. */
export function parseForm(form: URLSearchParams): Params {
  const root: Record<string, unknown> = {};
  for (const [name, value] of form) {
    const keys = name.split('.');
    let at = root;
    for (const key of keys.slice(0, -1)) at = (at[key] ??= {}) as Record<string, unknown>;
    at[keys.at(-1) ?? name] = value;
  }
  return unfold(root) as Params;
}

function unfold(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const record = value as Record<string, unknown>;
  if (typeof record['member'] === 'object' && Object.keys(record).length === 1)
    return Object.entries(record['member'] as Record<string, unknown>)
      .toSorted(([a], [b]) => Number(a) - Number(b))
      .map(([, item]) => unfold(item));
  return Object.fromEntries(Object.entries(record).map(([key, item]) => [key, unfold(item)]));
}

/** A parameter that must be text, or undefined when absent. */
export function text(params: Params, name: string): string | undefined {
  const value = params[name];
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined;
}

/** A parameter that is a list; empty when absent. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller states what the API documents
export function items<T>(params: Params, name: string): readonly T[] {
  const value = params[name];
  return Array.isArray(value) ? (value as readonly T[]) : [];
}

/** A JSON object; empty when the text is none. */
export function parseJson(source: string): Params {
  try {
    const value: unknown = JSON.parse(source);
    return typeof value === 'object' && value !== null ? (value as Params) : {};
  } catch {
    return {};
  }
}
