import { readFileSync, readdirSync } from 'node:fs';

/** One running process. `started` is in clock ticks since boot: with the pid it names a process for good. */
export interface RunningProcess {
  pid: number;
  parent: number;
  started: string;
  command: string;
}

/** Lists the processes of this machine from /proc (Linux). A process that ends meanwhile is left out. */
export function runningProcesses(): RunningProcess[] {
  const result: RunningProcess[] = [];
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/u.test(entry)) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const command = readFileSync(`/proc/${entry}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      if (fields[0] === 'Z') continue;
      result.push({ pid: Number(entry), parent: Number(fields[1]), started: fields[19] ?? '', command });
    } catch {
      // It ended between the listing and the reading.
    }
  }
  return result;
}

/** All processes below `root`, parents before children; `root` itself is not in it. */
export function descendants(root: number): RunningProcess[] {
  const all = runningProcesses();
  const result: RunningProcess[] = [];
  const pending = [root];
  for (let parent = pending.shift(); parent !== undefined; parent = pending.shift()) {
    for (const child of all.filter((p) => p.parent === parent)) {
      result.push(child);
      pending.push(child.pid);
    }
  }
  return result;
}

/**
 * Kills a process that was started detached, with its group and everything below it (terminals leave the group).
 * Processes that took over a pid in the meantime are spared.
 */
export function killTree(root: number): void {
  const below = descendants(root);
  kill(-root);
  const now = new Map(runningProcesses().map((p) => [p.pid, p.started]));
  for (const child of below) if (now.get(child.pid) === child.started) kill(child.pid);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

let exitsOnSignals = false;

/** Makes Ctrl+C and a polite kill end this process through its exit handlers, which stop what it started. */
export function exitOnSignals(): void {
  if (exitsOnSignals) return;
  exitsOnSignals = true;
  const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // Not `once`: a second signal while the handlers run must not cut them short.
    process.on(signal, () => {
      process.exit(codes[signal]);
    });
  }
}
