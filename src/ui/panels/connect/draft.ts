import type { CallerIdentity, Provider } from '../../../core/providers/provider.ts';
import { freeName } from '../../../core/providers/registry.ts';
import type { StageInstance } from '../../../core/stages/link.ts';

/** The answers of the role step while they can still be changed. */
export interface Draft {
  readonly alias: string;
  readonly region: string;
  /** Stages to link, by instance id. */
  readonly stageIds: readonly string[];
}

/** A draft in which nothing needs to be typed: the active stage, or the first without a provider, gets the role. */
export function startDraft(
  identity: CallerIdentity,
  region: string,
  instances: readonly StageInstance[],
  providers: readonly Provider[],
): Draft {
  const free = instances.filter(({ link }) => link.provider === undefined);
  const stage = free.find(({ active }) => active) ?? free[0];
  const wanted = stage ? `${stage.serviceName} ${stage.name}` : `AWS ${identity.accountId}`;
  return {
    alias: freeName(wanted, providers),
    region: stage?.region ?? region,
    stageIds: stage ? [stage.id] : [],
  };
}
