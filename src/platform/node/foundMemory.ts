import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { FoundMemory, FoundPorts } from '../../core/signIn/foundCredentials.ts';

/**
 * What is remembered of found credentials, in a file of its own: VS Code's `globalState` loses what was written just
 * before a reload in the browser, and other windows may not see it. Nothing of it is needed, so damage is dropped.
 *
 * @param folder the extension's global storage, absolute path
 */
export function foundMemory(folder: string): FoundPorts['foundMemory'] {
  const file = path.join(folder, 'found.json');
  return {
    async load() {
      const text = await readFile(file, 'utf8').catch(() => '');
      return parseMemory(text);
    },
    async save(memory) {
      await mkdir(folder, { recursive: true });
      const { default: writeFileAtomic } = await import('write-file-atomic');
      await writeFileAtomic(file, `${JSON.stringify(memory, undefined, 2)}\n`, { mode: 0o600 });
    },
  };
}

function parseMemory(text: string): FoundMemory {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const { hidden, used } = (value ?? {}) as Partial<Record<keyof FoundMemory, unknown>>;
  const ids = Array.isArray(hidden) ? hidden : [];
  const uses = typeof used === 'object' && used !== null ? Object.entries(used) : [];
  return {
    hidden: ids.filter((id) => typeof id === 'string'),
    used: Object.fromEntries(uses.filter((use): use is [string, string] => typeof use[1] === 'string')),
  };
}
