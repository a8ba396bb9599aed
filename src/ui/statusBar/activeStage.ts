import type { StageInstance } from '../../core/stages/link.ts';
import type { StageSnapshot } from '../../core/stages/stageStore.ts';
import type { CommandId } from '../manifest.ts';
import { commands } from '../manifest.ts';
import type { ProviderHealth, RowContext } from '../tree/row.ts';
import { dotted, healthNames, healthOf, plainText, timeLeft } from '../tree/row.ts';
import { problemNames, stageTooltip } from '../tree/stageRows.ts';

/** The active-stage switcher as data. */
export interface StatusBarItem {
  /** With product icons; names from files cannot add any. */
  readonly text: string;
  /** Markdown: the full identity and where the link comes from. */
  readonly tooltip: string;
  readonly background: 'none' | 'warning' | 'error';
  readonly command: CommandId;
  readonly accessibilityLabel: string;
}

/** What the status bar shows; `undefined` = nothing, while there is no stage. */
export function statusBarItem(snapshot: StageSnapshot, context: RowContext): StatusBarItem | undefined {
  const stage = snapshot.active;
  if (!stage) return undefined;
  const { link } = stage;
  const credentials = link.provider && context.credentialState(link.provider.id);
  const health = credentials && healthOf(credentials);
  const left = credentials && timeLeft(credentials.expiresAt, context.now);
  const name = snapshot.services.length > 1 ? `${stage.serviceName}/${stage.name}` : stage.name;
  const connection = link.problem ? problemNames[link.problem.code] : (link.provider?.name ?? 'not linked');
  const state = left ?? (health && healthNames[health]);
  const background = backgroundOf(stage, health);
  return {
    text: `${iconOf(stage, background)} ${plainText(dotted(name, connection, state))}`,
    tooltip: stageTooltip(stage, context),
    background,
    command: commands.switchStage,
    accessibilityLabel: [
      `AWS stage ${stage.name} of ${stage.serviceName}`,
      link.provider ? `provider ${link.provider.name}` : connection,
      link.accountId !== undefined && `account ${link.accountId}`,
      state,
      link.protected && 'protected',
    ]
      .filter((part) => typeof part === 'string')
      .join(', '),
  };
}

const errorProblems: ReadonlySet<string> = new Set([
  'account-mismatch',
  'ambiguous-provider',
  'invalid-entry',
]);
const errorHealth: ReadonlySet<ProviderHealth | undefined> = new Set(['expired', 'needs-sign-in', 'error']);

/** Error: the stage cannot be used as it is. Warning: it can, and asks before it is changed. */
function backgroundOf(
  { link }: StageInstance,
  health: ProviderHealth | undefined,
): StatusBarItem['background'] {
  if (errorHealth.has(health) || (link.problem && errorProblems.has(link.problem.code))) return 'error';
  return link.protected ? 'warning' : 'none';
}

function iconOf({ link }: StageInstance, background: StatusBarItem['background']): string {
  if (background === 'error') return '$(error)';
  if (link.protected) return '$(shield)';
  return link.provider ? '$(cloud)' : '$(circle-slash)';
}
