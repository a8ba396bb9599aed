import { window } from 'vscode';
import { Cancelled, Failure } from '../core/base/errors.ts';
import { providerKindNames, type Provider } from '../core/providers/provider.ts';
import type { StateFile } from '../core/providers/stateFile.ts';

/**
 * The provider a command is meant for: the row it was called on, a provider id, or else the one a person picks.
 *
 * @throws Cancelled when nothing is picked; Failure `no-providers`, `provider-gone`
 */
export async function providerTarget(
  state: StateFile,
  target: unknown,
  placeHolder: string,
): Promise<Provider> {
  const { providers } = await state.load();
  const id = idOf(target);
  if (id !== undefined) {
    const provider = providers.find((each) => each.id === id);
    if (provider) return provider;
    throw new Failure('provider-gone', 'This provider was removed.');
  }
  if (providers.length === 0) {
    throw new Failure('no-providers', 'No AWS account is connected yet.', {
      action: { title: 'Connect AWS Provider', command: 'connect' },
    });
  }
  const picked = await window.showQuickPick(providerItems(providers), {
    placeHolder,
    matchOnDescription: true,
  });
  if (!picked) throw new Cancelled();
  return picked.provider;
}

export function providerItems(providers: readonly Provider[]) {
  return providers.map((provider) => ({
    label: provider.name,
    description: `${provider.accountId} · ${providerKindNames[provider.kind]}`,
    provider,
  }));
}

/** Rows carry `providerId`. */
function idOf(target: unknown): string | undefined {
  if (typeof target === 'string') return target;
  if (typeof target !== 'object' || target === null || !('providerId' in target)) return undefined;
  return typeof target.providerId === 'string' && target.providerId !== '' ? target.providerId : undefined;
}
