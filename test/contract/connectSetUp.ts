import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Clock } from '../../src/core/base/clock.ts';
import { throwIfAborted } from '../../src/core/base/errors.ts';
import { Emitter } from '../../src/core/base/event.ts';
import { CredentialStore } from '../../src/core/credentials/credentialStore.ts';
import type { Provider } from '../../src/core/providers/provider.ts';
import { checkConnector, operationConnector, roleConnector } from '../../src/core/quickConnect/connect.ts';
import { RoleOperations } from '../../src/core/quickConnect/operations.ts';
import type { RolePlan } from '../../src/core/quickConnect/plan.ts';
import { QuickConnectRuns } from '../../src/core/quickConnect/runs.ts';
import type { StageInstance } from '../../src/core/stages/link.ts';
import * as aws from '../../src/platform/aws/aws.ts';
import { claim } from '../../src/platform/node/claim.ts';
import { JsonStateFile } from '../../src/platform/node/stateFile.ts';
import type { ConnectIntent, ConnectView } from '../../src/protocol/connect.ts';
import { ConnectController } from '../../src/ui/panels/connect/controller.ts';
import type { Aws } from '../aws/emulator.ts';
import { MemorySecrets } from '../fakes/memory.ts';

/** The Connect panel's host side with the real core, the real SDK and a real state file; only VS Code is absent. */
export interface ConnectMachine {
  readonly state: JsonStateFile;
  readonly secrets: MemorySecrets;
  readonly operations: RoleOperations;
  readonly checks: ReturnType<typeof checkConnector>;
  readonly credentials: CredentialStore;
  readonly controller: ConnectController;
  /** Plans for which the console was opened, with their ExternalIds. */
  readonly opened: { readonly plan: RolePlan; readonly externalId: string }[];
  view(): ConnectView;
  /** Sends intents one after the other. */
  send(...intents: readonly ConnectIntent[]): Promise<void>;
  /** The first snapshot, now or later, that satisfies the predicate. Rejects after 20 s with the last one. */
  waitFor(predicate: (view: ConnectView) => boolean): Promise<ConnectView>;
  /** The same machine after its window died: other objects, same file and secrets. */
  reopened(): ConnectMachine;
  dispose(): Promise<void>;
}

const stage: StageInstance = {
  id: '/work/shop#dev',
  serviceId: '/work/shop',
  serviceName: 'shop',
  name: 'dev',
  region: 'eu-west-1',
  origins: [],
  link: { level: 'none', protected: false, explanation: '' },
  active: true,
};

/** Waits take no real time: they let the emulator's time pass instead. */
function fastClock(emulator: Aws): Clock {
  return {
    now: () => emulator.clock.now(),
    async wait(ms, signal) {
      throwIfAborted(signal);
      emulator.clock.advance(ms);
      await new Promise((resolve) => setImmediate(resolve));
      throwIfAborted(signal);
    },
  };
}

/** The SDK finds the emulator as it finds any endpoint: through the environment of this process. */
export async function openConnect(emulator: Aws): Promise<ConnectMachine> {
  process.env['AWS_ENDPOINT_URL'] = emulator.endpoint;
  const folder = await mkdtemp(path.join(tmpdir(), 'stage-providers-connect-'));
  return machine(emulator, folder, new MemorySecrets());
}

function machine(emulator: Aws, folder: string, secrets: MemorySecrets): ConnectMachine {
  const clock = fastClock(emulator);
  const state = new JsonStateFile(folder, clock, randomUUID);
  const linked = new Emitter<void>();
  const kit = {
    ...aws,
    state,
    secrets,
    clock,
    random: randomBytes,
    newId: randomUUID,
    claim: (id: string) => claim(folder, id),
  };
  const credentials = new CredentialStore(kit);
  const credentialsOf = (id: string) => credentials.get(id);
  const roleKit = {
    ...kit,
    credentials: credentialsOf,
    forgetCredentials: (id: string) => credentials.forget(id),
    revokeLeases: () => Promise.resolve(),
    linkStages: (_stages: unknown, _provider: Provider) => Promise.resolve(),
  };
  const runs = new QuickConnectRuns({ ...kit, connect: roleConnector(roleKit) });
  const operations = new RoleOperations({ ...kit, connect: operationConnector(roleKit) });
  const opened: ConnectMachine['opened'] = [];
  const controller = new ConnectController({
    ...kit,
    runs,
    credentials: credentialsOf,
    identities: kit,
    stages: {
      load: () => Promise.resolve(),
      instances: () => [stage],
      onDidChange: linked.event,
      link: () => Promise.resolve(),
    },
    runCommand: () => undefined,
    showTemplate: () => Promise.resolve(),
    copy: () => Promise.resolve(),
    consoleKind: () => 'template',
    openConsole: (plan, externalId) => Promise.resolve(void opened.push({ plan, externalId })),
  });
  const close = (): void => {
    controller.dispose();
    runs.dispose();
    operations.dispose();
    credentials.dispose();
    state.dispose();
  };
  return {
    state,
    secrets,
    operations,
    checks: checkConnector(roleKit),
    credentials,
    controller,
    opened,
    view: () => controller.view(),
    send: async (...intents) => {
      for (const intent of intents) await controller.handle(intent);
    },
    waitFor: (predicate) => waitFor(controller, predicate),
    reopened: () => {
      close();
      return machine(emulator, folder, secrets);
    },
    dispose: async () => {
      close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function waitFor(
  controller: ConnectController,
  predicate: (view: ConnectView) => boolean,
): Promise<ConnectView> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const view = controller.view();
      if (!predicate(view)) return;
      clearTimeout(limit);
      subscription.dispose();
      resolve(view);
    };
    const limit = setTimeout(() => {
      subscription.dispose();
      const { step, notice, create, checks } = controller.view();
      reject(new Error(`Not seen: ${JSON.stringify({ step, notice, state: create?.state, checks })}`));
    }, 20_000);
    const subscription = controller.onDidChange(look);
    look();
  });
}

/** From a fresh panel to the filled-in role step, with keys as identity. */
export async function toRoleStep(
  connect: ConnectMachine,
  keys: { readonly accessKeyId: string; readonly secretAccessKey: string },
): Promise<void> {
  const { accessKeyId, secretAccessKey } = keys;
  await connect.send(
    { type: 'ready' },
    { type: 'selectMethod', method: 'access-role' },
    { type: 'selectIdentity', id: 'keys' },
    { type: 'submitKeys', accessKeyId, secretAccessKey },
    { type: 'confirmIdentity' },
  );
}

export const isDone = (view: ConnectView): boolean => view.step === 'done';
export const rests = (view: ConnectView): boolean =>
  !view.busy &&
  (view.notice?.severity === 'error' || view.step === 'done' || view.create?.state === 'cancelled');
