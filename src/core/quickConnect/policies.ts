import type { Partition } from '../providers/provider.ts';

/** Elements of an IAM policy as far as we write them. */
export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly PolicyStatement[];
}

export interface LimitedScope {
  readonly partition: Partition;
  readonly accountId: string;
  readonly services: readonly string[];
  readonly passTo: readonly string[];
  /** ARN of the boundary that every role made by a deploy must carry. */
  readonly boundaryArn: string;
}

/** Name of the boundary policy that goes with a role. */
export function boundaryName(roleName: string): string {
  return `${roleName}-boundary`.slice(-128);
}

/**
 * What a Serverless deploy of the given services needs, and no way out of it: a role can be made or given a policy only
 * while it carries the boundary, the boundary can be neither taken off nor changed, and roles are passed only to the
 * services named. Source: IAM User Guide, "Delegating responsibility to others using permissions boundaries"; Service
 * Authorization Reference (which actions know `iam:PermissionsBoundary`).
 */
export function limitedPolicy(scope: LimitedScope): PolicyDocument {
  const { partition, accountId, services, passTo, boundaryArn } = scope;
  const named = (service: string, kind: string): readonly string[] =>
    services.map((name) => `arn:${partition}:${service}:*:${accountId}:${kind}${name}-*`);
  const roles = services.map((name) => `arn:${partition}:iam::${accountId}:role/${name}-*`);
  const boundary = { StringEquals: { 'iam:PermissionsBoundary': boundaryArn } };
  return {
    Version: '2012-10-17',
    Statement: [
      allow(
        'Stacks',
        ['cloudformation:*'],
        named('cloudformation', 'stack/').map((arn) => `${arn}/*`),
      ),
      allow(
        'ReadStacks',
        ['cloudformation:ValidateTemplate', 'cloudformation:DescribeStacks', 'cloudformation:ListStacks'],
        ['*'],
      ),
      allow(
        'DeploymentBuckets',
        ['s3:*'],
        services.flatMap((name) => [`arn:${partition}:s3:::${name.toLowerCase()}-*`]),
      ),
      allow('Functions', ['lambda:*'], [...named('lambda', 'function:'), ...named('lambda', 'layer:')]),
      allow('EventSources', ['lambda:*EventSourceMapping', 'lambda:ListEventSourceMappings'], ['*']),
      allow(
        'Logs',
        ['logs:*'],
        services.flatMap((name) => [
          `arn:${partition}:logs:*:${accountId}:log-group:/aws/lambda/${name}-*`,
          `arn:${partition}:logs:*:${accountId}:log-group:/aws/lambda/${name}-*:*`,
        ]),
      ),
      allow('ReadLogs', ['logs:DescribeLogGroups'], ['*']),
      allow('Apis', ['apigateway:*'], [`arn:${partition}:apigateway:*::/*`]),
      allow(
        'Events',
        ['events:*', 'scheduler:*'],
        [...named('events', 'rule/'), ...named('scheduler', 'schedule/*/')],
      ),
      allow('Queues', ['sqs:*'], named('sqs', '')),
      allow('Topics', ['sns:*'], named('sns', '')),
      allow('Tables', ['dynamodb:*'], named('dynamodb', 'table/')),
      allow(
        'ReadRoles',
        [
          'iam:GetRole',
          'iam:GetRolePolicy',
          'iam:ListRolePolicies',
          'iam:ListAttachedRolePolicies',
          'iam:ListRoleTags',
        ],
        roles,
      ),
      allow(
        'ChangeBoundedRoles',
        [
          'iam:CreateRole',
          'iam:PutRolePolicy',
          'iam:AttachRolePolicy',
          'iam:DetachRolePolicy',
          'iam:DeleteRolePolicy',
          'iam:PutRolePermissionsBoundary',
        ],
        roles,
        boundary,
      ),
      allow(
        'TidyRoles',
        ['iam:DeleteRole', 'iam:TagRole', 'iam:UntagRole', 'iam:UpdateAssumeRolePolicy', 'iam:UpdateRole'],
        roles,
      ),
      allow('PassRoles', ['iam:PassRole'], roles, {
        StringEquals: { 'iam:PassedToService': ['lambda.amazonaws.com', ...passTo] },
      }),
      {
        Sid: 'KeepTheBoundary',
        Effect: 'Deny',
        Action: ['iam:DeleteRolePermissionsBoundary'],
        Resource: ['*'],
      },
      {
        Sid: 'LeaveTheBoundaryAlone',
        Effect: 'Deny',
        Action: [
          'iam:CreatePolicyVersion',
          'iam:SetDefaultPolicyVersion',
          'iam:DeletePolicy',
          'iam:DeletePolicyVersion',
        ],
        Resource: [boundaryArn],
      },
    ],
  };
}

/**
 * The most that roles of deployed functions may do, whatever their own policies say: nothing about identities, accounts
 * or other roles, so that no function is a way around the limits of the deploy itself.
 */
export function boundaryPolicy(): PolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: [
      allow('Everything', ['*'], ['*']),
      {
        Sid: 'ButNoIdentities',
        Effect: 'Deny',
        Action: [
          'iam:*',
          'sts:AssumeRole',
          'sts:GetFederationToken',
          'organizations:*',
          'account:*',
          'sso:*',
          'sso-directory:*',
          'identitystore:*',
        ],
        Resource: ['*'],
      },
      {
        Sid: 'AndNoDeployments',
        Effect: 'Deny',
        Action: [
          'cloudformation:CreateStack',
          'cloudformation:UpdateStack',
          'cloudformation:CreateChangeSet',
          'cloudformation:ExecuteChangeSet',
          'lambda:CreateFunction',
          'lambda:UpdateFunctionConfiguration',
        ],
        Resource: ['*'],
      },
    ],
  };
}

function allow(
  Sid: string,
  Action: readonly string[],
  Resource: readonly string[],
  Condition?: PolicyStatement['Condition'],
): PolicyStatement {
  return { Sid, Effect: 'Allow', Action, Resource, ...(Condition && { Condition }) };
}
