import { l10n, window } from 'vscode';
import { Cancelled, Failure } from '../../core/base/errors.ts';
import type { StateFile } from '../../core/providers/stateFile.ts';
import type { LinkScope } from '../../core/stages/link.ts';
import { isStageName } from '../../core/stages/service.ts';
import type { StageStore } from '../../core/stages/stageStore.ts';
import { providerItems } from '../providerTarget.ts';
import { stageTarget } from '../stageTarget.ts';
import { showStagePick } from '../statusBar/showStagePick.ts';
import { pickStage } from '../statusBar/stagePick.ts';
import type { RowContext } from '../tree/row.ts';

export async function switchStage(store: StageStore, context: RowContext, target: unknown): Promise<void> {
  const snapshot = await store.load();
  if (target !== undefined || snapshot.stages.length === 0) {
    const { id } = await stageTarget(store, target, l10n.t('Stage to make active'));
    return store.setActive(id);
  }
  const id = await showStagePick(pickStage(snapshot, context));
  if (id !== undefined) await store.setActive(id);
}

export async function addStage(store: StageStore, target: unknown): Promise<void> {
  const { services } = await store.load();
  const wanted =
    typeof target === 'object' && target !== null && 'serviceId' in target ? target.serviceId : undefined;
  const service =
    services.find(({ id }) => id === wanted) ??
    (services.length > 1
      ? (
          await window.showQuickPick(
            services.map((each) => ({ label: each.name, description: each.folder, service: each })),
            { placeHolder: l10n.t('Service of the new stage') },
          )
        )?.service
      : services[0]);
  if (!service) {
    if (services.length > 0) throw new Cancelled();
    throw new Failure('no-stages', l10n.t('There is no Serverless service in this workspace.'), {
      hint: l10n.t('Open the folder of one: it has a serverless.yml.'),
    });
  }
  const name = await window.showInputBox({
    title: l10n.t('Add a stage to {0}', service.name),
    prompt: l10n.t('For stages that no file mentions, such as feature-42.'),
    validateInput: (value) =>
      value === '' || isStageName(value)
        ? undefined
        : l10n.t('Letters, digits, “-”, “_” and “.”; not “default”.'),
  });
  if (name === undefined || name === '') throw new Cancelled();
  await store.addStage(service.id, name);
}

/** Links a stage to a provider, in the scope of the settings the person picks. */
export async function linkStage(
  store: StageStore,
  state: StateFile,
  connect: () => void,
  target: unknown,
): Promise<void> {
  const stage = await stageTarget(store, target, l10n.t('Stage to link'));
  const { providers } = await state.load();
  const connectNew = {
    label: l10n.t('$(add) Connect another AWS provider…'),
    description: '',
    provider: undefined,
  };
  const picked = await window.showQuickPick([...providerItems(providers), connectNew], {
    placeHolder: l10n.t('Provider for {0}', `${stage.serviceName} · ${stage.name}`),
    matchOnDescription: true,
  });
  if (!picked) throw new Cancelled();
  if (!picked.provider) return connect();
  const scopes: readonly { label: string; detail: string; scope: LinkScope }[] = [
    {
      label: l10n.t('Workspace'),
      detail: l10n.t('In .vscode/settings.json, shared with everyone who has the project. Holds no secret.'),
      scope: 'workspace',
    },
    { label: l10n.t('Only me'), detail: l10n.t('In your user settings.'), scope: 'user' },
  ];
  const scope = await window.showQuickPick(scopes, { placeHolder: l10n.t('Where to keep the link') });
  if (!scope) throw new Cancelled();
  const several = store.snapshot.services.length > 1 || scope.scope === 'user';
  const key = several ? { service: stage.serviceName, stage: stage.name } : { stage: stage.name };
  await store.link(key, picked.provider, { scope: scope.scope });
}
