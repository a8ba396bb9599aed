import type { CallerIdentity, Provider } from '../../../core/providers/provider.ts';
import { freeName } from '../../../core/providers/registry.ts';
import {
  namesFor,
  type Permissions,
  type PlanFields,
  type RoleWay,
} from '../../../core/quickConnect/plan.ts';
import type { StageInstance } from '../../../core/stages/link.ts';

/** The answers of the role step while they can still be changed. */
export interface Draft {
  readonly way: RoleWay;
  readonly mode: 'simple' | 'advanced';
  /** As typed. An empty role name means: the one that follows from the alias. */
  readonly fields: PlanFields;
  readonly permissionKind: Permissions['kind'];
  readonly onlyMe: boolean;
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
    way: 'create',
    mode: 'simple',
    fields: {
      alias: freeName(wanted, providers),
      region: stage?.region ?? region,
      accountId: identity.accountId,
      roleName: '',
      policyArns: '',
      services: [...new Set(instances.map(({ serviceName }) => serviceName))].join('\n'),
      passTo: '',
      boundaryArn: '',
      sessionHours: '1',
      roleArn: '',
    },
    permissionKind: 'administrator',
    onlyMe: false,
    stageIds: stage ? [stage.id] : [],
  };
}

/** The fields with the role name that counts. */
export function filledFields({ fields }: Draft): PlanFields {
  return fields.roleName.trim() === '' ? { ...fields, roleName: namesFor(fields.alias).roleName } : fields;
}
