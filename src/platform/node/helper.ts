// The `credential_process` of every lease. Bundled alone and started for each request: nothing but node:fs and
// node:net, both inside Node's start-up snapshot. Never waits for a person.
import { readFileSync, writeSync } from 'node:fs';
import { connect } from 'node:net';
import type { LeaseReply } from './leaseProtocol.ts';

/** Milliseconds from start to the last possible end. */
const limit = 10_000;
/** How long a window that is restarting is waited for, in milliseconds. */
const restartLimit = 3000;
const retryGap = 100;

const started = performance.now();
const directory = process.argv[2] ?? '';

/** Prints one line and ends. */
function fail(message: string): never {
  // One line even if the message has several: tools show the first or join them.
  writeSync(2, `Stage Providers for AWS: ${message.replaceAll(/\s+/g, ' ').trim()}\n`);
  process.exit(1);
}

/** A request line and where to send it, read anew each time: a restarted window may listen elsewhere. */
function loadRequest(): { socket: string; line: string } {
  try {
    const { socket, lease } = JSON.parse(readFileSync(`${directory}/lease.json`, 'utf8')) as {
      socket: string;
      lease: { id: string };
    };
    const token = readFileSync(`${directory}/token`, 'utf8').trim();
    return { socket, line: `${JSON.stringify({ v: 1, lease: lease.id, token })}\n` };
  } catch {
    return fail(
      'The access of this terminal or task has ended. Open a new stage terminal or start the task again.',
    );
  }
}

function retry(message: string, until: number): void {
  if (performance.now() - started > until) fail(message);
  setTimeout(ask, retryGap);
}

function ask(): void {
  const { socket: path, line } = loadRequest();
  let text = '';
  let connected = false;
  const socket = connect(path, () => {
    connected = true;
    socket.write(line);
  });
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    text += chunk;
  });
  socket.on('error', () => {
    // 'close' follows and decides.
  });
  socket.on('close', () => {
    const reply = parseReply(text);
    if (reply?.ok) {
      writeSync(1, `${JSON.stringify(reply.credentials)}\n`);
      process.exit(0);
    }
    if (reply && reply.code !== 'busy' && reply.code !== 'closing') fail(reply.message);
    retry(
      reply?.message ??
        (connected
          ? 'VS Code ended the request for credentials. Try again.'
          : 'The VS Code window that opened this terminal is not running. Open its folder in VS Code, then try again.'),
      reply?.code === 'busy' ? limit : restartLimit,
    );
  });
}

function parseReply(text: string): LeaseReply | undefined {
  try {
    return JSON.parse(text) as LeaseReply;
  } catch {
    return undefined;
  }
}

setTimeout(() => fail('VS Code did not answer in time. Try again.'), limit).unref();
ask();
