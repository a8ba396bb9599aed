import type { VariableRole } from './environment.ts';
import { variableRole } from './environment.ts';
import type { EnvironmentChange } from './lease.ts';

/** A variable by which a tool would take another identity, or none, although it works with a lease. */
export interface Conflict {
  readonly variable: string;
  /** `overridden`: a variable of the lease has another value or is missing. The others: what the variable carries. */
  readonly kind: 'overridden' | VariableRole;
  /** For a person; never contains a value. */
  readonly message: string;
  /** Who set it, where known. */
  readonly owner?: string;
}

/** A change that an EnvironmentVariableCollection makes after ours. */
export interface EnvironmentMutator {
  readonly variable: string;
  readonly kind: 'replace' | 'append' | 'prepend';
  readonly value: string;
  /** Extension id, where known. */
  readonly owner?: string;
}

/**
 * What would beat a lease in an environment as a process really sees it.
 *
 * @param change the lease's own change
 * @param actual the environment after everybody has changed it
 */
export function environmentConflicts(
  change: EnvironmentChange,
  actual: Readonly<Record<string, string | undefined>>,
): readonly Conflict[] {
  const overridden = Object.entries(change.set)
    .filter(([name, value]) => actual[name] !== value)
    .map(([name]) => conflict(name, 'overridden'));
  const leftovers = Object.entries(actual).flatMap(([name, value]) => {
    const role = Object.hasOwn(change.set, name) ? undefined : variableRole(name);
    return role === undefined || value === undefined || value === '' ? [] : [conflict(name, role)];
  });
  return [...overridden, ...leftovers];
}

/**
 * What a foreign EnvironmentVariableCollection would do to a lease: it reaches every terminal and every task and
 * beats their own environment. A launcher that sets the variables itself is not affected.
 */
export function mutatorConflicts(
  change: EnvironmentChange,
  mutators: readonly EnvironmentMutator[],
): readonly Conflict[] {
  return mutators.flatMap(({ variable, kind, value, owner }) => {
    if (Object.hasOwn(change.set, variable)) {
      const same = kind === 'replace' ? change.set[variable] === value : value === '';
      return same ? [] : [conflict(variable, 'overridden', owner)];
    }
    const role = value === '' ? undefined : variableRole(variable);
    return role === undefined ? [] : [conflict(variable, role, owner)];
  });
}

function conflict(variable: string, kind: Conflict['kind'], owner?: string): Conflict {
  const by = owner === undefined ? '' : ` (set by ${owner})`;
  return {
    variable,
    kind,
    message: `${variable}${by} ${effects[kind]}`,
    ...(owner === undefined ? {} : { owner }),
  };
}

const effects: Readonly<Record<Conflict['kind'], string>> = {
  overridden: 'does not have the value the stage needs, so tools would use another identity or region.',
  keys: 'carries keys that AWS tools prefer to the stage’s profile.',
  'web-identity': 'makes boto3 and the AWS CLI assume another role than the stage’s.',
  container: 'offers credentials that the JavaScript SDK takes when the stage’s are refused.',
  'stage-leftover': 'is read by Serverless Framework v3 and osls before the stage’s profile.',
  'other-identity': 'belongs to another identity than the stage’s.',
};
