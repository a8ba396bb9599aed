// The `credential_process` of every lease. Bundled alone and started for each request, so it loads nothing but node:fs
// and node:net (even `performance` would cost a millisecond). Never waits for a person.
import { readFileSync, writeSync } from 'node:fs';
import { connect } from 'node:net';
import type { LeaseReply } from './leaseProtocol.ts';

/** Milliseconds from the start of this process to its last possible end. */
const limit = 10_000;
/** How long a window that is restarting is waited for, in milliseconds. */
const restartLimit = 3000;
const retryGap = 100;

const directory = process.argv[2] ?? '';

function print(line: string): void {
  try {
    writeSync(1, `${line}\n`);
  } catch {
    fail('The tool that asked for credentials did not wait for them.');
  }
}

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
  if (process.uptime() * 1000 > until) fail(message);
  setTimeout(ask, retryGap);
}

function ask(): void {
  const { socket: path, line } = loadRequest();
  let text = '';
  let connected = false;
  // Reading into a buffer of our own and ending at the line's end spare what a stream would cost.
  const onread = {
    buffer: Buffer.allocUnsafe(16_384),
    callback(count: number, buffer: Uint8Array): boolean {
      text += Buffer.from(buffer.buffer, buffer.byteOffset, count).toString('latin1');
      if (text.endsWith('\n')) finish(parseReply(Buffer.from(text, 'latin1').toString('utf8')), true);
      return true;
    },
  };
  const socket = connect({ path, onread }, () => {
    connected = true;
  });
  socket.write(line);
  socket.on('error', () => undefined);
  socket.on('close', () => finish(undefined, connected));

  let finished = false;
  function finish(reply: LeaseReply | undefined, wasConnected: boolean): void {
    if (finished) return;
    finished = true;
    if (reply?.ok) {
      print(JSON.stringify(reply.credentials));
      process.exit(0);
    }
    if (reply && reply.code !== 'busy' && reply.code !== 'closing') fail(reply.message);
    socket.destroy();
    const silence = wasConnected
      ? 'VS Code ended the request for credentials. Try again.'
      : 'The VS Code window that opened this terminal is not running. Open its folder in VS Code, then try again.';
    retry(reply?.message ?? silence, reply?.code === 'busy' ? limit : restartLimit);
  }
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
