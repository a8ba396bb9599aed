/** The one server clients talk to: reads a request, applies faults, checks who it is and what they may, answers. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { iamAction, protocolOf, requestContext, resourceOf, restAction } from './actions.ts';
import { authenticate } from './authenticate.ts';
import type { CallLog } from './calls.ts';
import { deniedText } from './deniedText.ts';
import { faultError } from './faults.ts';
import { CALLER_BY_DEFAULT } from './iam.ts';
import type { Identity } from './keys.ts';
import { principalContext } from './permissions.ts';
import { isReply, type Service, type World } from './service.ts';
import { parseAuthorization } from './signature.ts';
import {
  understandUnsigned,
  unsignedOperation,
  unsignedRequest,
  type UnsignedOperation,
} from './unsigned.ts';
import {
  AwsError,
  commonError,
  errorCode,
  parseForm,
  parseJson,
  queryResult,
  renderError,
  text,
  type AwsRequest,
  type Params,
  type Reply,
} from './wire.ts';

export interface Routes {
  readonly services: Readonly<Record<string, Service>>;
  readonly unsigned: readonly UnsignedOperation[];
}

export interface Front {
  readonly port: number;
  /** Stops listening and drops every connection; `up` listens on the same port again. */
  down(): Promise<void>;
  up(): Promise<void>;
  dispose(): Promise<void>;
}

/** Listens on 127.0.0.1; `port` 0 takes a free one. */
export async function startFront(world: World, log: CallLog, routes: Routes, port: number): Promise<Front> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing, world, log, routes).catch(() => outgoing.destroy());
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const listen = async (at: number): Promise<number> => {
    server.listen(at, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  };
  const down = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  const actual = await listen(port);
  return {
    port: actual,
    down,
    async up() {
      if (!server.listening) await listen(actual);
    },
    dispose: down,
  };
}

async function serve(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  world: World,
  log: CallLog,
  routes: Routes,
): Promise<void> {
  const at = Date.now();
  const requestId = randomUUID();
  const request = await understand(incoming, routes);
  const seen: { identity?: Identity; params: Params } = { params: request.params };
  const record = (status: number, error?: string): void =>
    log.add({
      at,
      service: request.service,
      action: request.action,
      region: request.region,
      accountId: seen.identity?.accountId,
      callerArn: seen.identity?.arn,
      params: seen.params,
      status,
      ...(error === undefined ? {} : { error }),
    });
  let reply: Reply;
  let error: string | undefined;
  try {
    const answer = await answerTo(request, requestId, world, routes, seen);
    if (answer === 'reset') {
      record(0, 'reset');
      incoming.socket.resetAndDestroy();
      return;
    }
    reply = answer;
  } catch (thrown) {
    const known = thrown instanceof AwsError ? thrown : fromMoto(thrown as Error);
    reply = renderError(known, request.protocol, requestId);
    error = errorCode(known, request.protocol)[0];
  }
  record(reply.status, error ?? (reply.status >= 400 ? String(reply.status) : undefined));
  incoming.resume();
  outgoing.writeHead(reply.status, { ...reply.headers, date: new Date(world.clock.wall()).toUTCString() });
  if (typeof reply.body === 'string' || Buffer.isBuffer(reply.body)) outgoing.end(reply.body);
  else await pipeline(reply.body, outgoing);
}

/** What moto answered to a question of ours, as our own error; anything else is a fault of the emulator, told in full. */
function fromMoto(error: Error & { Code?: string; $metadata?: { httpStatusCode?: number } }): AwsError {
  const status = error.$metadata?.httpStatusCode;
  return status === undefined
    ? commonError('serverError', `Emulator: ${error.stack ?? error.message}`)
    : new AwsError(error.Code ?? error.name, error.message, status);
}

async function answerTo(
  request: AwsRequest,
  requestId: string,
  world: World,
  routes: Routes,
  seen: { identity?: Identity; params: Params },
): Promise<Reply | 'reset'> {
  const authorization = parseAuthorization(request.headers.authorization);
  const operation = authorization === undefined ? unsignedOperation(routes.unsigned, request) : undefined;
  const claimed = world.keys.byId.get(authorization?.accessKeyId ?? '')?.identity;
  const fault = world.faults.strike(request, claimed?.accountId ?? text(request.params, 'account_id'));
  if (fault !== undefined) {
    if (claimed !== undefined) seen.identity = claimed;
    if (fault.kind === 'reset' || fault.kind === 'unreachable') return 'reset';
    if (fault.kind === 'slow') await delay(fault.ms ?? 1000);
    const error = faultError(fault, request.service, request.action, claimed?.arn ?? 'anonymous');
    if (error !== undefined) throw operation?.word?.(error) ?? error;
  }
  const answer = answerUnfaulted(request, requestId, world, routes, seen);
  if (fault?.kind !== 'lostAnswer') return answer;
  await answer.catch(() => undefined);
  return 'reset';
}

async function answerUnfaulted(
  request: AwsRequest,
  requestId: string,
  world: World,
  routes: Routes,
  seen: { identity?: Identity; params: Params },
): Promise<Reply> {
  const authorization = parseAuthorization(request.headers.authorization);
  if (authorization === undefined) {
    const operation = unsignedOperation(routes.unsigned, request);
    if (operation === undefined) throw commonError('missingToken', 'Missing Authentication Token');
    return operation.answer(unsignedRequest(request), world);
  }
  const identity = authenticate(request, authorization, world);
  seen.identity = identity;
  return answerSigned(request, requestId, identity, world, routes, seen);
}

async function answerSigned(
  request: AwsRequest,
  requestId: string,
  identity: Identity,
  world: World,
  routes: Routes,
  seen: { params: Params },
): Promise<Reply> {
  const { accountId } = identity;
  const service = routes.services[request.service];
  const own = service?.operations[request.action];
  let params = request.params;
  if (request.service === 'iam' && identity.kind === 'user' && CALLER_BY_DEFAULT.has(request.action))
    params = { UserName: identity.userName, ...params };
  seen.params = params;
  const named: AwsRequest = { ...request, params };
  const exempt = [...(service?.open ?? []), ...(service?.selfChecked ?? [])];
  if (!exempt.includes(request.action)) await authorize(named, identity, world);
  const call = {
    request: named,
    params,
    identity,
    accountId,
    requestId,
    forward: (form?: URLSearchParams) => world.moto.forward(named, accountId, form ?? withCaller(named)),
  };
  const result = own === undefined ? await call.forward() : await own(call, world);
  // CloudFormation creates roles and users too; reading is cheap, a stale permission is not.
  if (['iam', 'cloudformation'].includes(request.service) && !/^(Get|List|Describe)/.test(request.action))
    world.permissions.changed();
  return isReply(result) ? result : queryResult(request.action, result, requestId);
}

function withCaller({ service, params, body }: AwsRequest): URLSearchParams | undefined {
  if (service !== 'iam' || body === undefined) return undefined;
  const form = new URLSearchParams(body.toString());
  const userName = params['UserName'];
  if (form.has('UserName') || typeof userName !== 'string') return undefined;
  form.set('UserName', userName);
  return form;
}

/** Throws AccessDenied in the words the service uses. */
async function authorize(request: AwsRequest, identity: Identity, world: World): Promise<void> {
  if (identity.kind === 'root') return;
  const { moto, clock } = world;
  const action = iamAction(request.service, request.action);
  const resource = await resourceOf(request, identity.accountId, moto);
  const context = {
    ...principalContext(identity, clock.wall()),
    ...(await requestContext(request, identity.accountId, moto)),
  };
  const decision = await world.permissions.decide(identity, { action, resource, context });
  if (decision.allowed) return;
  throw commonError('accessDenied', deniedText(identity.arn, action, resource, decision.reason));
}

/** Reads the request. Bodies are read whole, except object uploads, which are streamed. */
async function understand(incoming: IncomingMessage, routes: Routes): Promise<AwsRequest> {
  const { headers, method = 'GET', url = '/' } = incoming;
  const at = url.indexOf('?');
  const [path, rawQuery] = at < 0 ? [url, ''] : [url.slice(0, at), url.slice(at + 1)];
  const authorization = parseAuthorization(headers.authorization);
  if (authorization === undefined && unsignedOperation(routes.unsigned, { method, path }) !== undefined) {
    const unsigned = { method, path, rawQuery, headers, body: await readBody(incoming), stream: incoming };
    return understandUnsigned(unsigned, routes.unsigned);
  }
  const { service = '', region = 'us-east-1' } = authorization ?? {};
  const protocol = protocolOf(service, headers);
  const streamed = service === 's3' && method === 'PUT';
  const body = streamed ? undefined : await readBody(incoming);
  const source = body?.toString() ?? '';
  const params =
    protocol === 'query'
      ? parseForm(new URLSearchParams(source || rawQuery))
      : protocol === 'rest-xml'
        ? Object.fromEntries(new URLSearchParams(rawQuery))
        : parseJson(source);
  const target = String(headers['x-amz-target'] ?? '');
  const action =
    protocol === 'query'
      ? (text(params, 'Action') ?? '')
      : protocol === 'json'
        ? (target.split('.').at(-1) ?? '')
        : restAction(service, method, path, rawQuery);
  return {
    method,
    path,
    rawQuery,
    headers,
    body,
    stream: incoming,
    protocol,
    service,
    region,
    action,
    params,
  };
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
