import type { Disposable } from '../../../core/base/disposable.ts';
import { DisposableStore } from '../../../core/base/disposable.ts';
import { isCancelled, toFailure } from '../../../core/base/errors.ts';
import { Emitter, type Event } from '../../../core/base/event.ts';
import { Queue } from '../../../core/base/queue.ts';
import type { AwsCredentials, Provider } from '../../../core/providers/provider.ts';
import { freeName } from '../../../core/providers/registry.ts';
import type { StateFile } from '../../../core/providers/stateFile.ts';
import { namesFor, type RolePlan } from '../../../core/quickConnect/plan.ts';
import { prepareTrust } from '../../../core/quickConnect/prepare.ts';
import type { QuickConnectRuns } from '../../../core/quickConnect/runs.ts';
import { roleTemplate } from '../../../core/quickConnect/template.ts';
import type { AddIdentityPorts } from '../../../core/signIn/addIdentity.ts';
import { partitionOf } from '../../../core/signIn/identity.ts';
import type { StageInstance } from '../../../core/stages/link.ts';
import type { ConnectIntent, ConnectMethod, ConnectView } from '../../../protocol/connect.ts';
import { startDraft, type Draft } from './draft.ts';
import { identifyKeys, identifyProfile, identifyProvider, type Identified } from './identify.ts';
import { connectView, type Confirmed, type ConnectModel } from './view.ts';

/** What the panel needs of the stages. */
export interface ConnectStages {
  load(): Promise<unknown>;
  instances(): readonly StageInstance[];
  readonly onDidChange: Event<unknown>;
  /** Writes the links of the stages to the settings; safe to repeat. */
  link(
    stages: readonly { readonly serviceId: string; readonly stage: string }[],
    provider: Provider,
  ): Promise<void>;
}

export interface ConnectPorts {
  readonly state: StateFile;
  readonly runs: QuickConnectRuns;
  readonly stages: ConnectStages;
  readonly identities: AddIdentityPorts;
  readonly credentials: (providerId: string) => Promise<AwsCredentials>;
  readonly loadProfiles: () => Promise<readonly { readonly name: string; readonly region?: string }[]>;
  readonly loadProfile: (profile: string) => Promise<AwsCredentials>;
  readonly loadRoleArn: (
    credentials: AwsCredentials,
    region: string,
    roleName: string,
  ) => Promise<string | undefined>;
  readonly runCommand: (name: 'deployStage' | 'openTerminal' | 'showLog', target?: string) => unknown;
  readonly showTemplate: (text: string) => Promise<void>;
  readonly copy: (text: string) => Promise<void>;
}

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
    return connectView(this.#model, run, stages.instances());
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
        return this.#identify(() => identifyKeys(intent, this.#region(undefined), this.#ports));
      case 'confirmIdentity':
        return this.#confirmIdentity();
      case 'setRole':
        return this.#edit({ [intent.field]: intent.value });
      case 'setStageLinked':
        return this.#setLinked(intent.id, intent.linked);
      case 'viewTemplate':
        return this.#viewTemplate();
      case 'create':
        return this.#create();
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
    const [kind, name = ''] = split(id);
    if (kind === 'provider')
      await this.#identify(() => identifyProvider(name, this.#region.bind(this), this.#ports));
    if (kind === 'profile') {
      const profile = this.#model.choices?.profiles.find((each) => each.name === name);
      await this.#identify(() => identifyProfile(name, this.#region(profile?.region), this.#ports));
    }
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
    if (method === 'access-role') return this.#prepareRole(confirmed);
    const provider = await this.#saveIdentity();
    const stageIds = startDraft(
      confirmed.identity,
      confirmed.region,
      this.#ports.stages.instances(),
      [],
    ).stageIds;
    await this.#ports.stages.link(this.#stageRefs(stageIds), provider);
    this.#set({ step: 'saved', savedProvider: provider, savedStageIds: [...stageIds] });
  }

  async #prepareRole(confirmed: Confirmed): Promise<void> {
    const { identity, credentials, region } = confirmed;
    const trust = await prepareTrust(identity, (roleName) =>
      this.#ports.loadRoleArn(credentials, region, roleName),
    );
    const { providers } = await this.#ports.state.load();
    const draft = startDraft(identity, region, this.#ports.stages.instances(), providers);
    this.#set({ step: 'role', draft, trust });
  }

  #edit(change: Partial<Draft>): void {
    const { draft } = this.#model;
    if (draft) this.#set({ draft: { ...draft, ...change }, failure: undefined });
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

  async #create(): Promise<void> {
    const save = this.#saveIdentity;
    if (this.#model.step !== 'role' || !save || !this.#plan('')) return;
    this.#set({ busy: true, failure: undefined });
    const source = await save();
    const plan = this.#plan(source.id);
    if (!plan) return;
    await this.#ports.runs.start(plan);
    this.#set({ step: 'run', runId: plan.providerId });
  }

  #plan(sourceProviderId: string): RolePlan | undefined {
    const { draft, confirmed, trust } = this.#model;
    if (!draft || !confirmed || !trust) return undefined;
    const alias = freeName(draft.alias.trim(), this.#ports.state.state?.providers ?? []);
    return {
      providerId: this.#ports.identities.newId(),
      alias,
      sourceProviderId,
      accountId: confirmed.identity.accountId,
      partition: partitionOf(confirmed.identity),
      region: draft.region.trim(),
      ...namesFor(alias),
      trust,
      permissions: { kind: 'administrator' },
      sessionSeconds: 3600,
      stages: this.#stageRefs(draft.stageIds),
    };
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

  /** The identity's own region, else that of the active stage, else AWS's first. */
  #region(own: string | undefined): string {
    const instances = this.#ports.stages.instances();
    return own ?? (instances.find(({ active }) => active) ?? instances[0])?.region ?? 'us-east-1';
  }

  #set(change: Partial<ConnectModel>): void {
    this.#model = { ...this.#model, ...change };
    this.#changed.fire();
  }
}

function split(id: string): readonly [string, string?] {
  const at = id.indexOf(':');
  return at < 0 ? [id] : [id.slice(0, at), id.slice(at + 1)];
}
