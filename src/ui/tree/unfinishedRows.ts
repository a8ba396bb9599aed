import type { Provider } from '../../core/providers/provider.ts';
import type { PendingWork } from '../../core/providers/stateFile.ts';
import { parseOperation, type OperationKind } from '../../core/quickConnect/roleOperation.ts';
import { parseWork } from '../../core/quickConnect/work.ts';
import { commands } from '../manifest.ts';
import { contextValue, tooltipLines, type Row } from './row.ts';

const operationNames: Readonly<Record<OperationKind, string>> = {
  update: 'Update',
  rotate: 'New ExternalId',
  delete: 'Deletion',
};

/** Work that stopped midway, each row going on with it: nothing is left behind unannounced. Kind: `unfinished;`. */
export function unfinishedRows(
  pendingWork: readonly PendingWork[],
  providers: readonly Provider[],
): readonly Row[] {
  return pendingWork.flatMap((pending): readonly Row[] => {
    const work = parseWork(pending);
    const operation = parseOperation(pending);
    if (work) {
      const { alias, stackName, region, accountId } = work.plan;
      const failure = work.phase.name === 'failed' ? work.phase.failure.message : undefined;
      return [
        row(
          pending.id,
          alias,
          'Quick Connect, not finished',
          [stackName, region, accountId].join(' · '),
          failure,
        ),
      ];
    }
    if (!operation) return [];
    const name = providers.find(({ id }) => id === operation.providerId)?.name ?? '';
    const what = `${operationNames[operation.kind]}, not finished`;
    return [row(pending.id, name, what, operation.step, operation.failure?.message)];
  });
}

function row(
  id: string,
  label: string,
  description: string,
  where: string,
  failure: string | undefined,
): Row {
  return {
    id: `unfinished:${id}`,
    label,
    description,
    tooltip: tooltipLines(label, [
      ['What', description],
      ['Where', where],
      ['Problem', failure],
    ]),
    icon: { id: 'history', color: 'list.warningForeground' },
    contextValue: contextValue('unfinished'),
    children: [],
    command: { title: 'Continue', command: commands.continueWork, args: [id] },
  };
}
