import { Failure } from '../base/errors.ts';
import type { CallerIdentity, Provider } from '../providers/provider.ts';

/**
 * Refuses credentials of any account but the pinned one, always.
 *
 * @throws Failure `account-mismatch` naming both ids
 */
export function assertAccount(provider: Provider, identity: CallerIdentity): void {
  if (identity.accountId === provider.accountId) return;
  throw new Failure(
    'account-mismatch',
    `“${provider.name}” belongs to account ${provider.accountId}, but AWS says these credentials are of ${identity.accountId}.`,
    {
      hint: 'Nothing was handed over. Check the provider: its keys, profile or role now lead to another account.',
      action: { title: 'Remove Provider…', command: 'removeProvider', args: [provider.id] },
    },
  );
}
