import type { State, StateFile } from '../providers/stateFile.ts';

/** Kind of the pending work that leads from the window a service was created in to the one that opens its folder. */
const arrivalKind = 'new-service';

/** An arrival that did not happen within this time (milliseconds) is forgotten. */
const maxAge = 60 * 60 * 1000;

/** Notes that a folder with a new service is about to be opened: the window it opens in goes on from there. */
export async function expectArrival(
  state: StateFile,
  id: string,
  folder: string,
  now: number,
): Promise<void> {
  await state.update((current) => ({
    ...current,
    pendingWork: [...current.pendingWork, { id, kind: arrivalKind, data: { folder, createdAt: now } }],
  }));
}

export function hasArrivals({ pendingWork }: State): boolean {
  return pendingWork.some(({ kind }) => kind === arrivalKind);
}

/**
 * The expected folder that is open now, at most once over all windows.
 *
 * @param open absolute paths of the open folders
 * @param now milliseconds since the epoch
 */
export async function takeArrival(
  state: StateFile,
  open: readonly string[],
  now: number,
): Promise<string | undefined> {
  if (!hasArrivals(await state.load())) return undefined;
  let taken: string | undefined;
  await state.update((current) => {
    const { arrived, rest } = splitArrivals(current, open, now);
    taken = arrived;
    return rest;
  });
  return taken;
}

function splitArrivals(
  state: State,
  open: readonly string[],
  now: number,
): { readonly arrived: string | undefined; readonly rest: State } {
  let arrived: string | undefined;
  const pendingWork = state.pendingWork.filter(({ kind, data }) => {
    if (kind !== arrivalKind) return true;
    const { folder, createdAt } = (data ?? {}) as { readonly folder?: unknown; readonly createdAt?: unknown };
    if (typeof folder !== 'string' || typeof createdAt !== 'number' || now - createdAt > maxAge) return false;
    if (!open.includes(folder)) return true;
    arrived = folder;
    return false;
  });
  return { arrived, rest: { ...state, pendingWork } };
}
