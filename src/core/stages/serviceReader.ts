import type { Clock } from '../base/clock.ts';
import { throwIfAborted, toFailure } from '../base/errors.ts';
import type { FileChanges, WorkspaceFiles } from './ports.ts';
import type { ConfigFile, Service } from './service.ts';

/** Files read at the same time. */
const readers = 8;
/** Milliseconds of parsing after which other work of the extension host gets its turn. */
const sliceMs = 12;
/** Which config a CLI takes where a folder has several (osls `resolve-configuration-path.js`). */
const extensions = ['yml', 'yaml', 'json', 'js', 'mjs', 'cjs', 'ts'];

/** Keeps the services of the workspace's configs, reading only those that are new or changed. */
export class ServiceReader {
  readonly #files: WorkspaceFiles;
  readonly #clock: Clock;
  #configs: readonly ConfigFile[] = [];
  #byPath = new Map<string, Service>();

  constructor(files: WorkspaceFiles, clock: Clock) {
    this.#files = files;
    this.#clock = clock;
  }

  /** Ordered by folder. */
  get services(): readonly Service[] {
    return this.#configs.flatMap(({ path }) => this.#byPath.get(path) ?? []);
  }

  get paths(): readonly string[] {
    return this.#configs.map(({ path }) => path);
  }

  /** Rejects when the workspace cannot be listed, or with Cancelled; a file that cannot be read is its service's problem. */
  async read({ paths, relist }: FileChanges, signal: AbortSignal): Promise<void> {
    if (relist) {
      this.#configs = onePerFolder(await this.#files.listConfigs(signal));
      const listed = new Set(this.paths);
      for (const path of this.#byPath.keys()) if (!listed.has(path)) this.#byPath.delete(path);
    }
    const changed = new Set(paths);
    const queue = this.#configs.filter(({ path }) => changed.has(path) || !this.#byPath.has(path));
    if (queue.length === 0) return;
    // The YAML parser is a chunk of its own, which a workspace without services never loads.
    const { parseService } = await import('./discovery.ts');
    let sliceStart = this.#clock.now();
    const next = queue.values();
    const work = async (): Promise<void> => {
      for (const config of next) {
        throwIfAborted(signal);
        const text = await this.#text(config.path);
        if (this.#clock.now() - sliceStart >= sliceMs) {
          await this.#clock.wait(0, signal);
          sliceStart = this.#clock.now();
        }
        if (typeof text === 'string') this.#keep(parseService(config, text));
        else if (text) this.#keep({ ...parseService(config, ''), stages: [], problem: text });
        else this.#byPath.delete(config.path);
      }
    };
    await Promise.all(Array.from({ length: Math.min(readers, queue.length) }, work));
  }

  /** The text, why it cannot be read, or `undefined` when the file went away meanwhile. */
  async #text(path: string): Promise<string | { readonly message: string } | undefined> {
    try {
      return await this.#files.read(path);
    } catch (error) {
      return { message: `The file could not be read: ${toFailure(error).message}` };
    }
  }

  #keep(service: Service): void {
    const before = this.#byPath.get(service.configFile);
    // While a file is being edited it is often broken for a moment: its stages, and the active one, stay.
    const broken = service.problem && before && service.stages.length === 0;
    this.#byPath.set(
      service.configFile,
      broken && service.problem ? { ...before, problem: service.problem } : service,
    );
  }
}

function onePerFolder(configs: readonly ConfigFile[]): readonly ConfigFile[] {
  const rank = ({ path }: ConfigFile): number => extensions.indexOf(path.slice(path.lastIndexOf('.') + 1));
  const byFolder = new Map<string, ConfigFile>();
  for (const config of configs) {
    const other = byFolder.get(config.folder);
    if (!other || rank(config) < rank(other)) byFolder.set(config.folder, config);
  }
  return [...byFolder.values()].toSorted((a, b) => (a.folder < b.folder ? -1 : 1));
}
