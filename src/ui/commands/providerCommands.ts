import { ConfigurationTarget, l10n, ProgressLocation, window, workspace } from 'vscode';
import { Cancelled } from '../../core/base/errors.ts';
import type { CredentialStore } from '../../core/credentials/credentialStore.ts';
import type { LeaseDesk } from '../../core/handOff/lease.ts';
import type { LoadCallerIdentity, Provider } from '../../core/providers/provider.ts';
import { removeProvider, renameProvider } from '../../core/providers/registry.ts';
import type { SecretStore } from '../../core/providers/secretStore.ts';
import type { StateFile } from '../../core/providers/stateFile.ts';
import { parseWork } from '../../core/quickConnect/work.ts';
import { settings } from '../manifest.ts';
import { providerTarget } from '../providerTarget.ts';

export interface ProviderCommandPorts {
  readonly state: StateFile;
  readonly secrets: SecretStore;
  readonly credentials: CredentialStore;
  readonly desk: LeaseDesk;
  readonly callerIdentity: LoadCallerIdentity;
}

/** Asks AWS anew and says who the provider is. */
export async function testProvider(ports: ProviderCommandPorts, target: unknown): Promise<void> {
  const provider = await providerTarget(ports.state, target, l10n.t('Provider to test'));
  const identity = await window.withProgress(
    { location: ProgressLocation.Notification, title: l10n.t('Asking AWS about “{0}”…', provider.name) },
    async () => {
      ports.credentials.forget(provider.id);
      const credentials = await ports.credentials.get(provider.id);
      return ports.callerIdentity(credentials, provider.region ?? 'us-east-1');
    },
  );
  void window.showInformationMessage(
    l10n.t('“{0}” works: account {1}, {2}', provider.name, identity.accountId, identity.arn),
  );
}

export async function renameProviderCommand(ports: ProviderCommandPorts, target: unknown): Promise<void> {
  const provider = await providerTarget(ports.state, target, l10n.t('Provider to rename'));
  const name = await window.showInputBox({
    title: l10n.t('Rename “{0}”', provider.name),
    value: provider.name,
    validateInput: (value) =>
      value.trim() === '' || value.trim().length > 60 ? l10n.t('1 to 60 characters.') : undefined,
  });
  if (name === undefined) throw new Cancelled();
  await renameProvider(ports.state, provider.id, name);
}

export async function setDefaultProvider(ports: ProviderCommandPorts, target: unknown): Promise<void> {
  const provider = await providerTarget(ports.state, target, l10n.t('Provider for stages without a link'));
  const scope = workspace.workspaceFolders ? ConfigurationTarget.Workspace : ConfigurationTarget.Global;
  await workspace.getConfiguration().update(settings.defaultProvider, provider.name, scope);
}

/** Removes a provider from this editor and, where Quick Connect made its role, on wish the stack as well. */
export async function removeProviderCommand(
  ports: ProviderCommandPorts,
  deleteRole: (provider: Provider) => Promise<void>,
  target: unknown,
): Promise<void> {
  const provider = await providerTarget(ports.state, target, l10n.t('Provider to remove'));
  const stack = provider.kind === 'access-role' ? provider.stack : undefined;
  const withStack = l10n.t('Remove and Delete Stack');
  const onlyHere = stack ? l10n.t('Only Remove Here') : l10n.t('Remove');
  const answer = await window.showWarningMessage(
    l10n.t('Remove “{0}”?', provider.name),
    {
      modal: true,
      detail: [
        l10n.t(
          'Its secrets are deleted from this editor, and terminals and deploys that use it lose access.',
        ),
        stack
          ? l10n.t(
              'The role was made by the stack {0} in {1}, account {2}. Delete it as well, or it stays there.',
              stack.name,
              stack.region,
              provider.accountId,
            )
          : l10n.t('Nothing in AWS is changed.'),
      ].join('\n'),
    },
    ...(stack ? [withStack, onlyHere] : [onlyHere]),
  );
  if (answer === undefined) throw new Cancelled();
  if (answer === withStack) return deleteRole(provider);
  await removeProvider(ports.state, ports.secrets, provider.id);
  ports.credentials.forget(provider.id);
  await ports.desk.revokeProvider(provider.id);
}

/** Deletes everything this editor keeps and says what stays in AWS. */
export async function removeAllData(ports: ProviderCommandPorts): Promise<void> {
  const { providers, pendingWork } = await ports.state.load();
  const stacks = [
    ...providers.flatMap((each) =>
      each.kind === 'access-role' && each.stack
        ? [`${each.stack.name} (${each.stack.region}, ${each.accountId})`]
        : [],
    ),
    ...pendingWork.flatMap((pending) => {
      const plan = parseWork(pending)?.plan;
      return plan?.way === 'create' ? [`${plan.stackName} (${plan.region}, ${plan.accountId})`] : [];
    }),
  ];
  const remove = l10n.t('Remove All Data');
  const answer = await window.showWarningMessage(
    l10n.t('Remove all providers, keys and sessions from this editor?'),
    {
      modal: true,
      detail: [
        l10n.t('Links in settings stay. Terminals and deploys lose access.'),
        ...(stacks.length > 0 ? [l10n.t('These stacks stay in AWS: {0}', stacks.join(', '))] : []),
      ].join('\n'),
    },
    remove,
  );
  if (answer !== remove) throw new Cancelled();
  for (const { id } of providers) {
    ports.credentials.forget(id);
    await ports.desk.revokeProvider(id);
  }
  await ports.secrets.deleteAll();
  await ports.state.update((state) => ({ ...state, providers: [], pendingWork: [] }));
}
