import type { Clock } from '../base/clock.ts';
import { backOff } from '../base/clock.ts';
import { Failure, throwIfAborted } from '../base/errors.ts';
import { isPassing } from '../providers/awsFailure.ts';
import type { AccessRoleProvider, AwsCredentials, CallerIdentity } from '../providers/provider.ts';
import { accessKeySecret, externalIdSecret, type SecretStore } from '../providers/secretStore.ts';
import type { StateFile } from '../providers/stateFile.ts';
import type { RolePlan } from './plan.ts';
import type { OperationStep, RoleOperation } from './roleOperation.ts';
import { firstFailure, stackLife, type StackApi } from './stack.ts';
import { roleTemplate, stackParameters, stackTags } from './template.ts';
import type { UserKeyApi } from './userKey.ts';
import { propagationLimitMs } from './verification.ts';
import { watchStack, type WatchPorts } from './watchStack.ts';

export interface OperationPorts extends WatchPorts {
  readonly stacks: StackApi;
  readonly keys: UserKeyApi;
  readonly secrets: SecretStore;
  readonly state: StateFile;
  readonly clock: Clock;
  readonly assume: (externalId: string | undefined, signal?: AbortSignal) => Promise<AwsCredentials>;
  readonly callerIdentity: (credentials: AwsCredentials, signal?: AbortSignal) => Promise<CallerIdentity>;
  /** The provider's credentials were made with values that no longer count, or it is gone. */
  readonly forgetCredentials: (providerId: string) => void;
  /** Ends the leases of a provider that is gone. */
  readonly revokeLeases: (providerId: string) => Promise<void>;
}

interface Context {
  readonly operation: RoleOperation;
  readonly provider: AccessRoleProvider;
  readonly plan: RolePlan;
  readonly ports: OperationPorts;
  readonly signal: AbortSignal;
}

const nextSecret = (providerId: string): string => `provider/${providerId}/nextExternalId`;
const formerSecret = (providerId: string): string => `provider/${providerId}/formerExternalId`;

/** What each step does; every one may be repeated. All throw Failure or Cancelled. */
export const stepActions: Readonly<Record<OperationStep, (context: Context) => Promise<void>>> = {
  'change-template': async (context) => {
    await changeStack(context, await present(context), '');
  },
  'accept-both': async (context) => {
    await changeStack(context, await present(context), await next(context));
  },
  'verify-next': async (context) => {
    await letsIn(context, await next(context));
  },
  switch: async (context) => {
    const { secrets } = context.ports;
    const { id } = context.provider;
    const newOne = await next(context);
    const old = await present(context);
    if (old === newOne) return;
    await secrets.store(formerSecret(id), old);
    await secrets.store(externalIdSecret(id), newOne);
    context.ports.forgetCredentials(id);
  },
  'accept-new-only': async (context) => {
    await changeStack(context, await present(context), '');
  },
  verify: async (context) => {
    await letsIn(context, await present(context));
    const former = await context.ports.secrets.load(formerSecret(context.provider.id));
    if (former !== undefined) await keepsOut(context, former);
    await keepsOut(context, undefined);
  },
  'forget-former': async ({ provider: { id }, ports: { secrets } }) => {
    await secrets.delete(formerSecret(id));
    await secrets.delete(nextSecret(id));
  },
  'delete-keys': async ({ plan: { user }, ports: { keys }, signal }) => {
    if (user === undefined) return;
    for (const key of await keys.list(user, signal)) await keys.delete(user, key, signal);
  },
  'delete-stack': deleteStack,
  'forget-provider': forgetProvider,
};

/** Makes and keeps the next ExternalId of a rotation, once. */
export async function storeNextExternalId(
  secrets: SecretStore,
  providerId: string,
  value: string,
): Promise<void> {
  const key = nextSecret(providerId);
  if ((await secrets.load(key)) === undefined) await secrets.store(key, value);
}

async function present({ provider, ports }: Context): Promise<string> {
  return loadSecret(ports.secrets, externalIdSecret(provider.id));
}

async function next({ provider, ports }: Context): Promise<string> {
  return loadSecret(ports.secrets, nextSecret(provider.id));
}

async function loadSecret(secrets: SecretStore, key: string): Promise<string> {
  const value = await secrets.load(key);
  if (value !== undefined) return value;
  throw new Failure('external-id-lost', 'The ExternalId of this role is not in the secret store.', {
    hint: 'Connect the account again; the old stack can then be taken over.',
  });
}

/** Updates the stack where it differs from what is wanted, and waits until CloudFormation is done. */
async function changeStack(context: Context, externalId: string, nextExternalId: string): Promise<void> {
  const { plan, provider, ports, signal, operation } = context;
  const stackId = stackIdOf(provider);
  const isStill = (status: string): boolean => stackLife(status) === 'working';
  const before = await watchStack(stackId, ports, signal, (stack) => !stack || !isStill(stack.status));
  if (!before || stackLife(before.status) === 'gone') throw stackGone(provider);
  const template = roleTemplate(plan);
  const parameters = stackParameters(plan, externalId, nextExternalId);
  const same =
    parameters.every(({ name, value }) => before.parameters[name] === value) &&
    (await ports.stacks.template(stackId, signal)) === template;
  if (same) return;
  await ports.stacks.update(
    {
      name: stackId,
      template,
      parameters,
      tags: { [stackTags.product]: 'access-role', [stackTags.work]: plan.providerId },
      requestToken: `${operation.token}-${operation.step}-${operation.attempt}`,
    },
    signal,
  );
  const after = await watchStack(stackId, ports, signal, (stack) => !stack || !isStill(stack.status));
  if (!after || stackLife(after.status) === 'gone') throw stackGone(provider);
  if (parameters.every(({ name, value }) => after.parameters[name] === value)) return;
  const events = (await ports.stacks.events(stackId, signal)).toReversed();
  const reason = firstFailure(events)?.reason ?? after.statusReason ?? 'CloudFormation gives no reason.';
  throw new Failure('stack-failed', `The stack could not be changed: ${reason}`, {
    hint: 'CloudFormation put back what was there before; the role works as it did.',
  });
}

function stackIdOf(provider: AccessRoleProvider): string {
  if (provider.stack) return provider.stack.id;
  throw new Failure('no-stack', `“${provider.name}” was not made by this extension.`, {
    hint: 'Its role can only be changed where it was made.',
  });
}

function stackGone(provider: AccessRoleProvider): Failure {
  return new Failure('stack-gone', `The stack of “${provider.name}” was deleted.`, {
    hint: 'Remove the provider here and connect the account again.',
    action: { title: 'Remove Provider…', command: 'removeProvider', args: [provider.id] },
  });
}

/** The role lets us in with this ExternalId; refusals are retried while IAM makes the change known. */
async function letsIn({ provider, ports, signal }: Context, externalId: string): Promise<void> {
  const credentials = await untilAllowed(ports, signal, () => ports.assume(externalId, signal));
  const { accountId } = await ports.callerIdentity(credentials, signal);
  if (accountId === provider.accountId) return;
  throw new Failure('account-mismatch', `The role is in account ${accountId}, not in ${provider.accountId}.`);
}

async function untilAllowed<T>(
  ports: OperationPorts,
  signal: AbortSignal,
  ask: () => Promise<T>,
): Promise<T> {
  const waits = backOff({ first: 1000, factor: 1.5, cap: 8000, limit: propagationLimitMs });
  for (;;) {
    throwIfAborted(signal);
    try {
      return await ask();
    } catch (error) {
      const retry = error instanceof Failure && (error.code === 'access-denied' || isPassing(error.code));
      const wait = retry ? waits.next() : undefined;
      if (!wait || wait.done) throw error;
      await ports.clock.wait(wait.value, signal);
    }
  }
}

/** The role refuses this ExternalId; it may still be let in for some seconds after the change. */
async function keepsOut({ ports, signal }: Context, externalId: string | undefined): Promise<void> {
  const waits = backOff({ first: 1000, factor: 1.5, cap: 8000, limit: propagationLimitMs });
  for (;;) {
    throwIfAborted(signal);
    try {
      await ports.assume(externalId, signal);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (error.code === 'access-denied') return;
      if (!isPassing(error.code)) throw error;
    }
    const wait = waits.next();
    if (wait.done) {
      throw new Failure(
        'external-id-not-enforced',
        'The role also lets in callers who do not know its ExternalId.',
        {
          hint: 'Its trust policy was changed outside of the stack. Choose “Change ExternalId” to write it anew.',
        },
      );
    }
    await ports.clock.wait(wait.value, signal);
  }
}

async function deleteStack(context: Context): Promise<void> {
  const { provider, ports, signal, operation } = context;
  const stackId = stackIdOf(provider);
  await ports.stacks.delete(stackId, `${operation.token}-${operation.step}-${operation.attempt}`, signal);
  const over = new Set(['DELETE_COMPLETE', 'DELETE_FAILED']);
  const stack = await watchStack(stackId, ports, signal, (now) => !now || over.has(now.status));
  if (!stack || stackLife(stack.status) === 'gone') return;
  throw new Failure(
    'delete-failed',
    `The stack could not be deleted: ${stack.statusReason ?? 'CloudFormation gives no reason.'}`,
    {
      hint: 'The provider stays here until it can be. Something may have been added to the role by hand: remove that, then try again.',
    },
  );
}

async function forgetProvider({ provider, plan, ports }: Context): Promise<void> {
  const gone = plan.user === undefined ? [provider.id] : [provider.id, plan.sourceProviderId];
  await ports.state.update((state) => ({
    ...state,
    providers: state.providers.filter(({ id }) => !gone.includes(id)),
  }));
  for (const id of gone) {
    await ports.secrets.delete(externalIdSecret(id));
    await ports.secrets.delete(accessKeySecret(id));
    await ports.secrets.delete(nextSecret(id));
    await ports.secrets.delete(formerSecret(id));
    ports.forgetCredentials(id);
    await ports.revokeLeases(id);
  }
}
