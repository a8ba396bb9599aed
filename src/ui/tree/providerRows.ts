import type { Provider, ProviderKind } from '../../core/providers/provider.ts';
import { providerKindNames } from '../../core/providers/provider.ts';
import type { FoundCredential } from '../../core/signIn/foundCredentials.ts';
import type { StageInstance } from '../../core/stages/link.ts';
import { roleOf } from '../../core/stages/links.ts';
import { foundRows } from './foundRows.ts';
import type { ProviderHealth, Row, RowContext, RowIcon } from './row.ts';
import { contextValue, dotted, healthNames, healthOf, timeLeft, tooltipLines } from './row.ts';

/** What the Providers view shows. */
export interface ProviderList {
  readonly providers: readonly Provider[];
  readonly stages: readonly StageInstance[];
  /** Name or id, as in `awsProviders.defaultProvider`. */
  readonly defaultProvider?: string;
  /** What a person calls a sign-in session; its id where nothing better is known. */
  readonly sessionName?: (sessionId: string) => string | undefined;
  /** Credentials on this machine that no provider uses. */
  readonly found?: readonly FoundCredential[];
}

/**
 * The Providers view. Kinds and flags in `contextValue`:
 *
 * - `group;` with the provider kind, e.g. `group;access-role;`; for a sign-in session `session;sso-role;` or
 *   `session;console;`
 * - `provider;` with its kind (`access-role;` `sso-role;` `console;` `access-key;` `profile;`), its state (`idle;`
 *   `ready;` `expiring;` `expired;` `needs-sign-in;` `error;`), and `default;`, `linked;` (to at least one stage),
 *   `stack;` (made by Quick Connect)
 * - `linkedStage;`, and `detail;problem;` under a provider
 * - `foundGroup;` with `foundOther;` in it
 * - `found;` with `profile;` or `environment;`, and `known;` (AWS said who it is), `usable;` (as a provider)
 */
export function providerRows(list: ProviderList, context: RowContext): readonly Row[] {
  const linked = Map.groupBy(list.stages, ({ link }) => link.provider?.id);
  const groups = Map.groupBy(list.providers, groupId);
  return [
    ...[...groups]
      .toSorted(([, a], [, b]) => groupRank(a) - groupRank(b))
      .map(([id, providers]) => groupRow(id, providers, list, linked, context)),
    ...foundRows(list.found ?? [], list.providers.length === 0),
  ];
}

const kindOrder: readonly ProviderKind[] = ['access-role', 'sso-role', 'console', 'access-key', 'profile'];

function groupId(provider: Provider): string {
  return 'sessionId' in provider ? `group:${provider.kind}:${provider.sessionId}` : `group:${provider.kind}`;
}

function groupRank([first]: readonly Provider[]): number {
  return first ? kindOrder.indexOf(first.kind) : kindOrder.length;
}

function groupRow(
  id: string,
  providers: readonly Provider[],
  list: ProviderList,
  linked: ReadonlyMap<string | undefined, readonly StageInstance[]>,
  context: RowContext,
): Row {
  const [first] = providers;
  const kind = first?.kind ?? 'profile';
  const sessionId = first && 'sessionId' in first ? first.sessionId : undefined;
  const session = sessionId === undefined ? undefined : (list.sessionName?.(sessionId) ?? sessionId);
  return {
    id,
    label: providerKindNames[kind],
    description: dotted(session, providers.length > 1 && `${providers.length}`),
    icon: { id: kindIcons[kind] },
    contextValue: contextValue(sessionId === undefined ? 'group' : 'session', { [kind]: true }),
    children: providers.map((provider) =>
      providerRow(provider, list, linked.get(provider.id) ?? [], context),
    ),
    expanded: true,
  };
}

const kindIcons: Readonly<Record<ProviderKind, string>> = {
  'access-role': 'shield',
  'sso-role': 'organization',
  console: 'browser',
  'access-key': 'key',
  profile: 'file',
};

const healthIcons: Readonly<Record<ProviderHealth, RowIcon>> = {
  idle: { id: 'circle-large-outline' },
  ready: { id: 'pass', color: 'testing.iconPassed' },
  expiring: { id: 'clock', color: 'list.warningForeground' },
  expired: { id: 'error', color: 'list.errorForeground' },
  'needs-sign-in': { id: 'sign-in', color: 'list.warningForeground' },
  error: { id: 'error', color: 'list.errorForeground' },
};

function providerRow(
  provider: Provider,
  list: ProviderList,
  stages: readonly StageInstance[],
  context: RowContext,
): Row {
  const credentials = context.credentialState(provider.id);
  const health = healthOf(credentials);
  const left = timeLeft(credentials.expiresAt, context.now);
  const isDefault = list.defaultProvider === provider.id || list.defaultProvider === provider.name;
  const id = `provider:${provider.id}`;
  return {
    id,
    label: provider.name,
    description: dotted(
      provider.accountId,
      healthNames[health],
      health !== 'expired' && left,
      isDefault && 'default',
    ),
    tooltip: tooltipLines(provider.name, [
      ['Kind', providerKindNames[provider.kind]],
      ['Account', provider.accountId],
      ['Role', roleOf(provider)],
      ['ARN', arnOf(provider)],
      ['Region', provider.region],
      ['Credentials', dotted(healthNames[health], left)],
      ['Stages', stages.map(({ serviceName, name }) => `${serviceName} / ${name}`).join(', ')],
      ['Problem', credentials.failure?.message],
    ]),
    icon: healthIcons[health],
    contextValue: contextValue('provider', {
      [provider.kind]: true,
      [health]: true,
      default: isDefault,
      linked: stages.length > 0,
      stack: provider.kind === 'access-role' && provider.stack !== undefined,
    }),
    children: [
      ...(credentials.failure ? [failureRow(id, credentials.failure.message, provider.id)] : []),
      ...stages.map((stage) => linkedStageRow(id, stage)),
    ],
    providerId: provider.id,
  };
}

function arnOf(provider: Provider): string | undefined {
  if (provider.kind === 'sso-role') return undefined;
  return provider.kind === 'access-role' ? provider.roleArn : provider.arn;
}

function failureRow(parent: string, message: string, providerId: string): Row {
  return {
    id: `${parent}/problem`,
    label: 'Problem',
    description: message,
    tooltip: tooltipLines('Problem', [['What happened', message]]),
    icon: { id: 'warning', color: 'list.warningForeground' },
    contextValue: contextValue('detail', { problem: true }),
    children: [],
    providerId,
  };
}

function linkedStageRow(parent: string, stage: StageInstance): Row {
  return {
    id: `${parent}/stage:${stage.id}`,
    label: `${stage.serviceName} / ${stage.name}`,
    description: dotted(stage.active && 'active', stage.region),
    tooltip: tooltipLines(`${stage.serviceName} / ${stage.name}`, [['Link', stage.link.explanation]]),
    icon: { id: stage.link.protected ? 'shield' : 'link' },
    contextValue: contextValue('linkedStage', { active: stage.active, protected: stage.link.protected }),
    children: [],
    stageId: stage.id,
    serviceId: stage.serviceId,
    providerId: stage.link.provider?.id ?? '',
  };
}
