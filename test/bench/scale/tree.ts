/** Bundled and run alone, as `tree.js <services> <stages each>`: prints what showing them costs. */
import type { Row, RowContext } from '../../../src/ui/tree/row.ts';
import { stageRows } from '../../../src/ui/tree/stageRows.ts';
import { MemorySettings, MemoryWorkspace, stageStore } from './workspace.ts';

const services = Number(process.argv[2]);
const stagesEach = Number(process.argv[3]);
const settings = new MemorySettings();
const store = stageStore(new MemoryWorkspace(services, stagesEach), settings);
await store.load();
const context: RowContext = {
  now: Date.now(),
  credentialState: () => ({ state: 'ready', expiresAt: Date.now() + 1_800_000 }),
};

/** What VS Code asks of the rows it is given: all of the first level, and of those that are open. */
function read(rows: readonly Row[]): number {
  let length = 0;
  for (const row of rows) {
    length += row.id.length + row.label.length + (row.description ?? '').length + row.contextValue.length;
    length += row.icon?.id.length ?? 0;
    if (row.children.length > 0 && row.expanded) length += read(row.children);
  }
  return length;
}

const refreshTimes: number[] = [];
const snapshotTimes: number[] = [];
for (let round = 0; round < 7; round += 1) {
  const start = performance.now();
  const rows = stageRows(store.snapshot, context);
  if (read(rows) === 0) throw new Error('There are no rows.');
  refreshTimes.push(performance.now() - start);
  const touched = performance.now();
  settings.touch();
  snapshotTimes.push(performance.now() - touched);
}
store.dispose();
process.stdout.write(JSON.stringify({ stages: store.snapshot.stages.length, refreshTimes, snapshotTimes }));
