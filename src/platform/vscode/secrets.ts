import type { SecretStorage } from 'vscode';
import type { SecretStore } from '../../core/providers/secretStore.ts';
import type { StateFile } from '../../core/providers/stateFile.ts';

/** VS Code's SecretStorage, every key behind the random install id of this machine's state file. */
export function secretStore(storage: SecretStorage, state: StateFile): SecretStore {
  const fullKey = async (key: string): Promise<string> => `${(await state.load()).installId}/${key}`;
  return {
    load: async (key) => storage.get(await fullKey(key)),
    store: async (key, value) => storage.store(await fullKey(key), value),
    delete: async (key) => storage.delete(await fullKey(key)),
    async deleteAll() {
      const prefix = await fullKey('');
      for (const key of await storage.keys()) if (key.startsWith(prefix)) await storage.delete(key);
    },
  };
}
