import { watch, type FSWatcher } from 'node:fs';
import { copyFile, mkdir, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../../core/base/clock.ts';
import type { Disposable } from '../../core/base/disposable.ts';
import { Failure } from '../../core/base/errors.ts';
import { Emitter, type Event } from '../../core/base/event.ts';
import { Queue } from '../../core/base/queue.ts';
import { emptyState, parseState, serializeState, type ParsedState } from '../../core/providers/schema.ts';
import type { State, StateFile } from '../../core/providers/stateFile.ts';

/** A window that died holding the lock is given up after this long; a living one renews it every second. */
const lockOptions = {
  stale: 5000,
  update: 1000,
  realpath: false,
  retries: { retries: 60, factor: 1.2, minTimeout: 20, maxTimeout: 250 },
} as const;

/**
 * The state file on disk: replaced atomically under a lock that all windows respect, watched, with the last good copy
 * beside it. A damaged file is set aside, never deleted.
 */
export class JsonStateFile implements StateFile, Disposable {
  readonly #file: string;
  readonly #clock: Clock;
  readonly #newId: () => string;
  readonly #queue = new Queue();
  readonly #changed = new Emitter<State>();
  readonly onDidChange: Event<State> = this.#changed.event;
  #state: State | undefined;
  #text = '';
  #loading: Promise<State> | undefined;
  #watcher: FSWatcher | undefined;

  /** @param directory private to the extension, e.g. its global storage; made on first use. */
  constructor(directory: string, clock: Clock, newId: () => string) {
    this.#file = path.join(directory, 'state.json');
    this.#clock = clock;
    this.#newId = newId;
  }

  get state(): State | undefined {
    return this.#state;
  }

  async load(): Promise<State> {
    this.#loading ??= this.#open();
    try {
      const first = await this.#loading;
      return this.#state ?? first;
    } catch (error) {
      this.#loading = undefined;
      throw error;
    }
  }

  async update(change: (state: State) => State): Promise<State> {
    await this.load();
    return this.#queue.add(() =>
      this.#locked(async () => {
        const current = await this.#readGood();
        if (current.kind === 'newer') {
          throw new Failure(
            'state-read-only',
            'The providers were saved by a newer version of this extension.',
            {
              hint: 'Update the extension in this window; until then they can only be used, not changed.',
            },
          );
        }
        const next = change(current.state);
        if (next !== current.state) await this.#write(next);
        return next;
      }),
    );
  }

  dispose(): void {
    this.#watcher?.close();
    this.#changed.dispose();
  }

  async #open(): Promise<State> {
    await mkdir(path.dirname(this.#file), { recursive: true, mode: 0o700 });
    const text = await readText(this.#file);
    const parsed = text === undefined ? undefined : parseState(text);
    const state =
      parsed && parsed.kind !== 'damaged'
        ? this.#accept(parsed.state, text ?? '')
        : await this.#locked(async () => {
            const found = await this.#readGood();
            if (found.fresh) await this.#write(found.state);
            return this.#accept(found.state, this.#text);
          });
    this.#watcher = watch(path.dirname(this.#file), (_event, name) => {
      if (name === null || name === path.basename(this.#file)) void this.#queue.add(() => this.#reread());
    });
    this.#watcher.on('error', () => this.#watcher?.close());
    return state;
  }

  /** Another window replaced the file. A half-made or damaged one is left for the next writer to set aside. */
  async #reread(): Promise<void> {
    const text = await readText(this.#file);
    if (text === undefined || text === this.#text) return;
    const parsed = parseState(text);
    if (parsed.kind !== 'damaged') this.#accept(parsed.state, text);
  }

  #accept(state: State, text: string): State {
    this.#state = state;
    this.#text = text;
    this.#changed.fire(state);
    return state;
  }

  /** The file, else its last good copy, else an empty state (`fresh`: not on disk yet). */
  async #readGood(): Promise<Exclude<ParsedState, { kind: 'damaged' }> & { readonly fresh: boolean }> {
    const text = await readText(this.#file);
    const parsed = text === undefined ? undefined : parseState(text);
    if (parsed && parsed.kind !== 'damaged') return { ...parsed, fresh: false };
    if (parsed) await rename(this.#file, `${this.#file}.damaged-${this.#clock.now()}`);
    const copy = await readText(this.#copy);
    const parsedCopy = copy === undefined ? undefined : parseState(copy);
    if (parsedCopy && parsedCopy.kind !== 'damaged') return { ...parsedCopy, fresh: true };
    return { kind: 'ok', state: emptyState(this.#newId()), fresh: true };
  }

  async #write(state: State): Promise<void> {
    const text = serializeState(state);
    const { default: writeFileAtomic } = await import('write-file-atomic');
    await writeFileAtomic(this.#file, text, { mode: 0o600 });
    await copyFile(this.#file, this.#copy);
    this.#accept(state, text);
  }

  get #copy(): string {
    return `${this.#file}.last-good`;
  }

  async #locked<T>(task: () => Promise<T>): Promise<T> {
    let compromised = false;
    // CommonJS: in the bundle only the default export exists.
    const { default: lockfile } = await import('proper-lockfile');
    const release = await lockfile
      .lock(this.#file, {
        ...lockOptions,
        onCompromised: () => (compromised = true),
      })
      .catch((error: unknown) => {
        throw new Failure('state-locked', 'Another window is busy saving providers.', {
          hint: 'Try again. If it stays like this, close the other windows of this editor.',
          cause: error,
        });
      });
    try {
      return await task();
    } finally {
      if (!compromised) await release();
    }
  }
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
