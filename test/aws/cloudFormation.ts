/**
 * CloudFormation: stacks made by CreateStack live here over time; everything else (change sets, stack sets, and the
 * stacks made through them) is moto's.
 */
import { DescribeStacksCommand, ListStacksCommand } from '@aws-sdk/client-cloudformation';
import { detectDrift, isDrifted, type Detection } from './drift.ts';
import type { Call, Operation, Service, World } from './service.ts';
import { createStack, deleteStack, updateStack } from './stackChanges.ts';
import { neededCapability, templateBody } from './stackInput.ts';
import { happened, stackState, type Stack } from './stackLife.ts';
import { describeEvent, describeResources, describeStack, type Stacks } from './stacks.ts';
import { parseTemplate } from './template.ts';
import { items, text, validationError, type Params, type Reply } from './wire.ts';

/** Events per page, as AWS gives them. */
const PAGE = 100;

type StackOperation = (stack: Stack, call: Call, world: World) => Promise<Reply | Params | undefined>;

export function createCloudFormation(stacks: Stacks): Service {
  const detections: Detection[] = [];

  /** An operation on a stack of ours; other stacks are moto's. */
  const onStack =
    (operation: StackOperation): Operation =>
    async (call, world) => {
      const nameOrId = text(call.params, 'StackName') ?? '';
      const stack = stacks.find(call.accountId, call.request.region, nameOrId);
      return stack === undefined ? call.forward() : operation(stack, call, world);
    };

  const ours = (call: Call): readonly Stack[] =>
    stacks.all.filter(
      ({ accountId, region }) => accountId === call.accountId && region === call.request.region,
    );

  return {
    operations: {
      CreateStack: (call, world) => createStack(call, world, stacks),
      UpdateStack: onStack((stack, call, world) => updateStack(call, world, stack)),
      DeleteStack: onStack(async (stack, call, world) => {
        await deleteStack(call, world, stack);
        return undefined;
      }),
      DescribeStacks: async (call, world) => {
        const nameOrId = text(call.params, 'StackName');
        const stack =
          nameOrId === undefined ? undefined : stacks.find(call.accountId, call.request.region, nameOrId);
        if (stack !== undefined) return { Stacks: [await describeStack(stack, world)] };
        if (nameOrId !== undefined) return missingOrForward(call, world, nameOrId);
        const living = ours(call).filter(
          (each) => stackState(each, world.clock.now()).status !== 'DELETE_COMPLETE',
        );
        const shown = await Promise.all(living.map((each) => describeStack(each, world)));
        const { Stacks = [] } = await world.moto
          .cloudFormation(call.accountId, call.request.region)
          .send(new DescribeStacksCommand({}));
        return { Stacks: [...shown, ...Stacks.filter(({ StackId }) => !stacks.owns(StackId))] };
      },
      DescribeStackEvents: onStack(async (stack, { params }, { clock }) => {
        const newestFirst = happened(stack, clock.now()).toReversed();
        const start = Number(text(params, 'NextToken') ?? 0);
        const next = start + PAGE < newestFirst.length ? String(start + PAGE) : undefined;
        const events = newestFirst.slice(start, start + PAGE).map((event) => describeEvent(stack, event));
        return { StackEvents: events, NextToken: next };
      }),
      DescribeStackResources: onStack(async (stack, { params }, { clock }) => {
        const wanted = text(params, 'LogicalResourceId');
        const resources = describeResources(stack, clock.now());
        return {
          StackResources: resources.filter(
            (each) => wanted === undefined || each['LogicalResourceId'] === wanted,
          ),
        };
      }),
      DescribeStackResource: onStack(async (stack, { params }, { clock }) => {
        const wanted = text(params, 'LogicalResourceId') ?? '';
        const found = describeResources(stack, clock.now()).find(
          (each) => each['LogicalResourceId'] === wanted,
        );
        if (found === undefined)
          throw validationError(`Resource ${wanted} does not exist for stack ${stack.name}`);
        return { StackResourceDetail: { ...found, LastUpdatedTimestamp: found['Timestamp'] } };
      }),
      ListStackResources: onStack(async (stack, _call, { clock }) => ({
        StackResourceSummaries: describeResources(stack, clock.now()).map((each) => ({
          ...each,
          LastUpdatedTimestamp: each['Timestamp'],
        })),
      })),
      ListStacks: async (call, world) => {
        const filter = items<string>(call.params, 'StackStatusFilter');
        const shown = await Promise.all(ours(call).map((each) => describeStack(each, world)));
        const { StackSummaries = [] } = await world.moto
          .cloudFormation(call.accountId, call.request.region)
          .send(new ListStacksCommand({}));
        const all = [...shown, ...StackSummaries.filter(({ StackId }) => !stacks.owns(StackId))] as Params[];
        return {
          StackSummaries: all.filter(
            ({ StackStatus }) => filter.length === 0 || filter.includes(String(StackStatus)),
          ),
        };
      },
      GetTemplate: onStack(async (stack) => ({
        TemplateBody: stack.templateBody,
        StagesAvailable: ['Original', 'Processed'],
      })),
      GetTemplateSummary: async (call, world) => summary(await sourceOf(call, world, stacks)),
      ValidateTemplate: async (call, world) => summary(await sourceOf(call, world, stacks)),
      UpdateTerminationProtection: onStack(async (stack, { params }) => {
        stack.terminationProtection = text(params, 'EnableTerminationProtection') === 'true';
        return { StackId: stack.id };
      }),
      ExecuteChangeSet: async (call) => {
        const reply = await call.forward();
        const name = text(call.params, 'StackName') ?? '';
        const stack = stacks.find(call.accountId, call.request.region, name);
        // From here on moto's answers are the true ones.
        if (reply.status < 300 && stack !== undefined) stacks.all.splice(stacks.all.indexOf(stack), 1);
        return reply;
      },
      DetectStackDrift: onStack(async (stack, _call, world) => {
        const detection = await detectDrift(stack, world);
        detections.push(detection);
        return { StackDriftDetectionId: detection.id };
      }),
      DescribeStackDriftDetectionStatus: async ({ params }, { clock }) => {
        const id = text(params, 'StackDriftDetectionId');
        const found = detections.find((each) => each.id === id);
        if (found === undefined) throw validationError(`Drift detection ${id} does not exist`);
        const done = clock.now() >= found.doneAt;
        return {
          StackId: found.stackId,
          StackDriftDetectionId: found.id,
          DetectionStatus: done ? 'DETECTION_COMPLETE' : 'DETECTION_IN_PROGRESS',
          ...(done
            ? {
                StackDriftStatus: isDrifted(found) ? 'DRIFTED' : 'IN_SYNC',
                DriftedStackResourceCount: found.drifts.filter(
                  (each) => each.StackResourceDriftStatus !== 'IN_SYNC',
                ).length,
              }
            : {}),
          Timestamp: new Date(found.startedAt),
        };
      },
      DescribeStackResourceDrifts: onStack(async (stack, { params }) => {
        const wanted = items<string>(params, 'StackResourceDriftStatusFilters');
        const drifts = detections.findLast(({ stackId }) => stackId === stack.id)?.drifts ?? [];
        return {
          StackResourceDrifts: drifts.filter(
            (each) => wanted.length === 0 || wanted.includes(each.StackResourceDriftStatus),
          ),
        };
      }),
    },
  };
}

/** A name nobody knows: CloudFormation's words, which differ from moto's. */
async function missingOrForward(call: Call, world: World, nameOrId: string): Promise<Reply> {
  const known = await world.moto
    .cloudFormation(call.accountId, call.request.region)
    .send(new DescribeStacksCommand({ StackName: nameOrId }))
    .catch(() => undefined);
  if (known === undefined) throw validationError(`Stack with id ${nameOrId} does not exist`);
  return call.forward();
}

async function sourceOf(call: Call, world: World, stacks: Stacks): Promise<string> {
  const body = await templateBody(call, world);
  const name = text(call.params, 'StackName');
  const stack = name === undefined ? undefined : stacks.find(call.accountId, call.request.region, name);
  const source = body ?? stack?.templateBody;
  if (source === undefined) throw validationError(`Stack with id ${name} does not exist`);
  return source;
}

function summary(source: string): Params {
  const template = parseTemplate(source);
  const capability = neededCapability(template);
  return {
    Description: template.Description,
    Parameters: Object.entries(template.Parameters ?? {}).map(([ParameterKey, parameter]) => ({
      ParameterKey,
      ParameterType: parameter.Type,
      DefaultValue: parameter.Default,
      NoEcho: String(parameter.NoEcho ?? false),
      Description: parameter.Description,
    })),
    ResourceTypes: [...new Set(Object.values(template.Resources).map(({ Type }) => Type))],
    ...(capability === undefined
      ? {}
      : {
          Capabilities: [capability],
          CapabilitiesReason: 'The following resource(s) require capabilities: [IAM resources]',
        }),
  };
}
