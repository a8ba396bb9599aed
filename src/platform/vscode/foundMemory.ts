import type { Memento } from 'vscode';
import type { FoundMemory, FoundPorts } from '../../core/signIn/foundCredentials.ts';

const key = 'found';

/** What is remembered of found credentials, in `context.globalState`; nothing of it is needed, so damage is dropped. */
export function foundMemory(globalState: Memento): FoundPorts['foundMemory'] {
  return {
    get(): FoundMemory {
      const value = globalState.get<Partial<Record<keyof FoundMemory, unknown>>>(key);
      const hidden = Array.isArray(value?.hidden) ? value.hidden : [];
      const used = typeof value?.used === 'object' && value.used !== null ? Object.entries(value.used) : [];
      return {
        hidden: hidden.filter((id) => typeof id === 'string'),
        used: Object.fromEntries(used.filter(([, id]) => typeof id === 'string')),
      };
    },
    async set(memory) {
      await globalState.update(key, memory);
    },
  };
}
