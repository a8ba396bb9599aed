import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readFileSync, writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { extensions, type Extension, type ExtensionContext } from 'vscode';
import { planVariable, type Timed, type Watched, type WindowAnswer, type WindowPlan } from './plan.ts';

/**
 * Runs in the extension host of a fresh window, as its "test suite": activates one extension, as the plan says, and
 * writes what it saw.
 */
export async function run(): Promise<void> {
  const plan = JSON.parse(readFileSync(process.env[planVariable] ?? '', 'utf8')) as WindowPlan;
  let answer: WindowAnswer;
  try {
    const extension = extensions.getExtension(plan.extension);
    if (!extension) throw new Error(`There is no ${plan.extension} in this extension host.`);
    await untilQuiet();
    if (extension.isActive) throw new Error(`${plan.extension} is active already.`);
    answer = plan.mode === 'time' ? await time(extension, plan) : await watch(extension, plan);
  } catch (error) {
    answer = {
      mode: 'failed',
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    };
  }
  writeFileSync(plan.answer, JSON.stringify(answer));
}

/** Resolution of the event loop monitor in ms: how often it looks. */
const resolution = 1;

/** Waits until the window has done what it does at start: half a second without a block of 15 ms; at most 15 s. */
async function untilQuiet(): Promise<void> {
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  for (const end = performance.now() + 15_000; performance.now() < end;) {
    delay.reset();
    await wait(500);
    if (delay.max < 15e6) break;
  }
  delay.disable();
}

async function time(extension: Extension<unknown>, { settle }: WindowPlan): Promise<Timed> {
  const before = await retained();
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  await wait(50);
  delay.reset();
  const start = performance.now();
  await extension.activate();
  const activateMs = performance.now() - start;
  await wait(settle);
  delay.disable();
  const retainedBytes = (await retained()) - before;
  return { mode: 'time', activateMs, blockMs: delay.max / 1e6, retainedBytes };
}

/** What is held after garbage collection, in bytes. The extension host is not started with --expose-gc. */
async function retained(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // Finalizers of the first run free what the second one then finds.
  for (let round = 0; round < 3; round += 1) {
    collect();
    await wait(20);
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function watch(extension: Extension<unknown>, { settle }: WindowPlan): Promise<Watched> {
  const modules: string[] = [];
  const connections: string[] = [];
  const secrets: string[] = [];
  const hooks = registerHooks({
    load(url, context, next) {
      // The modules VS Code makes up on the way are whole programs in a URL.
      if (!url.startsWith('data:')) modules.push(url);
      return next(url, context);
    },
  });
  const noteConnection = (_message: unknown, name: string | symbol): void =>
    void connections.push(String(name));
  const channels = [
    'net.client.socket',
    'http.client.request.start',
    'undici:request:create',
    'undici:client:connected',
  ];
  for (const channel of channels) subscribe(channel, noteConnection);
  const restore = await spyOnSecrets((key) => secrets.push(key));
  try {
    await extension.activate();
    await wait(settle);
    return { mode: 'watch', modules, connections, secrets };
  } finally {
    restore();
    for (const channel of channels) unsubscribe(channel, noteConnection);
    hooks.deregister();
  }
}

/** All extensions' SecretStorage objects have one class; the probe's own extension gives access to it. */
async function spyOnSecrets(note: (key: string) => void): Promise<() => void> {
  const own = extensions.getExtension<ExtensionContext>('bench.probe');
  const context = await own?.activate();
  if (!context) throw new Error(`VS Code did not load the probe extension.`);
  const shared = Object.getPrototypeOf(context.secrets) as Record<string, (key: string) => unknown>;
  const originals = ['get', 'store', 'delete', 'keys'].map((name) => [name, shared[name]] as const);
  for (const [name, original] of originals) {
    if (!original) continue;
    shared[name] = function spied(this: unknown, key: string) {
      note(`${name} ${key}`);
      return original.call(this, key);
    };
  }
  // The spy must see what goes through it.
  await context.secrets.get('probe');
  return () => {
    for (const [name, original] of originals) if (original) shared[name] = original;
  };
}
