import type { Disposable } from '../../../core/base/disposable.ts';
import { DisposableStore } from '../../../core/base/disposable.ts';
import { Failure, isCancelled, toFailure } from '../../../core/base/errors.ts';
import { Emitter, type Event } from '../../../core/base/event.ts';
import { Queue } from '../../../core/base/queue.ts';
import type { Provider } from '../../../core/providers/provider.ts';
import type { RolePlan } from '../../../core/quickConnect/plan.ts';
import { prepareTrust } from '../../../core/quickConnect/prepare.ts';
import { roleTemplate } from '../../../core/quickConnect/template.ts';
import type { ConnectIntent, ConnectMethod, ConnectView, RoleField } from '../../../protocol/connect.ts';
import { startDraft, type Draft } from './draft.ts';
import { planFrom } from './planFrom.ts';
import type { ConnectPorts } from './ports.ts';
import { identifyChoice, identifyKeys, type Identified } from './identify.ts';
import { connectView, type Confirmed, type ConnectModel } from './view.ts';

/**
 * The Connect panel without its window: takes intents, keeps the model, gives whole snapshots. Keys that were entered
 * live here only until they are confirmed and stored, and never in the view.
 */
export class ConnectController implements Disposable {
  readonly #ports: ConnectPorts;
  readonly #changed = new Emitter<void>();
  readonly #store = new DisposableStore();
  readonly #intents = new Queue();
  #model: ConnectModel = {
    method: 'access-role',
    step: 'method',
    checking: false,
    busy: false,
    choices: undefined,
  };
  /** Saves the confirmed identity as a provider. */
  #saveIdentity: (() => Promise<Provider>) | undefined;

  readonly onDidChange: Event<void> = this.#changed.event;

  constructor(ports: ConnectPorts) {
    this.#ports = ports;
    this.#store.add(ports.runs.onDidChange((id) => id === this.#model.runId && this.#changed.fire()));
    this.#store.add(ports.stages.onDidChange(() => this.#changed.fire()));
    this.#store.add(this.#changed);
  }

  view(): ConnectView {
    const { runs, stages } = this.#ports;
    const run = this.#model.runId === undefined ? undefined : runs.get(this.#model.runId);
    return connectView(this.#model, run, stages.instances(), this.#ports.consoleKind());
  }

  /** Handles one intent after the other; what goes wrong is shown in the view. */
  handle(intent: ConnectIntent): Promise<void> {
    // Cancelling must not wait behind the intent it cancels.
    const { runId } = this.#model;
    if (intent.type === 'cancel')
      return runId === undefined ? Promise.resolve() : this.#ports.runs.cancel(runId);
    return this.#intents.add(async () => {
      try {
        await this.#handle(intent);
      } catch (error) {
        if (!isCancelled(error)) this.#set({ failure: toFailure(error) });
      } finally {
        if (this.#model.busy || this.#model.checking) this.#set({ busy: false, checking: false });
      }
    });
  }

  dispose(): void {
    this.#store.dispose();
  }

  async #handle(intent: ConnectIntent): Promise<void> {
    const { runs } = this.#ports;
    const { runId } = this.#model;
    switch (intent.type) {
      case 'ready':
        return this.#open();
      case 'selectMethod':
        return this.#chooseMethod(intent.method);
      case 'selectIdentity':
        return this.#selectIdentity(intent.id);
      case 'submitKeys':
        return this.#identify(() => identifyKeys(intent, this.#ports));
      case 'confirmIdentity':
        return this.#confirmIdentity();
      case 'useAsItIs':
        return this.#saveAsProvider();
      case 'setWay':
        return this.#edit({ way: intent.way, mode: intent.way === 'create' ? 'simple' : 'advanced' });
      case 'setMode':
        return this.#edit({ mode: intent.mode });
      case 'setPermissionKind':
        return this.#edit({ permissionKind: intent.kind });
      case 'setOnlyMe':
        return this.#edit({ onlyMe: intent.onlyMe });
      case 'setRole':
        return this.#editField(intent.field, intent.value);
      case 'setStageLinked':
        return this.#setLinked(intent.id, intent.linked);
      case 'viewTemplate':
        return this.#viewTemplate();
      case 'create':
        return this.#create();
      case 'useExisting':
        return this.#create(intent.externalId);
      case 'openConsole':
        return this.#openConsole();
      case 'submitRoleArn':
        return runId === undefined ? undefined : this.#useRoleArn(runId, intent.roleArn);
      case 'adopt':
        return runId === undefined ? undefined : runs.adopt(runId);
      case 'back':
        return this.#back();
      case 'retry':
        return runId === undefined ? undefined : runs.retry(runId);
      case 'deleteLeftover':
        return runId === undefined ? undefined : runs.cleanUp(runId);
      case 'saveUnverified':
        return runId === undefined ? undefined : runs.keepUnverified(runId);
      case 'startOver':
        return this.#startOver();
      case 'deploy':
        return this.#onLinkedStage('deployStage');
      case 'openTerminal':
        return this.#onLinkedStage('openTerminal');
      case 'copy':
        return this.#ports.copy(intent.text);
      case 'showLog':
        this.#ports.runCommand('showLog');
        return undefined;
      case 'signIn':
      case 'cancel':
        return undefined;
    }
  }

  /** First message of a new page: finds unfinished work and goes on with it at the step where it stopped. */
  async #open(): Promise<void> {
    await this.#ports.state.load();
    const unfinished = this.#model.runId === undefined ? (await this.#ports.runs.unfinished())[0] : undefined;
    if (unfinished) {
      this.#ports.runs.resume(unfinished);
      this.#set({ runId: unfinished.plan.providerId, step: 'run' });
    }
    await this.#ports.stages.load();
    this.#changed.fire();
  }

  async #chooseMethod(method: ConnectMethod): Promise<void> {
    this.#saveIdentity = undefined;
    this.#set({
      method,
      step: 'identity',
      choices: undefined,
      selected: undefined,
      confirmed: undefined,
      failure: undefined,
    });
    const profiles = await this.#ports.loadProfiles();
    const { providers } = await this.#ports.state.load();
    const choices = { providers, profiles };
    this.#set({ choices });
    if (method === 'access-key') await this.#selectIdentity('keys');
  }

  async #selectIdentity(id: string): Promise<void> {
    this.#saveIdentity = undefined;
    this.#set({ selected: id, confirmed: undefined, failure: undefined });
    if (id !== 'keys') await this.#identify(() => identifyChoice(id, this.#model, this.#ports));
  }

  /** Asks AWS who it is; nothing is saved before the person goes on with it. */
  async #identify(ask: () => Promise<Identified>): Promise<void> {
    this.#saveIdentity = undefined;
    this.#set({ checking: true, confirmed: undefined, failure: undefined });
    const { confirmed, save } = await ask();
    this.#saveIdentity = save;
    this.#set({ confirmed, checking: false });
  }

  async #confirmIdentity(): Promise<void> {
    const { confirmed, method, step } = this.#model;
    if (step !== 'identity' || !confirmed || !this.#saveIdentity) return;
    this.#set({ busy: true, failure: undefined });
    return method === 'access-role' ? this.#prepareRole(confirmed) : this.#saveAsProvider();
  }

  /** The identity itself becomes the provider. */
  async #saveAsProvider(): Promise<void> {
    const { confirmed } = this.#model;
    if (!confirmed || confirmed.root || !this.#saveIdentity) return;
    this.#set({ busy: true, failure: undefined });
    const provider = await this.#saveIdentity();
    const { stageIds } = startDraft(confirmed.identity, confirmed.region, this.#ports.stages.instances(), []);
    await this.#ports.stages.link(this.#stageRefs(stageIds), provider);
    this.#set({ step: 'saved', savedProvider: provider, savedStageIds: [...stageIds] });
  }

  async #prepareRole(confirmed: Confirmed): Promise<void> {
    const { identity, credentials, region } = confirmed;
    const trust = confirmed.root
      ? undefined
      : await prepareTrust(identity, (roleName) => this.#ports.loadRoleArn(credentials, region, roleName));
    const { providers } = await this.#ports.state.load();
    const draft = startDraft(identity, region, this.#ports.stages.instances(), providers);
    this.#set({ step: 'role', draft, trust });
  }

  #edit(change: Partial<Draft>): void {
    const { draft } = this.#model;
    if (draft) this.#set({ draft: { ...draft, ...change }, failure: undefined });
  }

  #editField(field: RoleField, value: string): void {
    const { draft } = this.#model;
    if (draft) this.#edit({ fields: { ...draft.fields, [field]: value } });
  }

  #setLinked(id: string, linked: boolean): void {
    const { draft } = this.#model;
    if (!draft) return;
    const others = draft.stageIds.filter((each) => each !== id);
    this.#edit({ stageIds: linked ? [...others, id] : others });
  }

  async #viewTemplate(): Promise<void> {
    const plan = this.#plan('');
    if (plan) await this.#ports.showTemplate(roleTemplate(plan));
  }

  /** @param externalId of a role that exists already; empty = none */
  async #create(externalId?: string): Promise<void> {
    const { step, confirmed, draft } = this.#model;
    const save = this.#saveIdentity;
    if (step !== 'role' || !confirmed || !draft || !save) return;
    const problem = Object.values(this.view().role?.problems ?? {})[0];
    if (problem !== undefined) throw new Failure('invalid-plan', problem);
    this.#set({ busy: true, failure: undefined });
    const source = confirmed.root ? undefined : await save();
    const plan = this.#plan(source?.id ?? '', externalId);
    if (!plan) return;
    await this.#ports.runs.start(plan, externalId === '' ? undefined : externalId);
    this.#set({ step: 'run', runId: plan.providerId });
    if (plan.way === 'console') await this.#openConsole();
  }

  async #openConsole(): Promise<void> {
    const { runId } = this.#model;
    const plan = runId === undefined ? undefined : this.#ports.runs.get(runId)?.work.plan;
    if (!plan) return;
    const externalId = await this.#ports.runs.externalId(plan.providerId);
    await this.#ports.openConsole(plan, externalId);
  }

  async #useRoleArn(runId: string, roleArn: string): Promise<void> {
    this.#set({ failure: undefined });
    await this.#ports.runs.useRoleArn(runId, roleArn);
  }

  #plan(sourceProviderId: string, externalId?: string): RolePlan | undefined {
    const { draft, confirmed, trust } = this.#model;
    if (!draft || !confirmed) return undefined;
    return planFrom(draft, {
      identity: confirmed.identity,
      trust,
      root: confirmed.root,
      sourceProviderId,
      providers: this.#ports.state.state?.providers ?? [],
      stages: this.#stageRefs(draft.stageIds),
      newId: this.#ports.identities.newId,
      ...(externalId === undefined ? {} : { externalId }),
    });
  }

  #stageRefs(ids: readonly string[]): RolePlan['stages'] {
    return this.#ports.stages
      .instances()
      .filter(({ id }) => ids.includes(id))
      .map(({ serviceId, name }) => ({ serviceId, stage: name }));
  }

  async #back(): Promise<void> {
    const { step, runId } = this.#model;
    if (step === 'run' && runId !== undefined) {
      // Only from a run that left nothing: its plan is given up, the answers stay.
      await this.#ports.runs.cleanUp(runId);
      this.#set({ step: this.#model.draft ? 'role' : 'method', runId: undefined, failure: undefined });
    } else if (step === 'role') this.#set({ step: 'identity', failure: undefined });
    else this.#set({ step: 'method', failure: undefined });
  }

  async #startOver(): Promise<void> {
    const { runId } = this.#model;
    if (runId !== undefined) this.#ports.runs.forget(runId);
    this.#saveIdentity = undefined;
    this.#model = { method: 'access-role', step: 'method', checking: false, busy: false, choices: undefined };
    this.#changed.fire();
    await Promise.resolve();
  }

  /** Not awaited: a deploy may take as long as it likes, the panel stays usable. */
  #onLinkedStage(command: 'deployStage' | 'openTerminal'): void {
    const stage = this.view().done?.deployStage;
    if (stage !== undefined) this.#ports.runCommand(command, stage);
  }

  #set(change: Partial<ConnectModel>): void {
    this.#model = { ...this.#model, ...change };
    this.#changed.fire();
  }
}
