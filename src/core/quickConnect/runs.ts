import { backOff, type Clock, type RandomBytes } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { Failure, isCancelled } from '../base/errors.ts';
import { Emitter, type Event } from '../base/event.ts';
import { Queue } from '../base/queue.ts';
import { parseArn } from '../providers/arn.ts';
import { externalIdSecret, type SecretStore } from '../providers/secretStore.ts';
import type { State, StateFile } from '../providers/stateFile.ts';
import { createExternalId } from './externalId.ts';
import { assertPlan, isRoleArn, type RolePlan } from './plan.ts';
import type { StackEvent } from './stack.ts';
import { nextPhase, type StepPorts } from './steps.ts';
import type { CheckResult } from './verification.ts';
import {
  adopted,
  cancelled,
  cleanedUp,
  firstPhase,
  isOver,
  isResting,
  keptUnverified,
  parseWork,
  retried,
  withRoleArn,
  withWork,
  type QuickConnectWork,
} from './work.ts';

/** What a panel shows of one run. */
export interface QuickConnectRun {
  readonly work: QuickConnectWork;
  readonly events: readonly StackEvent[];
  readonly checks: readonly CheckResult[];
  /** AWS does not answer for the moment. */
  readonly trouble: Failure | undefined;
  /** This window is at work on it. */
  readonly running: boolean;
  /** Another window is at work on it; what is shown follows the state file. */
  readonly elsewhere: boolean;
}

export interface QuickConnectPorts {
  readonly state: StateFile;
  readonly secrets: SecretStore;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** Lower-case hex or UUID text, unique per call. */
  readonly newId: () => string;
  /** The step's AWS side for one plan, with the source provider's credentials. */
  readonly connect: (
    plan: RolePlan,
    loadExternalId: () => Promise<string>,
  ) => Omit<StepPorts, 'clock' | 'loadExternalId' | 'onEvents' | 'onTrouble' | 'onCheck'>;
  /** Makes this window the only one at work on something; `undefined` while another window is. The result gives it up. */
  readonly claim: (workId: string) => Promise<(() => Promise<void>) | undefined>;
}

interface Running {
  run: QuickConnectRun;
  readonly abort: AbortController;
  /** Rest after the phase at work, even if the next one has something to do. */
  stop: boolean;
  done: Promise<void>;
}

/** How long we wait for another window to finish or die, in milliseconds. */
const elsewhereLimitMs = 2 * 60 * 60_000;

/** Drives Quick Connect work: one writer per run, every phase persisted before the next begins. */
export class QuickConnectRuns implements Disposable {
  readonly #ports: QuickConnectPorts;
  readonly #runs = new Map<string, Running>();
  readonly #changed = new Emitter<string>();
  readonly #redirects = new Queue();
  readonly #following: Disposable;
  #disposed = false;

  /** Fires the provider id of the run that changed. */
  readonly onDidChange: Event<string> = this.#changed.event;

  constructor(ports: QuickConnectPorts) {
    this.#ports = ports;
    this.#following = ports.state.onDidChange((state) => this.#follow(state));
  }

  get(id: string): QuickConnectRun | undefined {
    return this.#runs.get(id)?.run;
  }

  /**
   * Starts a run: its ExternalId and its plan are stored before AWS is asked for anything.
   *
   * @param existingExternalId of a role that exists already
   */
  async start(plan: RolePlan, existingExternalId?: string): Promise<void> {
    assertPlan(plan);
    if (plan.hasExternalId) {
      const externalId = existingExternalId ?? createExternalId(this.#ports.random);
      await this.#ports.secrets.store(externalIdSecret(plan.providerId), externalId);
    }
    const now = this.#ports.clock.now();
    const work: QuickConnectWork = {
      plan,
      token: this.#ports.newId(),
      attempt: 1,
      startedAt: now,
      phase: firstPhase(plan, now),
      externalIdEnforced: true,
    };
    await this.#ports.state.update((state) => withWork(state, work));
    this.#drive(work);
  }

  /** Unfinished work of the state file that no run of this window holds yet, oldest first. */
  async unfinished(): Promise<readonly QuickConnectWork[]> {
    const state = await this.#ports.state.load();
    return state.pendingWork
      .map(parseWork)
      .filter((work): work is QuickConnectWork => work !== undefined)
      .toSorted((a, b) => a.startedAt - b.startedAt);
  }

  /** Goes on with work of the state file; resting work is only shown. */
  resume(work: QuickConnectWork): void {
    if (this.#runs.has(work.plan.providerId)) return;
    if (isResting(work.phase)) this.#runs.set(work.plan.providerId, this.#running(work));
    else this.#drive(work);
  }

  /** Undoes what was made so far. The call under way is left to end first, so that nothing is made unseen. */
  cancel(id: string): Promise<void> {
    return this.#redirect(id, cancelled);
  }

  retry(id: string): Promise<void> {
    return this.#redirect(id, retried);
  }

  cleanUp(id: string): Promise<void> {
    return this.#redirect(id, cleanedUp);
  }

  keepUnverified(id: string): Promise<void> {
    return this.#redirect(id, keptUnverified);
  }

  /** @throws Failure `external-id-lost` */
  async externalId(id: string): Promise<string> {
    const externalId = await this.#ports.secrets.load(externalIdSecret(id));
    if (externalId !== undefined) return externalId;
    throw new Failure('external-id-lost', 'The ExternalId of this role is no longer in the secret store.', {
      hint: 'Delete what was made so far and start again.',
    });
  }

  adopt(id: string): Promise<void> {
    return this.#redirect(id, adopted);
  }

  /** @throws Failure `invalid-arn`, `account-mismatch`: the ARN must be of a role in the plan's account */
  async useRoleArn(id: string, roleArn: string): Promise<void> {
    const planned = this.get(id)?.work.plan.accountId;
    const found = isRoleArn(roleArn) ? parseArn(roleArn)?.accountId : undefined;
    if (found === undefined) {
      throw new Failure('invalid-arn', 'This is not the ARN of a role.', {
        hint: 'It looks like arn:aws:iam::123456789012:role/name and stands under “Outputs” of the stack.',
      });
    }
    if (found !== planned) {
      throw new Failure(
        'account-mismatch',
        `This role is in account ${found}, not in ${planned ?? 'the one chosen'}.`,
        {
          hint: 'Nothing was changed. Sign in to the right account in the console, or start again for the other account.',
        },
      );
    }
    await this.#redirect(id, (work) => withRoleArn(work, roleArn.trim()));
  }

  /** Forgets a run that is over. */
  forget(id: string): void {
    const running = this.#runs.get(id);
    if (running && isOver(running.run.work.phase)) this.#runs.delete(id);
  }

  dispose(): void {
    this.#disposed = true;
    this.#following.dispose();
    for (const { abort } of this.#runs.values()) abort.abort();
    this.#changed.dispose();
  }

  #redirect(id: string, change: (work: QuickConnectWork) => QuickConnectWork): Promise<void> {
    return this.#redirects.add(async () => {
      const running = this.#runs.get(id);
      if (!running || running.run.elsewhere || change(running.run.work) === running.run.work) return;
      running.stop = true;
      // CreateStack is never cut short: its answer says whether there is something to undo.
      const { name } = running.run.work.phase;
      if (name !== 'planned' && name !== 'linking') running.abort.abort();
      await running.done;
      const work = change(running.run.work);
      // The phase that was stopped may have ended by itself meanwhile: then the work just goes on.
      if (!isResting(work.phase)) this.#drive(work);
      else if (work !== running.run.work) {
        await this.#save(running, work);
        await this.#dropSecret(work);
      }
    });
  }

  #drive(work: QuickConnectWork): void {
    const running = this.#running(work);
    this.#runs.set(work.plan.providerId, running);
    this.#changed.fire(work.plan.providerId);
    running.done = this.#advance(running);
  }

  #running(work: QuickConnectWork): Running {
    const previous = this.#runs.get(work.plan.providerId)?.run;
    return {
      run: {
        work,
        events: previous?.events ?? [],
        checks: work.phase.name === 'verifying' ? [] : (previous?.checks ?? []),
        trouble: undefined,
        running: !isResting(work.phase),
        elsewhere: false,
      },
      abort: new AbortController(),
      stop: false,
      done: Promise.resolve(),
    };
  }

  async #advance(running: Running): Promise<void> {
    const ports = this.#stepPorts(running);
    const release = await this.#claim(running);
    if (!release) return;
    try {
      await this.#save(running, running.run.work);
      while (!running.stop && !isResting(running.run.work.phase)) {
        const { work } = running.run;
        const phase = await nextPhase(work, ports, running.abort.signal);
        const attempt =
          work.phase.name === 'deleting' && phase.name === 'planned' ? work.attempt + 1 : work.attempt;
        await this.#save(running, { ...work, attempt, phase });
      }
      await this.#dropSecret(running.run.work);
    } catch (error) {
      if (!isCancelled(error)) this.#show(running, { trouble: error instanceof Failure ? error : undefined });
    } finally {
      await release();
      this.#show(running, { running: false });
    }
  }

  /** Waits while another window is at work on the run, then goes on from where that one stopped. */
  async #claim(running: Running): Promise<(() => Promise<void>) | undefined> {
    const { state, clock, claim } = this.#ports;
    const id = running.run.work.plan.providerId;
    const first = await claim(id);
    if (first) return first;
    this.#show(running, { running: false, elsewhere: true });
    for (const wait of backOff({ first: 2000, factor: 1, cap: 2000, limit: elsewhereLimitMs })) {
      try {
        await clock.wait(wait, running.abort.signal);
      } catch {
        return undefined;
      }
      if (isOver(running.run.work.phase)) return undefined;
      const release = await claim(id);
      if (!release) continue;
      this.#follow(await state.load());
      this.#show(running, { elsewhere: false, running: !isResting(running.run.work.phase) });
      return release;
    }
    return undefined;
  }

  /** Shows what another window has made of the runs that it is at work on. */
  #follow(state: State): void {
    for (const [id, running] of this.#runs) {
      if (!running.run.elsewhere) continue;
      const pending = state.pendingWork.find((each) => each.id === id);
      const connected = state.providers.some((provider) => provider.id === id);
      const work = pending ? parseWork(pending) : undefined;
      const over: QuickConnectWork = {
        ...running.run.work,
        phase: { name: connected ? 'connected' : 'cancelled' },
      };
      this.#show(running, { work: work ?? over });
    }
  }

  /** The ExternalId of work that was given up is of no use to anyone. */
  async #dropSecret({ plan, phase }: QuickConnectWork): Promise<void> {
    if (phase.name === 'cancelled') await this.#ports.secrets.delete(externalIdSecret(plan.providerId));
  }

  async #save(running: Running, work: QuickConnectWork): Promise<void> {
    await this.#ports.state.update((state) => withWork(state, work));
    this.#show(running, { work, trouble: undefined });
  }

  #stepPorts(running: Running): StepPorts {
    const { plan } = running.run.work;
    const loadExternalId = (): Promise<string> => this.externalId(plan.providerId);
    return {
      ...this.#ports.connect(plan, loadExternalId),
      clock: this.#ports.clock,
      loadExternalId,
      onEvents: (events) => this.#show(running, { events }),
      onTrouble: (trouble) => this.#show(running, { trouble }),
      onCheck: (check) => {
        const others = running.run.checks.filter(({ id }) => id !== check.id);
        this.#show(running, { checks: [...others, check] });
      },
    };
  }

  #show(running: Running, change: Partial<QuickConnectRun>): void {
    running.run = { ...running.run, ...change };
    if (!this.#disposed) this.#changed.fire(running.run.work.plan.providerId);
  }
}
