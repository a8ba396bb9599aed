/** CreateStack, UpdateStack, DeleteStack: what happens in moto at once, and the timetable that reveals it. */
import { randomUUID } from 'node:crypto';
import {
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackResourcesCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { randomId } from './keys.ts';
import type { Call, World } from './service.ts';
import { foreseeDeleteFailure, foreseeFailure } from './stackForesight.ts';
import { applyIam, iamResources, releaseIam, scopeOf } from './stackIam.ts';
import {
  checkCapabilities,
  checkStackName,
  isSameRequest,
  stackParameters,
  templateBody,
} from './stackInput.ts';
import {
  creation,
  cutShort,
  deletion,
  stackState,
  update,
  type Failure,
  type Schedule,
  type Stack,
  type StackResource,
} from './stackLife.ts';
import type { Stacks } from './stacks.ts';
import { orderedResources, parseTemplate, resolve } from './template.ts';
import { AwsError, items, text, validationError, type Params } from './wire.ts';

const schedule = (call: Call, { clock, timing }: World): Schedule => ({
  start: clock.now(),
  ms: timing.stackSeconds * 1000,
  token: text(call.params, 'ClientRequestToken'),
});

export async function createStack(call: Call, world: World, stacks: Stacks): Promise<Params> {
  const { params, accountId, request } = call;
  const name = text(params, 'StackName') ?? '';
  checkStackName(name);
  const body = await templateBody(call, world);
  if (body === undefined) throw validationError('Either Template URL or Template Body must be specified.');
  const template = parseTemplate(body);
  const parameters = stackParameters(params, template, {});
  const token = text(params, 'ClientRequestToken');
  const existing = stacks.find(accountId, request.region, name);
  if (existing !== undefined) {
    if (token !== undefined && existing.token === token) {
      if (isSameRequest(existing, body, parameters)) return { StackId: existing.id };
      throw new AwsError('TokenAlreadyExistsException', `Token already exists: ${token}`);
    }
    throw new AwsError('AlreadyExistsException', `Stack [${name}] already exists`);
  }
  const capabilities = items<string>(params, 'Capabilities');
  checkCapabilities(template, capabilities);
  const id = `arn:aws:cloudformation:${request.region}:${accountId}:stack/${name}/${randomUUID()}`;
  const draft: Stack = {
    id,
    name,
    accountId,
    region: request.region,
    templateBody: body,
    template,
    parameters,
    capabilities,
    tags: items(params, 'Tags'),
    roleArn: text(params, 'RoleARN'),
    disableRollback: text(params, 'DisableRollback') === 'true',
    terminationProtection: text(params, 'EnableTerminationProtection') === 'true',
    notificationArns: items(params, 'NotificationARNs'),
    token,
    events: [],
    resources: [],
    real: false,
  };
  const guessed = orderedResources(template, scopeOf(draft)).map(({ logicalId, Type }) => ({
    logicalId,
    type: Type,
    physicalId: `${name}-${logicalId}-${randomId(12)}`,
  }));
  const foreseen = await foreseeFailure(template, scopeOf(draft), call.identity, world);
  const made = foreseen === undefined ? await makeReal(draft, guessed, world) : { failure: foreseen };
  const stack: Stack =
    'id' in made
      ? { ...draft, id: made.id, resources: made.resources, real: true }
      : { ...draft, resources: guessed };
  const failure = 'failure' in made ? made.failure : undefined;
  const onFailure = stack.disableRollback ? 'DO_NOTHING' : (text(params, 'OnFailure') ?? 'ROLLBACK');
  stack.events = creation(stack, schedule(call, world), failure, onFailure as 'ROLLBACK');
  if (stack.real) revealRoles(stack, 'CREATE_COMPLETE', world, true);
  stacks.all.push(stack);
  return { StackId: stack.id };
}

/** Roles appear with their event; until then they do not exist for others. */
function revealRoles(stack: Stack, status: string, { trusts }: World, hide: boolean): void {
  for (const { logicalId, type, arn } of iamResources(stack)) {
    const event = stack.events.findLast((each) => each.logicalId === logicalId && each.status === status);
    if (type !== 'AWS::IAM::Role' || event === undefined) continue;
    if (hide) trusts.hideUntil(arn, event.at);
    trusts.changed(arn, event.at);
  }
}

type Made =
  | { readonly id: string; readonly resources: readonly StackResource[] }
  | { readonly failure: Failure };

/** Makes the stack's resources in moto. What moto refuses as invalid is thrown, what fails is the first resource's failure. */
async function makeReal(draft: Stack, guessed: readonly StackResource[], world: World): Promise<Made> {
  const client = world.moto.cloudFormation(draft.accountId, draft.region);
  let id: string | undefined;
  try {
    const created = await client.send(
      new CreateStackCommand({
        StackName: draft.name,
        TemplateBody: draft.templateBody,
        Parameters: motoParameters(draft.parameters),
        Tags: [...draft.tags],
      }),
    );
    id = created.StackId ?? draft.id;
    const resources = await physicalIds(draft, guessed, world);
    await applyIam({ ...draft, id, resources }, world);
    return { id, resources };
  } catch (error) {
    const { name, message } = error as Error;
    if (name === 'ValidationError' || name === 'AlreadyExistsException') throw new AwsError(name, message);
    await client.send(new DeleteStackCommand({ StackName: id ?? draft.name })).catch(() => undefined);
    const [first] = guessed;
    return { failure: { logicalId: first?.logicalId ?? '', reason: message } };
  }
}

async function physicalIds(
  stack: Stack,
  guessed: readonly StackResource[],
  { moto }: World,
): Promise<StackResource[]> {
  const { StackResources = [] } = await moto
    .cloudFormation(stack.accountId, stack.region)
    .send(new DescribeStackResourcesCommand({ StackName: stack.name }));
  const known = new Map(StackResources.map((each) => [each.LogicalResourceId, each.PhysicalResourceId]));
  return guessed.map((each) => ({ ...each, physicalId: known.get(each.logicalId) ?? each.physicalId }));
}

function motoParameters(parameters: Readonly<Record<string, string>>) {
  return Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
    ParameterKey,
    ParameterValue,
  }));
}

export async function updateStack(call: Call, world: World, stack: Stack): Promise<Params> {
  const { params } = call;
  const { status } = stackState(stack, world.clock.now());
  if (!/^(CREATE|UPDATE|UPDATE_ROLLBACK)_COMPLETE$/.test(status))
    throw validationError(`Stack:${stack.id} is in ${status} state and can not be updated.`);
  const body =
    text(params, 'UsePreviousTemplate') === 'true' ? stack.templateBody : await templateBody(call, world);
  if (body === undefined) throw validationError('Either Template URL or Template Body must be specified.');
  const template = parseTemplate(body);
  const parameters = stackParameters(params, template, stack.parameters);
  const capabilities = items<string>(params, 'Capabilities');
  checkCapabilities(template, capabilities);
  const tags = 'Tags' in params ? items<{ Key: string; Value: string }>(params, 'Tags') : stack.tags;
  const next: Stack = { ...stack, templateBody: body, template, parameters, capabilities, tags };
  const changed = changedResources(stack, next);
  if (changed.length === 0 && JSON.stringify(tags) === JSON.stringify(stack.tags))
    throw validationError('No updates are to be performed.');
  const { accountId } = stack;
  const failing = changed.find(
    (each) => world.faults.resourceReason('update', { ...each, accountId }) !== undefined,
  );
  const reason = failing && world.faults.resourceReason('update', { ...failing, accountId });
  const failure =
    failing === undefined || reason === undefined
      ? await updateReal(stack, next, changed, world)
      : { logicalId: failing.logicalId, reason };
  const affected = changed.map(
    (each) => stack.resources.find(({ logicalId }) => logicalId === each.logicalId) ?? each,
  );
  stack.events = [...stack.events, ...update(stack, affected, schedule(call, world), failure)];
  if (failure === undefined) {
    const touched = new Set(changed.map(({ logicalId }) => logicalId));
    const roles = { ...stack, resources: stack.resources.filter(({ logicalId }) => touched.has(logicalId)) };
    revealRoles(roles, 'UPDATE_COMPLETE', world, false);
  }
  return { StackId: stack.id };
}

/** Turns the stack into `next`, in moto too. When its IAM refuses, everything is put back and the failure returned. */
async function updateReal(
  stack: Stack,
  next: Stack,
  changed: readonly StackResource[],
  world: World,
): Promise<Failure | undefined> {
  const before = { ...stack };
  await sendUpdate(next, world);
  const known = orderedResources(next.template, scopeOf(next)).map(({ logicalId, Type }) => ({
    logicalId,
    type: Type,
    physicalId:
      stack.resources.find((each) => each.logicalId === logicalId)?.physicalId ??
      `${stack.name}-${logicalId}-${randomId(12)}`,
  }));
  Object.assign(stack, next, { resources: await physicalIds(next, known, world) });
  try {
    await applyIam(stack, world);
    return undefined;
  } catch (error) {
    await sendUpdate(before, world);
    Object.assign(stack, before);
    await applyIam(stack, world);
    const culprit = changed.find(({ type }) => type.startsWith('AWS::IAM::')) ?? changed[0];
    return { logicalId: culprit?.logicalId ?? '', reason: (error as Error).message };
  }
}

async function sendUpdate(next: Stack, { moto }: World): Promise<void> {
  try {
    await moto.cloudFormation(next.accountId, next.region).send(
      new UpdateStackCommand({
        StackName: next.id,
        TemplateBody: next.templateBody,
        Parameters: motoParameters(next.parameters),
        Tags: [...next.tags],
      }),
    );
  } catch (error) {
    throw validationError((error as Error).message);
  }
}

/** Resources that are new, gone or have other properties. */
function changedResources(stack: Stack, next: Stack): StackResource[] {
  const before = resolvedResources(stack);
  const after = resolvedResources(next);
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((logicalId) => before.get(logicalId) !== after.get(logicalId))
    .map((logicalId) => ({
      logicalId,
      type: (next.template.Resources[logicalId] ?? stack.template.Resources[logicalId])?.Type ?? '',
      physicalId: stack.resources.find((each) => each.logicalId === logicalId)?.physicalId ?? '',
    }));
}

function resolvedResources(stack: Stack): Map<string, string> {
  const scope = scopeOf(stack);
  return new Map(
    orderedResources(stack.template, scope).map(({ logicalId, ...resource }) => [
      logicalId,
      JSON.stringify(resolve(resource, stack.template, scope)),
    ]),
  );
}

export async function deleteStack(call: Call, world: World, stack: Stack): Promise<void> {
  const now = world.clock.now();
  const { accountId } = stack;
  if (/^DELETE_(IN_PROGRESS|COMPLETE)$/.test(stackState(stack, now).status)) return;
  if (stack.terminationProtection)
    throw validationError(
      `Stack [${stack.name}] cannot be deleted while TerminationProtection is enabled. Disable TerminationProtection first.`,
    );
  cutShort(stack, now);
  const failing = stack.resources.find((each) =>
    world.faults.resourceReason('delete', { ...each, accountId }),
  );
  let failure: Failure | undefined;
  if (failing !== undefined) {
    const reason = world.faults.resourceReason('delete', { ...failing, accountId }) ?? '';
    failure = { logicalId: failing.logicalId, reason };
  } else if (stack.real) {
    failure = (await foreseeDeleteFailure(stack, world)) ?? (await deleteReal(stack, world));
  }
  stack.events = [...stack.events, ...deletion(stack, schedule(call, world), failure)];
}

async function deleteReal(stack: Stack, world: World): Promise<Failure | undefined> {
  try {
    const gone = await releaseIam(stack, world);
    await world.moto
      .cloudFormation(stack.accountId, stack.region)
      .send(new DeleteStackCommand({ StackName: stack.id }));
    for (const { arn, id } of gone) {
      world.trusts.forget(arn);
      await world.trusts.principalDeleted(arn, id);
    }
    stack.real = false;
    return undefined;
  } catch (error) {
    return { logicalId: stack.resources[0]?.logicalId ?? '', reason: (error as Error).message };
  }
}
