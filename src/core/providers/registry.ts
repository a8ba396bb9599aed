import { Failure } from '../base/errors.ts';
import { accessKeySecret, externalIdSecret, type SecretStore } from './secretStore.ts';
import type { Provider } from './provider.ts';
import type { State, StateFile } from './stateFile.ts';

/** The providers of the last known state, and an event for their changes. */
export function providerSource(state: StateFile) {
  return {
    get providers(): readonly Provider[] {
      return state.state?.providers ?? [];
    },
    onDidChange: state.onDidChange,
  };
}

/** The state with the provider added, or replaced where its id exists already. */
export function withProvider(state: State, provider: Provider): State {
  const others = state.providers.filter(({ id }) => id !== provider.id);
  return { ...state, providers: [...others, provider] };
}

/** `name`, or `name 2`, `name 3` … where it is taken. */
export function freeName(name: string, providers: readonly Provider[]): string {
  const taken = new Set(providers.map((provider) => provider.name));
  if (!taken.has(name)) return name;
  let count = 2;
  while (taken.has(`${name} ${count}`)) count += 1;
  return `${name} ${count}`;
}

/** @throws Failure `invalid-name`, `provider-gone` */
export async function renameProvider(state: StateFile, id: string, name: string): Promise<void> {
  const trimmed = name.trim();
  if (trimmed === '' || trimmed.length > 60) {
    throw new Failure('invalid-name', 'A provider’s name has 1 to 60 characters.');
  }
  await state.update((current) => {
    const provider = current.providers.find((candidate) => candidate.id === id);
    if (!provider) throw new Failure('provider-gone', 'This provider was removed.');
    return {
      ...current,
      providers: current.providers.map((each) => (each.id === id ? { ...each, name: trimmed } : each)),
    };
  });
}

/**
 * Forgets a provider and its secrets; nothing in AWS is touched.
 *
 * @throws Failure `provider-in-use` while an access role is assumed through it.
 */
export async function removeProvider(state: StateFile, secrets: SecretStore, id: string): Promise<void> {
  await state.update((current) => {
    const dependent = current.providers.find(
      (each) => each.kind === 'access-role' && each.sourceProviderId === id,
    );
    if (dependent) {
      throw new Failure('provider-in-use', `“${dependent.name}” is assumed with this provider.`, {
        hint: `Remove “${dependent.name}” first.`,
      });
    }
    return { ...current, providers: current.providers.filter((each) => each.id !== id) };
  });
  await secrets.delete(accessKeySecret(id));
  await secrets.delete(externalIdSecret(id));
}
