import { env, l10n, ProgressLocation, window } from 'vscode';
import { Cancelled, Failure } from '../../core/base/errors.ts';
import type { AccessRoleProvider } from '../../core/providers/provider.ts';
import type { StateFile } from '../../core/providers/stateFile.ts';
import { checkRole, type CheckRolePorts, type Finding } from '../../core/quickConnect/checkRole.ts';
import type { RoleOperations } from '../../core/quickConnect/operations.ts';
import type { RolePlan } from '../../core/quickConnect/plan.ts';
import { parseOperation, stepTexts, type OperationKind } from '../../core/quickConnect/roleOperation.ts';
import { formatLinkKey, linkSettingFor } from '../../core/stages/linkSetting.ts';
import type { StageStore } from '../../core/stages/stageStore.ts';
import { settings } from '../manifest.ts';
import { providerTarget } from '../providerTarget.ts';
import { runFailureAction } from '../report.ts';

export interface RoleCommandPorts {
  readonly state: StateFile;
  readonly stages: StageStore;
  readonly operations: RoleOperations;
  readonly checks: (provider: AccessRoleProvider) => CheckRolePorts;
  readonly showConnect: () => void;
}

async function roleTarget(
  state: StateFile,
  target: unknown,
  placeHolder: string,
): Promise<AccessRoleProvider> {
  const provider = await providerTarget(state, target, placeHolder);
  if (provider.kind === 'access-role') return provider;
  throw new Failure('no-role', `“${provider.name}” is not an access role.`, {
    hint: 'Only access roles have a stack and an ExternalId.',
  });
}

/** Runs an operation with its steps shown and a way to stop it; stopped or failed, it can be continued later. */
export async function runOperation(
  operations: RoleOperations,
  kind: OperationKind,
  provider: { readonly id: string; readonly name: string },
): Promise<void> {
  const abort = new AbortController();
  await window.withProgress(
    { location: ProgressLocation.Notification, title: provider.name, cancellable: true },
    async (progress, token) => {
      token.onCancellationRequested(() => abort.abort());
      const following = operations.onDidProgress(({ providerId, step }) => {
        if (providerId === provider.id && step !== 'done') progress.report({ message: stepTexts[step] });
      });
      try {
        await operations.run(kind, provider.id, undefined, abort.signal);
      } finally {
        following.dispose();
      }
    },
  );
}

export async function updateRole(ports: RoleCommandPorts, target: unknown): Promise<void> {
  const provider = await roleTarget(ports.state, target, l10n.t('Access role to update'));
  await runOperation(ports.operations, 'update', provider);
  void window.showInformationMessage(l10n.t('“{0}” is up to date and was verified.', provider.name));
}

export async function rotateExternalId(ports: RoleCommandPorts, target: unknown): Promise<void> {
  const provider = await roleTarget(ports.state, target, l10n.t('Access role whose ExternalId to change'));
  await runOperation(ports.operations, 'rotate', provider);
  void window.showInformationMessage(
    l10n.t('“{0}” has a new ExternalId; the former one is refused.', provider.name),
  );
}

/** Asks AWS about the role and shows what was found, each with what mends it. */
export async function checkRoleCommand(ports: RoleCommandPorts, target: unknown): Promise<void> {
  const provider = await roleTarget(ports.state, target, l10n.t('Access role to check'));
  const findings = await window.withProgress(
    { location: ProgressLocation.Notification, title: l10n.t('Checking “{0}”…', provider.name) },
    () => checkRole(provider, provider.plan as RolePlan | undefined, ports.checks(provider)),
  );
  if (findings.length === 0) {
    void window.showInformationMessage(
      l10n.t('“{0}”: role, trust, ExternalId and stack are as they should be.', provider.name),
    );
    return;
  }
  const picked = await window.showQuickPick(findings.map(findingItem), {
    title: l10n.t('Findings for “{0}”', provider.name),
    placeHolder: l10n.t('Choose one to mend it'),
  });
  if (picked?.finding.action) await runFailureAction(picked.finding.action);
}

const icons: Readonly<Record<Finding['severity'], string>> = {
  error: '$(error)',
  warning: '$(warning)',
  info: '$(info)',
};

function findingItem(finding: Finding) {
  return {
    label: `${icons[finding.severity]} ${finding.message}`,
    description: finding.action?.title ?? '',
    detail: finding.hint,
    finding,
  };
}

/** Copies the settings entry that lets a teammate use the same account; it holds no secret. */
export async function copyLink(ports: RoleCommandPorts, target: unknown): Promise<void> {
  const provider = await providerTarget(ports.state, target, l10n.t('Provider to share as a link'));
  const { stages } = await ports.stages.load();
  const linked = stages.filter(({ link }) => link.provider?.id === provider.id);
  const keys = linked.length > 0 ? linked.map(({ name }) => ({ stage: name })) : [{ stage: 'dev' }];
  const { providers } = await ports.state.load();
  const value = keys.reduce<Readonly<Record<string, unknown>>>(
    (setting, key) => linkSettingFor(setting, key, provider, { providers }),
    {},
  );
  await env.clipboard.writeText(`${JSON.stringify({ [settings.stages]: value }, undefined, 2)}\n`);
  void window.showInformationMessage(
    l10n.t(
      'Copied the link for {0}. It holds no secret: a teammate puts it into settings.json and connects the account.',
      keys.map(formatLinkKey).join(', '),
    ),
  );
}

/** Goes on with unfinished work: of Quick Connect in its panel, of a role where it stopped. */
export async function continueWork(ports: RoleCommandPorts, target: unknown): Promise<void> {
  const id = typeof target === 'string' ? target : workIdOf(target);
  const { pendingWork, providers } = await ports.state.load();
  const pending = id === undefined ? pendingWork[0] : pendingWork.find((each) => each.id === id);
  if (!pending) throw new Cancelled();
  const operation = parseOperation(pending);
  if (!operation) return ports.showConnect();
  const provider = providers.find((each) => each.id === operation.providerId);
  await runOperation(ports.operations, operation.kind, provider ?? { id: operation.providerId, name: '' });
}

function workIdOf(target: unknown): string | undefined {
  if (typeof target !== 'object' || target === null || !('workId' in target)) return undefined;
  return typeof target.workId === 'string' ? target.workId : undefined;
}
