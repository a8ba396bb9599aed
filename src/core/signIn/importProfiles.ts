import { isCancelled, throwIfAborted, toFailure, type Failure } from '../base/errors.ts';
import type { Provider } from '../providers/provider.ts';
import type { FoundCredentials } from './foundCredentials.ts';

/** What came of importing several profiles: those AWS confirmed are saved, each of the others has its reason. */
export interface ImportOutcome {
  readonly saved: readonly Provider[];
  readonly failed: readonly { readonly profile: string; readonly failure: Failure }[];
}

/**
 * Asks AWS about each profile and makes providers of those it confirms; one that fails does not keep the others.
 *
 * @param onProgress called before each, with its name
 * @throws Cancelled; what was saved until then stays
 */
export async function importProfiles(
  profiles: readonly string[],
  found: Pick<FoundCredentials, 'identify' | 'use'>,
  onProgress: (profile: string) => void,
  signal: AbortSignal,
): Promise<ImportOutcome> {
  const saved: Provider[] = [];
  const failed: { profile: string; failure: Failure }[] = [];
  for (const profile of profiles) {
    throwIfAborted(signal);
    onProgress(profile);
    try {
      // Asked anew even where the answer is known: the file may say something else by now.
      await found.identify(`profile:${profile}`, signal);
      saved.push(await found.use(`profile:${profile}`, signal));
    } catch (error) {
      if (isCancelled(error)) throw error;
      failed.push({ profile, failure: toFailure(error) });
    }
  }
  return { saved, failed };
}
