import type { AccessRoleProvider } from '../providers/provider.ts';
import { freeName, withProvider } from '../providers/registry.ts';
import type { StateFile } from '../providers/stateFile.ts';
import type { QuickConnectWork } from './work.ts';

/** Saves the provider of a verified role; repeating it changes nothing. */
export async function saveRole(
  work: QuickConnectWork,
  state: StateFile,
  now: number,
): Promise<AccessRoleProvider> {
  const { plan, phase } = work;
  const provider = (name: string): AccessRoleProvider => ({
    kind: 'access-role',
    id: plan.providerId,
    name,
    accountId: plan.accountId,
    partition: plan.partition,
    region: plan.region,
    roleArn: plan.roleArn,
    sourceProviderId: plan.sourceProviderId,
    sessionSeconds: plan.sessionSeconds,
    externalIdEnforced: work.externalIdEnforced && plan.hasExternalId,
    plan,
    ...('stackId' in phase && phase.stackId !== undefined
      ? { stack: { id: phase.stackId, name: plan.stackName, region: plan.region } }
      : {}),
    createdAt: now,
  });
  let saved = provider(plan.alias);
  await state.update((current) => {
    const known = current.providers.find(({ id }) => id === plan.providerId);
    if (known?.kind === 'access-role') {
      saved = known;
      return current;
    }
    saved = provider(freeName(plan.alias, current.providers));
    return withProvider(current, saved);
  });
  return saved;
}
