import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { DisposableStore } from '../base/disposable.ts';
import { Failure, isCancelled, toFailure } from '../base/errors.ts';
import type { Event } from '../base/event.ts';
import { Emitter } from '../base/event.ts';
import type { Provider } from '../providers/provider.ts';
import type { LinkProblem, LinkSource, StageInstance } from './link.ts';
import type { LinkKey } from './linkSetting.ts';
import { linkSettingFor, withoutLink } from './linkSetting.ts';
import type {
  ActiveStageMemory,
  FileChanges,
  LinkSettings,
  ProviderSource,
  WorkspaceFiles,
} from './ports.ts';
import type { Service } from './service.ts';
import { isStageName } from './service.ts';
import { ServiceReader } from './serviceReader.ts';
import { addedStagesWith, stageId, stageInstances, withActive } from './stageInstances.ts';

/** All stages of the workspace and what they resolve to; replaced as a whole, never changed. */
export interface StageSnapshot {
  /** `unloaded` until something needs the stages; `loading` only before the first time. */
  readonly state: 'unloaded' | 'loading' | 'ready';
  readonly services: readonly Service[];
  readonly stages: readonly StageInstance[];
  readonly active: StageInstance | undefined;
  /** Entries of `awsProviders.stages` to correct. */
  readonly linkProblems: readonly LinkProblem[];
  /** Why the workspace could not be searched. */
  readonly problem?: string;
}

export interface StageStoreOptions {
  readonly files: WorkspaceFiles;
  readonly settings: LinkSettings;
  readonly memory: ActiveStageMemory;
  readonly providers: ProviderSource;
  readonly clock: Clock;
}

const unloaded: StageSnapshot = {
  state: 'unloaded',
  services: [],
  stages: [],
  active: undefined,
  linkProblems: [],
};

/**
 * The one writer of the stages' state. Reads, watches and subscribes to nothing before the first {@link load}; from then
 * on files, settings, trust and providers are followed, changes that arrive together giving one reading.
 */
export class StageStore implements Disposable {
  readonly #options: StageStoreOptions;
  readonly #emitter = new Emitter<StageSnapshot>();
  readonly #subscriptions = new DisposableStore();
  readonly #end = new AbortController();
  readonly #reader: ServiceReader;
  #snapshot = unloaded;
  #pending: { paths: Set<string>; relist: boolean } | undefined;
  #reading: Promise<void> | undefined;

  readonly onDidChange: Event<StageSnapshot> = this.#emitter.event;

  constructor(options: StageStoreOptions) {
    this.#options = options;
    this.#reader = new ServiceReader(options.files, options.clock);
  }

  get snapshot(): StageSnapshot {
    return this.#snapshot;
  }

  /** Finds the services at the first call, then just waits for a reading under way. Never rejects. */
  async load(): Promise<StageSnapshot> {
    if (this.#snapshot.state === 'unloaded' && !this.#end.signal.aborted) {
      const { files, settings, providers } = this.#options;
      this.#subscriptions.add(files.onDidChange((changes) => void this.#read(changes)));
      this.#subscriptions.add(settings.onDidChange(() => this.#publish()));
      this.#subscriptions.add(providers.onDidChange(() => this.#publish()));
      void this.#read({ paths: [], relist: true });
      this.#replace({ ...unloaded, state: 'loading' });
    }
    await this.#reading;
    return this.#snapshot;
  }

  /** Lists and reads everything again. Never rejects. */
  async refresh(): Promise<void> {
    if (this.#snapshot.state === 'unloaded') await this.load();
    else await this.#read({ paths: this.#reader.paths, relist: true });
  }

  /** Throws Failure `unknown-stage`. Changes no lease: running terminals keep their stage. */
  async setActive(id: string): Promise<void> {
    this.#find(id);
    await this.#options.memory.set(id);
    this.#replace({ ...this.#snapshot, ...withActive(this.#snapshot.stages, id) });
  }

  /**
   * Adds a stage no file mentions, in the workspace's settings; returns its id. One that exists already is just
   * returned. Throws Failure `unknown-service`, `invalid-stage-name`.
   */
  async addStage(serviceId: string, name: string): Promise<string> {
    const service = this.#snapshot.services.find(({ id }) => id === serviceId);
    if (!service) throw new Failure('unknown-service', 'This service is no longer in the workspace.');
    if (!isStageName(name)) {
      throw new Failure('invalid-stage-name', `“${name}” cannot be a stage.`, {
        hint: 'A stage starts with a letter or digit and goes on with letters, digits, “-”, “_” and “.”; “default” is reserved.',
      });
    }
    const id = stageId(serviceId, name);
    if (!this.#snapshot.stages.some((stage) => stage.id === id)) {
      await this.#options.settings.editAddedStages((value) =>
        addedStagesWith(value, service.name, name, true),
      );
      this.#publish();
    }
    return id;
  }

  /** Takes back {@link addStage}; a stage that files or links mention stays. Throws Failure `unknown-stage`. */
  async removeAddedStage(id: string): Promise<void> {
    const { serviceName, name } = this.#find(id);
    await this.#options.settings.editAddedStages((value) => addedStagesWith(value, serviceName, name, false));
    this.#publish();
  }

  /** Writes a link; what an existing entry holds beyond it is kept. Rejects when the settings cannot be written. */
  async link(
    key: LinkKey,
    provider: Provider,
    source: LinkSource,
    options: { readonly region?: string; readonly protected?: boolean } = {},
  ): Promise<void> {
    const { providers, settings } = this.#options;
    const startUrl = provider.kind === 'sso-role' ? providers.startUrlOf?.(provider.sessionId) : undefined;
    const writing = {
      ...options,
      providers: providers.providers,
      ...(startUrl !== undefined && { startUrl }),
    };
    await settings.editLinks(source, (value) => linkSettingFor(value, key, provider, writing));
    this.#publish();
  }

  /** Removes one entry of `awsProviders.stages`. Rejects when the settings cannot be written. */
  async unlink(key: string, source: LinkSource): Promise<void> {
    await this.#options.settings.editLinks(source, (value) => withoutLink(value, key));
    this.#publish();
  }

  dispose(): void {
    this.#end.abort();
    this.#subscriptions.dispose();
    this.#emitter.dispose();
  }

  #find(id: string): StageInstance {
    const stage = this.#snapshot.stages.find((stage) => stage.id === id);
    if (!stage) throw new Failure('unknown-stage', 'This stage is no longer in the workspace.');
    return stage;
  }

  /** Joins the reading under way, which goes on until nothing is pending. */
  #read({ paths, relist }: FileChanges): Promise<void> {
    this.#pending ??= { paths: new Set(), relist: false };
    for (const path of paths) this.#pending.paths.add(path);
    this.#pending.relist ||= relist;
    this.#reading ??= this.#readPending();
    return this.#reading;
  }

  async #readPending(): Promise<void> {
    // Lets the other events of this burst arrive first.
    await Promise.resolve();
    try {
      while (this.#pending && !this.#end.signal.aborted) {
        const changes = this.#pending;
        this.#pending = undefined;
        let problem: string | undefined;
        try {
          await this.#reader.read({ paths: [...changes.paths], relist: changes.relist }, this.#end.signal);
        } catch (error) {
          if (isCancelled(error) && this.#end.signal.aborted) return;
          problem = toFailure(error).message;
        }
        this.#publish({ problem });
      }
    } finally {
      // At once: a change that comes now must not join a reading that is over.
      this.#reading = undefined;
    }
  }

  /** Combines anew what is known; before the first reading is done there is nothing to combine. */
  #publish(reading?: { readonly problem: string | undefined }): void {
    if (!reading && this.#snapshot.state !== 'ready') return;
    const { settings, providers, memory } = this.#options;
    const problem = reading ? reading.problem : this.#snapshot.problem;
    const { services } = this.#reader;
    this.#replace({
      state: 'ready',
      services,
      ...stageInstances({
        services,
        providers: providers.providers,
        settings: settings.get(),
        rememberedStage: memory.get(),
        startUrlOf: (sessionId) => providers.startUrlOf?.(sessionId),
      }),
      ...(problem !== undefined && { problem }),
    });
  }

  #replace(snapshot: StageSnapshot): void {
    if (this.#end.signal.aborted) return;
    this.#snapshot = snapshot;
    this.#emitter.fire(snapshot);
  }
}
