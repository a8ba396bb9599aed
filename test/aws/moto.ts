/** The process behind the emulator: moto_server, reached only through here. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { IAMClient } from '@aws-sdk/client-iam';
import type { AwsRequest, Reply } from './wire.ts';

export interface Moto {
  readonly endpoint: string;
  /** Sends a client's request on, into the given account. Streams the body when it was not read. */
  forward(request: AwsRequest, accountId: string, form?: URLSearchParams): Promise<Reply>;
  /** A client with every permission in the account. */
  iam(accountId: string): IAMClient;
  cloudFormation(accountId: string, region: string): CloudFormationClient;
  /** Reads a stored object as text; undefined when there is none. */
  object(accountId: string, bucket: string, key: string): Promise<string | undefined>;
  dispose(): Promise<void>;
}

/**
 * Gives users ids as AWS does (moto's have no AIDA prefix) and lets stacks be deleted whose exports came with an update
 * (moto forgets to register those). Starts on a free port and ends when its stdin closes, so that it never outlives a
 * killed parent.
 */
const SCRIPT = `
import logging, random, sys
import moto.iam.models as iam
make_user = iam.User.__init__
def with_unique_id(self, *args, **kwargs):
    make_user(self, *args, **kwargs)
    self.id = 'AIDA' + ''.join(random.choices('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', k=17))
iam.User.__init__ = with_unique_id
import moto.cloudformation.models as cloudformation
delete_stack = cloudformation.CloudFormationBackend.delete_stack
def with_exports(self, name_or_stack_id):
    for stack in self.stacks.values():
        for export in stack.exports:
            self.exports.setdefault(export.name, export)
    delete_stack(self, name_or_stack_id)
cloudformation.CloudFormationBackend.delete_stack = with_exports
logging.getLogger('werkzeug').setLevel(logging.ERROR)
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address='127.0.0.1', port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
`;

const START_LIMIT_MS = 60_000;

/** Starts moto with the given Python. Throws with Python's own words when moto cannot be started. */
export async function startMoto(python: string): Promise<Moto> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AWS_|MOTO_)/.test(name)));
  const child = spawn(python, ['-c', SCRIPT], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...env, MOTO_IAM_LOAD_MANAGED_POLICIES: 'true', PYTHONDONTWRITEBYTECODE: '1' },
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-4000)));
  child.on('error', (error) => (errors += error.message));
  child.stdin.on('error', () => undefined);
  const exited = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', () => resolve());
  });
  const lines = createInterface({ input: child.stdout });
  const line = await Promise.race([
    once(lines, 'line', { signal: AbortSignal.timeout(START_LIMIT_MS) }).then(([first]) => String(first)),
    exited.then(() => undefined),
  ]).catch(() => undefined);
  if (line === undefined) {
    child.kill('SIGKILL');
    throw new Error(`moto_server did not start with ${python}: ${errors.trim() || 'no output'}`);
  }
  lines.close();
  child.stdout.resume();
  return connect(Number(line), async () => {
    child.stdin.end();
    child.kill();
    await exited;
  });
}

function connect(port: number, stop: () => Promise<void>): Moto {
  const endpoint = `http://127.0.0.1:${port}`;
  const agent = new Agent({ keepAlive: false });
  const clients = new Map<string, { destroy(): void }>();
  const client = <T extends { destroy(): void }>(key: string, make: () => T): T => {
    const known = clients.get(key) ?? make();
    clients.set(key, known);
    return known as T;
  };
  const config = (region: string) => ({
    endpoint,
    region,
    maxAttempts: 1,
    credentials: { accessKeyId: 'AKIAEMULATORADMINISTR', secretAccessKey: 'x' },
  });
  return {
    endpoint,
    iam: (accountId) =>
      client(`iam/${accountId}`, () => {
        const iam = new IAMClient(config('us-east-1'));
        iam.middlewareStack.add(inAccount(accountId), { step: 'build' });
        return iam;
      }),
    cloudFormation: (accountId, region) =>
      client(`cloudformation/${accountId}/${region}`, () => {
        const cloudFormation = new CloudFormationClient(config(region));
        cloudFormation.middlewareStack.add(inAccount(accountId), { step: 'build' });
        return cloudFormation;
      }),
    async object(accountId, bucket, key) {
      const response = await fetch(`${endpoint}/${bucket}/${key}`, {
        headers: {
          'x-moto-account-id': accountId,
          authorization:
            'AWS4-HMAC-SHA256 Credential=AKIAEMULATORADMINIST/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0',
        },
      });
      return response.ok ? await response.text() : undefined;
    },
    async forward(request, accountId, form) {
      const body = form === undefined ? request.body : Buffer.from(form.toString());
      const headers: Record<string, string | string[]> = { 'x-moto-account-id': accountId };
      for (const [name, value] of Object.entries(request.headers)) {
        if (value !== undefined && !HOP_BY_HOP.has(name)) headers[name] = value;
      }
      if (body !== undefined) {
        delete headers['transfer-encoding'];
        headers['content-length'] = String(body.length);
      }
      const path = request.rawQuery === '' ? request.path : `${request.path}?${request.rawQuery}`;
      const outgoing = httpRequest({ host: '127.0.0.1', port, agent, method: request.method, path, headers });
      const answered = once(outgoing, 'response');
      if (body === undefined) request.stream.pipe(outgoing);
      else outgoing.end(body);
      const [response] = (await answered) as [IncomingMessage];
      return { status: response.statusCode ?? 500, headers: replyHeaders(response), body: response };
    },
    async dispose() {
      for (const open of clients.values()) open.destroy();
      agent.destroy();
      await stop();
    },
  };
}

const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'expect', 'x-moto-account-id']);
const OURS = new Set(['connection', 'date', 'server', 'keep-alive', 'transfer-encoding']);

function replyHeaders(response: IncomingMessage): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(response.headers).filter(
      (entry): entry is [string, string | string[]] => entry[1] !== undefined && !OURS.has(entry[0]),
    ),
  );
}

/** SDK middleware: this call belongs to the account, whatever key signed it. */
function inAccount(accountId: string) {
  return <A extends object, R>(next: (args: A) => Promise<R>) =>
    (args: A): Promise<R> => {
      const { request } = args as { request?: { headers: Record<string, string> } };
      if (request !== undefined) request.headers['x-moto-account-id'] = accountId;
      return next(args);
    };
}
