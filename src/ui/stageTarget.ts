import { window } from 'vscode';
import { Cancelled, Failure } from '../core/base/errors.ts';
import type { StageInstance } from '../core/stages/link.ts';
import type { StageStore } from '../core/stages/stageStore.ts';

/**
 * The stage a command is meant for: the row it was called on, a stage id, or else the one a person picks.
 *
 * @throws Cancelled when nothing is picked; Failure `no-stages`, `unknown-stage`
 */
export async function stageTarget(
  store: StageStore,
  target: unknown,
  placeHolder: string,
): Promise<StageInstance> {
  const { stages } = await store.load();
  const id = idOf(target);
  if (id !== undefined) {
    const stage = stages.find((each) => each.id === id);
    if (stage) return stage;
    throw new Failure('unknown-stage', 'This stage is no longer in the workspace.');
  }
  if (stages.length === 0) {
    throw new Failure('no-stages', 'There is no Serverless service in this workspace.', {
      hint: 'Open the folder of one: it has a serverless.yml.',
    });
  }
  const picked = await window.showQuickPick(
    stages.map((stage) => ({
      label: stage.name,
      description: stage.serviceName,
      detail: stage.link.provider
        ? `${stage.link.provider.name} · ${stage.link.provider.accountId}`
        : (stage.link.problem?.message ?? 'Not linked'),
      stage,
    })),
    { placeHolder, matchOnDescription: true, matchOnDetail: true },
  );
  if (!picked) throw new Cancelled();
  return picked.stage;
}

/** Rows carry `stageId`. */
function idOf(target: unknown): string | undefined {
  if (typeof target === 'string') return target;
  if (typeof target !== 'object' || target === null || !('stageId' in target)) return undefined;
  return typeof target.stageId === 'string' ? target.stageId : undefined;
}
