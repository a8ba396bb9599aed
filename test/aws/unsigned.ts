/** Requests that carry no signature: sign-in services, and the pages a person sees. */
import type { World } from './service.ts';
import { parseJson, type AwsError, type AwsRequest, type Params, type Reply } from './wire.ts';

export interface UnsignedOperation {
  /** As in the SDK's name of the client: `sso-oidc`, `sso`, `signin`; `page` for what browsers load. */
  readonly service: string;
  /** Its name, or how the parameters tell it. */
  readonly action: string | ((params: Params) => string);
  readonly method: 'GET' | 'POST';
  readonly path: string;
  answer(request: UnsignedRequest, world: World): Promise<Reply> | Reply;
  /** An injected fault in the service's own words. */
  word?(error: AwsError): AwsError;
}

export interface UnsignedRequest extends AwsRequest {
  /** `http://127.0.0.1:PORT`, as the caller sees it. */
  readonly origin: string;
  /** The whole address without the query. */
  readonly url: string;
  /** The regional endpoint that was meant; undefined when the request does not tell. */
  readonly meantRegion: string | undefined;
}

/** Address of one region's services below an endpoint: for clients that cannot tell their region otherwise. */
export function regionalEndpoint(endpoint: string, region: string): string {
  return `${endpoint}/in/${region}`;
}

const REGIONAL = /^\/in\/([a-z]+(?:-[a-z]+)+-\d)(?=\/)/;

/**
 * Which regional endpoint was meant. Real ones are told apart by host name; with one endpoint for all, unsigned requests
 * do not say. So, first match: path `/in/<region>/…`, host `<service>.<region>.…`, user agent `md/region#<region>`
 * (what a client made with `customUserAgent: [['md/region', region]]` sends).
 */
function meantRegion(path: string, headers: AwsRequest['headers']): string | undefined {
  const agent = `${headers['user-agent'] ?? ''} ${String(headers['x-amz-user-agent'] ?? '')}`;
  return (
    REGIONAL.exec(path)?.[1] ??
    /^[\w.-]*?\b([a-z]{2,4}(?:-[a-z]+)+-\d)\./.exec(headers.host ?? '')?.[1] ??
    /\bmd\/region#([\w-]+)/.exec(agent)?.[1]
  );
}

/** The operation a request is for. */
export function unsignedOperation(
  operations: readonly UnsignedOperation[],
  { method, path }: Pick<AwsRequest, 'method' | 'path'>,
): UnsignedOperation | undefined {
  const short = path.replace(REGIONAL, '');
  return operations.find((each) => each.method === method && each.path === short);
}

/** Names an unsigned request, and reads query, form and JSON alike. */
export function understandUnsigned(
  raw: Pick<AwsRequest, 'method' | 'path' | 'rawQuery' | 'headers' | 'body' | 'stream'>,
  operations: readonly UnsignedOperation[],
): AwsRequest {
  const operation = unsignedOperation(operations, raw);
  const source = raw.body?.toString() ?? '';
  const isForm = (raw.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
  const params: Params = {
    ...Object.fromEntries(new URLSearchParams(raw.rawQuery)),
    ...(isForm ? Object.fromEntries(new URLSearchParams(source)) : parseJson(source)),
  };
  const { service = '', action = `${raw.method} ${raw.path}` } = operation ?? {};
  return {
    ...raw,
    protocol: 'rest-json',
    service,
    action: typeof action === 'string' ? action : action(params),
    region: meantRegion(raw.path, raw.headers) ?? 'us-east-1',
    params,
  };
}

export function unsignedRequest(request: AwsRequest): UnsignedRequest {
  const origin = `http://${request.headers.host ?? '127.0.0.1'}`;
  const url = `${origin}${request.path}`;
  return { ...request, origin, url, meantRegion: meantRegion(request.path, request.headers) };
}

/** A JSON answer of a service. */
export function json(value: unknown, status = 200): Reply {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}
