import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStackDriftDetectionStatusCommand,
  DescribeStackResourceDriftsCommand,
  DescribeStacksCommand,
  DetectStackDriftCommand,
  GetTemplateCommand,
  UpdateStackCommand,
  type Stack as SdkStack,
  type StackEvent as SdkStackEvent,
} from '@aws-sdk/client-cloudformation';
import { backOff, type Clock } from '../../core/base/clock.ts';
import { Failure } from '../../core/base/errors.ts';
import type { AwsCredentials } from '../../core/providers/provider.ts';
import type { Stack, StackApi, StackEvent, StackRequest } from '../../core/quickConnect/stack.ts';
import { clientConfig, send } from './client.ts';
import { abortable } from './sts.ts';

/** Pages of events read at most; one page holds 100, an access role makes about ten. */
const maxEventPages = 5;

/** How long to wait for a drift detection, in milliseconds. */
const driftLimitMs = 60_000;

/**
 * CloudFormation with the given credentials, asked for before every call so that long work outlives them.
 * Source: AWS CloudFormation API Reference.
 */
export function stackApi(credentials: () => Promise<AwsCredentials>, region: string, clock: Clock): StackApi {
  const call = async <T>(name: string, run: (client: CloudFormationClient) => Promise<T>): Promise<T> => {
    const client = new CloudFormationClient(clientConfig(await credentials(), region));
    try {
      return await send(`cloudformation:${name}`, () => run(client));
    } finally {
      client.destroy();
    }
  };

  return {
    async create(request, signal) {
      const { StackId } = await call('CreateStack', (client) =>
        client.send(new CreateStackCommand(toInput(request)), abortable(signal)),
      );
      if (StackId === undefined) throw new Failure('server-error', 'CloudFormation gave no stack id.');
      return { stackId: StackId };
    },

    async update(request, signal) {
      await call('UpdateStack', (client) =>
        client.send(new UpdateStackCommand(toInput(request)), abortable(signal)),
      );
    },

    async template(nameOrId, signal) {
      const { TemplateBody } = await call('GetTemplate', (client) =>
        client.send(
          new GetTemplateCommand({ StackName: nameOrId, TemplateStage: 'Original' }),
          abortable(signal),
        ),
      );
      return TemplateBody ?? '';
    },

    async drift(stackId, signal) {
      const { StackDriftDetectionId } = await call('DetectStackDrift', (client) =>
        client.send(new DetectStackDriftCommand({ StackName: stackId }), abortable(signal)),
      );
      for (const wait of backOff({ first: 500, factor: 1.5, cap: 4000, limit: driftLimitMs })) {
        const { DetectionStatus, StackDriftStatus } = await call(
          'DescribeStackDriftDetectionStatus',
          (client) =>
            client.send(
              new DescribeStackDriftDetectionStatusCommand({ StackDriftDetectionId }),
              abortable(signal),
            ),
        );
        if (DetectionStatus === 'DETECTION_COMPLETE' && StackDriftStatus === 'IN_SYNC') return [];
        if (DetectionStatus !== 'DETECTION_IN_PROGRESS') break;
        await clock.wait(wait, signal);
      }
      const { StackResourceDrifts } = await call('DescribeStackResourceDrifts', (client) =>
        client.send(
          new DescribeStackResourceDriftsCommand({
            StackName: stackId,
            StackResourceDriftStatusFilters: ['MODIFIED', 'DELETED'],
          }),
          abortable(signal),
        ),
      );
      return (StackResourceDrifts ?? []).map(({ LogicalResourceId }) => LogicalResourceId ?? '');
    },

    async find(nameOrId, signal) {
      try {
        const { Stacks } = await call('DescribeStacks', (client) =>
          client.send(new DescribeStacksCommand({ StackName: nameOrId }), abortable(signal)),
        );
        const stack = Stacks?.[0];
        return stack ? toStack(stack) : undefined;
      } catch (error) {
        // A well-formed name that no stack has is answered with ValidationError.
        if (error instanceof Failure && error.code === 'validation') return undefined;
        throw error;
      }
    },

    async events(stackId, signal) {
      const found: StackEvent[] = [];
      let next: string | undefined;
      for (let page = 0; page < maxEventPages; page += 1) {
        const token = next;
        const answer = await call('DescribeStackEvents', (client) =>
          client.send(
            new DescribeStackEventsCommand({
              StackName: stackId,
              ...(token === undefined ? {} : { NextToken: token }),
            }),
            abortable(signal),
          ),
        );
        found.push(...(answer.StackEvents ?? []).map(toEvent));
        next = answer.NextToken;
        if (next === undefined) break;
      }
      return found.toReversed();
    },

    async delete(stackId, requestToken, signal) {
      await call('DeleteStack', (client) =>
        client.send(
          new DeleteStackCommand({ StackName: stackId, ClientRequestToken: requestToken }),
          abortable(signal),
        ),
      );
    },
  };
}

function toInput(request: StackRequest) {
  return {
    StackName: request.name,
    TemplateBody: request.template,
    Parameters: request.parameters.map(({ name, value }) => ({ ParameterKey: name, ParameterValue: value })),
    Tags: Object.entries(request.tags).map(([Key, Value]) => ({ Key, Value })),
    Capabilities: ['CAPABILITY_NAMED_IAM' as const],
    ClientRequestToken: request.requestToken,
  };
}

function toStack(stack: SdkStack): Stack {
  return {
    id: stack.StackId ?? '',
    name: stack.StackName ?? '',
    status: stack.StackStatus ?? '',
    ...(stack.StackStatusReason === undefined ? {} : { statusReason: stack.StackStatusReason }),
    tags: Object.fromEntries((stack.Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
    outputs: Object.fromEntries(
      (stack.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey ?? '', OutputValue ?? '']),
    ),
    parameters: Object.fromEntries(
      (stack.Parameters ?? []).map(({ ParameterKey, ParameterValue }) => [
        ParameterKey ?? '',
        ParameterValue ?? '',
      ]),
    ),
  };
}

function toEvent(event: SdkStackEvent): StackEvent {
  return {
    id: event.EventId ?? '',
    at: event.Timestamp?.getTime() ?? 0,
    logicalId: event.LogicalResourceId ?? '',
    resourceType: event.ResourceType ?? '',
    status: event.ResourceStatus ?? '',
    ...(event.ResourceStatusReason === undefined ? {} : { reason: event.ResourceStatusReason }),
    ...(event.ClientRequestToken === undefined ? {} : { requestToken: event.ClientRequestToken }),
  };
}
