import { Failure } from '../base/errors.ts';
import type { FailureAction } from '../base/errors.ts';
import type { AccessRoleProvider } from '../providers/provider.ts';
import { roleNameOf, type RolePlan } from './plan.ts';
import { stackLife, type StackApi } from './stack.ts';
import { roleTemplate } from './template.ts';

/** Something about a role that a person should know, with what mends it. */
export interface Finding {
  readonly code:
    | 'stack-gone'
    | 'stack-unhealthy'
    | 'role-gone'
    | 'principal-recreated'
    | 'drifted'
    | 'template-outdated'
    | 'not-assumable'
    | 'external-id-not-enforced'
    | 'not-checked';
  readonly severity: 'error' | 'warning' | 'info';
  readonly message: string;
  readonly hint: string;
  readonly action?: FailureAction;
}

export interface CheckRolePorts {
  readonly stacks: StackApi;
  /** Trust policy of the role as JSON text. Throws Failure `not-found`, `access-denied` … */
  readonly loadTrustPolicy: (roleName: string, signal?: AbortSignal) => Promise<string>;
  /** Tries the role as the provider does; with `undefined` without its ExternalId. */
  readonly assume: (withExternalId: boolean, signal?: AbortSignal) => Promise<unknown>;
}

/** What was looked at and found; a look that AWS refuses is a finding of its own, never a silent pass. */
export async function checkRole(
  provider: AccessRoleProvider,
  plan: RolePlan | undefined,
  ports: CheckRolePorts,
  signal?: AbortSignal,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const look = async (what: string, check: () => Promise<readonly Finding[]>): Promise<void> => {
    try {
      findings.push(...(await check()));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      findings.push({
        code: 'not-checked',
        severity: 'info',
        message: `${what} could not be checked: ${error.message}`,
        hint: error.hint ?? '',
      });
    }
  };
  await look('The role', () => checkTrust(provider, ports, signal));
  await look('The session', () => checkAssume(provider, ports, signal));
  if (plan && provider.stack) {
    const { id } = provider.stack;
    await look('The stack', () => checkStack(provider, id, plan, ports, signal));
  }
  return findings;
}

async function checkStack(
  provider: AccessRoleProvider,
  stackId: string,
  plan: RolePlan,
  { stacks }: CheckRolePorts,
  signal: AbortSignal | undefined,
): Promise<readonly Finding[]> {
  const stack = await stacks.find(stackId, signal);
  const life = stack ? stackLife(stack.status) : 'gone';
  if (!stack || life === 'gone') {
    return [
      {
        code: 'stack-gone',
        severity: 'error',
        message: `The stack ${plan.stackName} was deleted, and the role with it.`,
        hint: 'Remove the provider here and connect the account again.',
        action: remove(provider),
      },
    ];
  }
  if (life === 'working') return [];
  const update: FailureAction = { title: 'Update Access Role', command: 'updateRole', args: [provider.id] };
  const findings: Finding[] = [];
  if (life === 'failed') {
    findings.push({
      code: 'stack-unhealthy',
      severity: 'warning',
      message: `The stack is in the state ${stack.status}.`,
      hint: stack.statusReason ?? 'An update of it failed.',
      action: update,
    });
  }
  if ((await stacks.template(stackId, signal)) !== roleTemplate(plan)) {
    findings.push({
      code: 'template-outdated',
      severity: 'info',
      message: 'The stack was made from another version of the template.',
      hint: 'Updating it changes nothing you use.',
      action: update,
    });
  }
  const drift = await stacks.drift(stackId, signal);
  if (drift.length > 0) {
    findings.push({
      code: 'drifted',
      severity: 'warning',
      message: `${drift.join(', ')} was changed outside of the stack.`,
      hint: 'Look at the drift in the CloudFormation console. Updating alone does not put it back; deleting and connecting again does.',
    });
  }
  return findings;
}

async function checkTrust(
  provider: AccessRoleProvider,
  ports: CheckRolePorts,
  signal: AbortSignal | undefined,
): Promise<readonly Finding[]> {
  try {
    const trust = await ports.loadTrustPolicy(roleNameOf(provider), signal);
    // AWS stores a named user or role as its unique id, and shows the id once the name is somebody else's.
    if (!/"(?:AIDA|AROA)[A-Z0-9]{12,}"/.test(trust)) return [];
    return [
      {
        code: 'principal-recreated',
        severity: 'error',
        message: 'The user or role that the access role trusts was deleted.',
        hint: 'One made anew under the same name is somebody else to AWS. Changing the ExternalId writes the trust anew.',
        action: rewriteTrust(provider),
      },
    ];
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'not-found') throw error;
    return [
      {
        code: 'role-gone',
        severity: 'error',
        message: `The role ${roleNameOf(provider)} was deleted.`,
        hint: 'Remove the provider here and connect the account again.',
        action: remove(provider),
      },
    ];
  }
}

async function checkAssume(
  provider: AccessRoleProvider,
  ports: CheckRolePorts,
  signal: AbortSignal | undefined,
): Promise<readonly Finding[]> {
  try {
    await ports.assume(true, signal);
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'access-denied') throw error;
    return [
      {
        code: 'not-assumable',
        severity: 'error',
        message: 'AWS does not let you assume the role.',
        hint: `${error.hint ?? ''} If the trust policy was changed by hand, changing the ExternalId writes it anew.`,
        action: rewriteTrust(provider),
      },
    ];
  }
  if (!provider.externalIdEnforced) {
    return [
      {
        code: 'external-id-not-enforced',
        severity: 'warning',
        message: 'The role does not ask for an ExternalId.',
        hint: 'Everyone whom its trust policy names can use it.',
      },
    ];
  }
  try {
    await ports.assume(false, signal);
  } catch (error) {
    if (error instanceof Failure && error.code === 'access-denied') return [];
    throw error;
  }
  return [
    {
      code: 'external-id-not-enforced',
      severity: 'error',
      message: 'The role also lets in callers who do not know its ExternalId.',
      hint: 'Its trust policy was changed outside of the stack. Changing the ExternalId writes it anew.',
      action: rewriteTrust(provider),
    },
  ];
}

function rewriteTrust(provider: AccessRoleProvider): FailureAction {
  return { title: 'Change ExternalId', command: 'rotateExternalId', args: [provider.id] };
}

function remove(provider: AccessRoleProvider): FailureAction {
  return { title: 'Remove Provider…', command: 'removeProvider', args: [provider.id] };
}
