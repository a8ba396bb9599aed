import { Emitter } from '../../src/core/base/event.ts';
import { emptyState } from '../../src/core/providers/schema.ts';
import type { SecretStore } from '../../src/core/providers/secretStore.ts';
import type { State, StateFile } from '../../src/core/providers/stateFile.ts';

/** A state file in memory, with every state it ever held. */
export class MemoryState implements StateFile {
  readonly #changed = new Emitter<State>();
  readonly onDidChange = this.#changed.event;
  readonly history: State[];
  state: State;

  constructor(state: State = emptyState('test')) {
    this.state = state;
    this.history = [state];
  }

  load(): Promise<State> {
    return Promise.resolve(this.state);
  }

  async update(change: (state: State) => State): Promise<State> {
    await Promise.resolve();
    this.state = change(this.state);
    this.history.push(this.state);
    this.#changed.fire(this.state);
    return this.state;
  }
}

export class MemorySecrets implements SecretStore {
  readonly values = new Map<string, string>();

  load(key: string): Promise<string | undefined> {
    return Promise.resolve(this.values.get(key));
  }

  store(key: string, value: string): Promise<void> {
    this.values.set(key, value);
    return Promise.resolve();
  }

  delete(key: string): Promise<void> {
    this.values.delete(key);
    return Promise.resolve();
  }

  deleteAll(): Promise<void> {
    this.values.clear();
    return Promise.resolve();
  }
}
