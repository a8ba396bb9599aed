import type { StageSnapshot } from '../../core/stages/stageStore.ts';
import type { CommandId } from '../manifest.ts';
import { commands } from '../manifest.ts';
import type { RowContext } from '../tree/row.ts';
import { dotted, healthNames, healthOf, plainText, timeLeft } from '../tree/row.ts';
import { problemNames } from '../tree/stageRows.ts';

/** One line of the quick pick of stages. */
export type StagePickItem =
  | { readonly kind: 'service'; readonly label: string }
  | {
      readonly kind: 'stage';
      readonly stageId: string;
      /** With product icons; names from files cannot add any. */
      readonly label: string;
      readonly description: string;
      readonly detail: string;
      readonly active: boolean;
      readonly buttons: readonly StageButton[];
    };

/** A button of a line; runs `command` with `{ stageId }`. */
export interface StageButton {
  /** A product icon. */
  readonly icon: string;
  readonly tooltip: string;
  readonly command: CommandId;
}

const openTerminal: StageButton = {
  icon: 'terminal',
  tooltip: 'Open Terminal for Stage',
  command: commands.openTerminal,
};
const deploy: StageButton = { icon: 'rocket', tooltip: 'Deploy Stage', command: commands.deployStage };
const link: StageButton = { icon: 'link', tooltip: 'Link Stage to Provider', command: commands.linkStage };

/** All stages, under their services where there are several, with account and state; only usable buttons. */
export function pickStage(snapshot: StageSnapshot, context: RowContext): readonly StagePickItem[] {
  const byService = Map.groupBy(snapshot.stages, ({ serviceId }) => serviceId);
  const several = snapshot.services.length > 1;
  return snapshot.services.flatMap(({ id, name }) => {
    const stages = byService.get(id) ?? [];
    const heading: readonly StagePickItem[] =
      several && stages.length > 0 ? [{ kind: 'service', label: plainText(name) }] : [];
    return [
      ...heading,
      ...stages.map((stage): StagePickItem => {
        const { provider, problem, accountId } = stage.link;
        const credentials = provider && context.credentialState(provider.id);
        const state =
          credentials && (timeLeft(credentials.expiresAt, context.now) ?? healthNames[healthOf(credentials)]);
        return {
          kind: 'stage',
          stageId: stage.id,
          label: `${stage.link.protected ? '$(shield) ' : ''}${plainText(stage.name)}`,
          description: plainText(
            dotted(
              stage.active && 'active',
              problem ? problemNames[problem.code] : (provider?.name ?? 'not linked'),
              accountId,
              stage.region,
              state,
            ),
          ),
          detail: plainText(problem?.message ?? ''),
          active: stage.active,
          buttons: provider ? [openTerminal, deploy, link] : [link],
        };
      }),
    ];
  });
}
