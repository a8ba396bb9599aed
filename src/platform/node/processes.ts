import { readFileSync } from 'node:fs';

/** A process that can be told from a later one with the same id, where the system says when it started. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since boot (Linux); absent elsewhere, then only the id is compared. */
  readonly started?: string;
}

/** Asks the system about processes. */
export interface Processes {
  /** The process with this id as it is now; `undefined` when there is none. */
  identify(pid: number): ProcessIdentity | undefined;
}

/** True when exactly this process still runs. */
export function isAlive(processes: Processes, identity: ProcessIdentity): boolean {
  const now = processes.identify(identity.pid);
  if (!now) return false;
  return now.started === undefined || identity.started === undefined || now.started === identity.started;
}

/**
 * Processes of this machine.
 *
 * @param platform `process.platform`
 */
export function systemProcesses(platform: string): Processes {
  return {
    identify(pid) {
      if (!Number.isInteger(pid) || pid <= 0 || !answersSignal(pid)) return undefined;
      const started = platform === 'linux' ? startTicks(pid) : undefined;
      if (started === 'zombie') return undefined;
      return started === undefined ? { pid } : { pid, started };
    },
  };
}

function answersSignal(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it exists and is somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Field 22 of /proc/<pid>/stat (proc(5)), counted after the command name, which may hold spaces and brackets. */
function startTicks(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'zombie' : fields[19];
  } catch {
    return undefined;
  }
}
