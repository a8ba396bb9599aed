/** Bundled and run alone, as `discovery.js <services>`: prints what finding them costs in a process that is new. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { MemorySettings, MemoryWorkspace, stageStore } from './workspace.ts';

const services = Number(process.argv[2]);
const stagesEach = 3;
const files = new MemoryWorkspace(services, stagesEach);
const store = stageStore(files, new MemorySettings());

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
await new Promise((resolve) => {
  setTimeout(resolve, 50);
});
delay.reset();
const cpuBefore = process.cpuUsage();
const start = performance.now();
const { stages } = await store.load();
const loadMs = performance.now() - start;
const { user, system } = process.cpuUsage(cpuBefore);
const cpuMs = (user + system) / 1000;
await new Promise((resolve) => {
  setTimeout(resolve, 20);
});
const blockMs = delay.max / 1e6;
if (stages.length !== services * stagesEach) throw new Error(`${stages.length} stages were found.`);

const changeTimes: number[] = [];
for (let round = 0; round < 20; round += 1) {
  const name = `extra-${round}`;
  const changed = Promise.withResolvers<number>();
  const subscription = store.onDidChange((snapshot) => {
    if (snapshot.stages.some((stage) => stage.name === name)) changed.resolve(performance.now());
  });
  const told = files.change((round * 7) % services, name);
  changeTimes.push((await changed.promise) - told);
  subscription.dispose();
  // Files change in a later turn of the event loop, never in the very one that published.
  await new Promise((resolve) => {
    setTimeout(resolve, 2);
  });
}
store.dispose();
process.stdout.write(JSON.stringify({ loadMs, cpuMs, blockMs, changeTimes }));
