import type { Provider } from '../providers/provider.ts';
import type { StageStore } from './stageStore.ts';

/**
 * Links stages to a provider in the workspace's settings and makes the first one active; safe to repeat. Where the
 * workspace has one service the keys are plain stage names, else they name the service.
 *
 * @param stages ids of services with stage names; those no longer in the workspace are left out
 * @throws Failure `settings-not-written`
 */
export async function linkStages(
  store: StageStore,
  stages: readonly { readonly serviceId: string; readonly stage: string }[],
  provider: Provider,
): Promise<void> {
  const { services, stages: instances } = await store.load();
  const wanted = instances.filter(({ serviceId, name }) =>
    stages.some((each) => each.serviceId === serviceId && each.stage === name),
  );
  for (const { serviceName, name, link } of wanted) {
    if (link.provider?.id === provider.id && link.level !== 'default-provider') continue;
    const key = services.length > 1 ? { service: serviceName, stage: name } : { stage: name };
    await store.link(key, provider, { scope: 'workspace' });
  }
  const [first] = wanted;
  if (first) await store.setActive(first.id);
}

/** The stages as the Connect panel needs them. */
export function linkableStages(store: StageStore) {
  return {
    load: () => store.load(),
    instances: () => store.snapshot.stages,
    onDidChange: store.onDidChange,
    link: (stages: Parameters<typeof linkStages>[1], provider: Provider) =>
      linkStages(store, stages, provider),
  };
}
