import type { Clock, RandomBytes } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { Failure, isCancelled, toFailure } from '../base/errors.ts';
import { Emitter, type Event } from '../base/event.ts';
import type { AccessRoleProvider } from '../providers/provider.ts';
import type { SecretStore } from '../providers/secretStore.ts';
import type { StateFile } from '../providers/stateFile.ts';
import { createExternalId } from './externalId.ts';
import { stepActions, storeNextExternalId, type OperationPorts } from './operationActions.ts';
import type { Creator, RolePlan } from './plan.ts';
import {
  nextStep,
  operationSteps,
  parseOperation,
  withOperation,
  type OperationKind,
  type RoleOperation,
} from './roleOperation.ts';

export interface RoleOperationsPorts {
  readonly state: StateFile;
  readonly secrets: SecretStore;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly newId: () => string;
  /** The AWS side, as the operator. */
  readonly connect: (
    provider: AccessRoleProvider,
    plan: RolePlan,
    operator: Creator,
  ) => Omit<OperationPorts, 'state' | 'secrets' | 'clock' | 'onEvents' | 'onTrouble'>;
  /** See `QuickConnectPorts.claim`. */
  readonly claim: (workId: string) => Promise<(() => Promise<void>) | undefined>;
}

/** Changes roles of ours after they were connected: each step is recorded before it runs and may be repeated. */
export class RoleOperations implements Disposable {
  readonly #ports: RoleOperationsPorts;
  readonly #abort = new AbortController();
  readonly #progress = new Emitter<RoleOperation>();

  /** Fires when an operation takes up a step. */
  readonly onDidProgress: Event<RoleOperation> = this.#progress.event;

  constructor(ports: RoleOperationsPorts) {
    this.#ports = ports;
  }

  /** Operations that were interrupted or failed, oldest first. */
  async unfinished(): Promise<readonly RoleOperation[]> {
    const { pendingWork } = await this.#ports.state.load();
    return pendingWork.map(parseOperation).filter((operation) => operation !== undefined);
  }

  /**
   * Starts an operation, or goes on with the unfinished one of the same kind, and resolves when it is done.
   *
   * @param operator whose credentials change the stack; by default who created it
   * @throws Failure `no-stack`, `provider-in-use`, `operation-running`, `provider-gone` or that of the step; Cancelled
   */
  async run(
    kind: OperationKind,
    providerId: string,
    operator?: Creator,
    signal?: AbortSignal,
  ): Promise<void> {
    const { provider, plan } = await this.#provider(providerId);
    if (kind === 'delete') await this.#assertUnused(provider);
    const unfinished = (await this.unfinished()).find((each) => each.providerId === providerId);
    if (unfinished && unfinished.kind !== kind) {
      throw new Failure('operation-running', `“${provider.name}” is still being changed.`, {
        hint: 'Finish that first: it stands under “Unfinished” in the Providers view.',
        action: { title: 'Continue', command: 'continueWork', args: [unfinished.id] },
      });
    }
    const { attempt = 0, ...before } = unfinished ?? {};
    const operation: RoleOperation = {
      id: this.#ports.newId(),
      kind,
      providerId,
      token: this.#ports.newId(),
      startedAt: this.#ports.clock.now(),
      step: operationSteps[kind][0] ?? 'done',
      ...withoutFailure(before),
      attempt: attempt + 1,
      operator: operator ?? unfinished?.operator ?? plan.creator,
    };
    if (kind === 'rotate') {
      await storeNextExternalId(this.#ports.secrets, providerId, createExternalId(this.#ports.random));
    }
    await this.#drive(operation, provider, plan, signal);
  }

  dispose(): void {
    this.#abort.abort();
    this.#progress.dispose();
  }

  async #drive(
    start: RoleOperation,
    provider: AccessRoleProvider,
    plan: RolePlan,
    wanted: AbortSignal | undefined,
  ): Promise<void> {
    const { state, claim } = this.#ports;
    const release = await claim(start.id);
    if (!release) throw new Failure('operation-running', 'Another window of this editor is at work on this.');
    const signal = wanted ? AbortSignal.any([wanted, this.#abort.signal]) : this.#abort.signal;
    const ports: OperationPorts = {
      ...this.#ports,
      ...this.#ports.connect(provider, plan, start.operator),
      onEvents: () => undefined,
      onTrouble: () => undefined,
    };
    let operation = start;
    try {
      while (operation.step !== 'done') {
        const current = operation;
        await state.update((before) => withOperation(before, current));
        this.#progress.fire(current);
        await stepActions[operation.step]({ operation, provider, plan, ports, signal });
        operation = { ...operation, step: nextStep(operation) };
      }
      const done = operation;
      await state.update((before) => withOperation(before, done));
      this.#progress.fire(done);
    } catch (error) {
      if (!isCancelled(error)) {
        const { code, message, hint } = toFailure(error);
        const failed = { ...operation, failure: { code, message, ...(hint === undefined ? {} : { hint }) } };
        await state.update((before) => withOperation(before, failed));
      }
      throw error;
    } finally {
      await release();
    }
  }

  async #provider(id: string): Promise<{ readonly provider: AccessRoleProvider; readonly plan: RolePlan }> {
    const { providers } = await this.#ports.state.load();
    const provider = providers.find((each) => each.id === id);
    if (!provider) throw new Failure('provider-gone', 'This provider was removed.');
    const plan =
      provider.kind === 'access-role' && provider.stack ? (provider.plan as RolePlan | undefined) : undefined;
    if (provider.kind === 'access-role' && plan) return { provider, plan };
    throw new Failure('no-stack', `“${provider.name}” was not made by this extension.`, {
      hint: 'Only roles that Quick Connect created have a stack that can be changed here.',
    });
  }

  async #assertUnused(provider: AccessRoleProvider): Promise<void> {
    const { providers } = await this.#ports.state.load();
    const dependent = providers.find(
      (each) => each.kind === 'access-role' && each.sourceProviderId === provider.id,
    );
    if (!dependent) return;
    throw new Failure('provider-in-use', `“${dependent.name}” is assumed with this provider.`, {
      hint: `Remove “${dependent.name}” first.`,
    });
  }
}

function withoutFailure<T extends { readonly failure?: unknown }>(operation: T): Omit<T, 'failure'> {
  const { failure: _, ...rest } = operation;
  return rest;
}
