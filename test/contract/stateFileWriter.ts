import { randomUUID } from 'node:crypto';
import { systemClock } from '../../src/platform/node/clock.ts';
import { JsonStateFile } from '../../src/platform/node/stateFile.ts';

/** A process of its own that writes to a state file: folder, name, count. */
const [folder = '', name = '', count = '0'] = process.argv.slice(2);
const file = new JsonStateFile(folder, systemClock, randomUUID);
for (let index = 0; index < Number(count); index += 1) {
  await file.update((state) => ({
    ...state,
    pendingWork: [...state.pendingWork, { id: `${name}-${index}`, kind: 'test', data: null }],
  }));
}
file.dispose();
process.disconnect?.();
