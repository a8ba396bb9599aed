import { boundaryName, boundaryPolicy, limitedPolicy, type PolicyDocument } from './policies.ts';
import { roleNameOf, type RolePlan } from './plan.ts';
import { commented, getAtt, ref, toYaml, type Node } from './yaml.ts';

export interface StackParameter {
  readonly name: string;
  readonly value: string;
}

/** Tags that make a stack recognisable as ours, and as made by one piece of work. */
export const stackTags = { product: 'stage-providers', work: 'stage-providers:work' } as const;

/** What a template is filled in with beyond the plan. */
export interface TemplateValues {
  /** Given where the template must carry every value itself (console variant). */
  readonly externalId?: string;
}

/**
 * The exact CloudFormation template of a plan, commented for the person who reads it. `NextExternalId` is empty except
 * while the ExternalId is being changed: then the role accepts both for a moment, so that nobody is locked out.
 */
export function roleTemplate(plan: RolePlan, values: TemplateValues = {}): string {
  const limited = plan.permissions.kind === 'limited';
  return toYaml({
    AWSTemplateFormatVersion: '2010-09-09',
    Description:
      'Access role for deployments from your editor, made by Stage Providers. Delete this stack to take the access back.',
    Parameters: parameters(plan, values),
    Conditions: {
      ChangingExternalId: {
        tag: '!Not',
        argument: [{ tag: '!Equals', argument: [ref('NextExternalId'), ''] }],
      },
    },
    Resources: {
      ...(limited ? { Boundary: boundary(plan) } : {}),
      AccessRole: accessRole(plan),
      ...(plan.user === undefined ? {} : { AssumeUser: assumeUser(plan, plan.user) }),
    },
    Outputs: {
      RoleArn: { Description: 'The role your editor assumes.', Value: getAtt('AccessRole.Arn') },
      ...(limited
        ? {
            BoundaryArn: {
              Description: 'Set provider.iam.role.permissionsBoundary of your services to this.',
              Value: ref('Boundary'),
            },
          }
        : {}),
    },
  });
}

function parameters(plan: RolePlan, { externalId }: TemplateValues): Node {
  return {
    RoleName: commented('Name of the role; your editor expects it to stay as it is.', {
      Type: 'String',
      Default: roleNameOf(plan),
      MinLength: 1,
      MaxLength: 64,
    }),
    ExternalId: commented(
      'Known only to the role and your editor. Confidential, but no password: AWS shows it in the role’s trust policy.',
      {
        Type: 'String',
        MinLength: 2,
        MaxLength: 1224,
        ...(externalId === undefined ? {} : { Default: externalId }),
      },
    ),
    NextExternalId: commented('Empty, except while your editor changes the ExternalId.', {
      Type: 'String',
      MaxLength: 1224,
      Default: '',
    }),
    SessionSeconds: commented('How long one session may last, in seconds.', {
      Type: 'Number',
      Default: plan.sessionSeconds,
      MinValue: 3600,
      MaxValue: 43_200,
    }),
  };
}

function accessRole(plan: RolePlan): Node {
  const { permissions } = plan;
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: ref('RoleName'),
      Description: 'Assumed by Stage Providers to deploy from an editor.',
      MaxSessionDuration: ref('SessionSeconds'),
      ...(plan.boundaryArn === undefined
        ? {}
        : {
            PermissionsBoundary: commented(
              'The most the role can ever do, by your own rules.',
              plan.boundaryArn,
            ),
          }),
      ...(permissions.kind === 'limited'
        ? {
            Policies: commented('What the role may do: deploy the services named here, and nothing else.', [
              { PolicyName: 'serverless-deploy', PolicyDocument: policyNode(limitedPolicyOf(plan)) },
            ]),
          }
        : { ManagedPolicyArns: commented('What the role may do.', [...managedPolicies(plan)]) }),
      AssumeRolePolicyDocument: commented('Who may use the role.', trustPolicy(plan)),
    },
  };
}

function managedPolicies({ permissions, partition }: RolePlan): readonly string[] {
  switch (permissions.kind) {
    case 'administrator':
      return [`arn:${partition}:iam::aws:policy/AdministratorAccess`];
    case 'policies':
      return permissions.arns;
    case 'limited':
      return [];
  }
}

/** The limited policy of a plan; empty scopes for other permissions. */
export function limitedPolicyOf(plan: RolePlan): PolicyDocument {
  const { permissions, partition, accountId } = plan;
  const { services, passTo } = permissions.kind === 'limited' ? permissions : { services: [], passTo: [] };
  return limitedPolicy({ partition, accountId, services, passTo, boundaryArn: boundaryArnOf(plan) });
}

/** ARN of the boundary that the plan's stack makes. */
export function boundaryArnOf(plan: RolePlan): string {
  return `arn:${plan.partition}:iam::${plan.accountId}:policy/${boundaryName(roleNameOf(plan))}`;
}

function boundary(plan: RolePlan): Node {
  return commented(
    'Every role that a deploy makes must carry this boundary: the most a deployed function can do.',
    {
      Type: 'AWS::IAM::ManagedPolicy',
      Properties: {
        ManagedPolicyName: boundaryName(roleNameOf(plan)),
        PolicyDocument: policyNode(boundaryPolicy()),
      },
    },
  );
}

function policyNode({ Version, Statement }: PolicyDocument): Node {
  return { Version, Statement: Statement.map((statement): Node => ({ ...statement })) };
}

function trustPolicy(plan: RolePlan): Node {
  const { trust } = plan;
  const externalId: Node = {
    tag: '!If',
    argument: ['ChangingExternalId', [ref('ExternalId'), ref('NextExternalId')], ref('ExternalId')],
  };
  const principal: Node =
    trust.kind === 'arn'
      ? commented('Only this user or role.', {
          AWS: plan.user === undefined ? trust.arn : getAtt('AssumeUser.Arn'),
        })
      : commented('The account is named here; aws:PrincipalArn below narrows it down.', {
          AWS: `arn:${trust.partition}:iam::${trust.accountId}:root`,
        });
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: principal,
        Action: 'sts:AssumeRole',
        Condition: {
          StringEquals: commented('Whoever does not send the ExternalId is refused.', {
            'sts:ExternalId': externalId,
          }),
          ...(trust.kind === 'account'
            ? {
                ArnLike: commented('Only sessions of these roles.', {
                  'aws:PrincipalArn': [...trust.principalArns],
                }),
              }
            : {}),
          ...(trust.kind === 'account' && trust.userId !== undefined
            ? { StringLike: commented('Only this person’s sessions.', { 'aws:userid': trust.userId }) }
            : {}),
        },
      },
    ],
  };
}

/** An IAM user that can do one thing. Its access key is made by your editor, never by the stack. */
function assumeUser(plan: RolePlan, userName: string): Node {
  return commented('A user that can do nothing but assume the role, since the root user cannot.', {
    Type: 'AWS::IAM::User',
    Properties: {
      UserName: userName,
      Policies: [
        {
          PolicyName: 'assume-the-access-role',
          PolicyDocument: policyNode({
            Version: '2012-10-17',
            Statement: [
              { Sid: 'AssumeOnly', Effect: 'Allow', Action: ['sts:AssumeRole'], Resource: [plan.roleArn] },
            ],
          }),
        },
      ],
    },
  });
}

/** Parameters for CreateStack and UpdateStack; the ExternalId goes to AWS only here. */
export function stackParameters(
  plan: RolePlan,
  externalId: string,
  nextExternalId = '',
): readonly StackParameter[] {
  return [
    { name: 'RoleName', value: roleNameOf(plan) },
    { name: 'ExternalId', value: externalId },
    { name: 'NextExternalId', value: nextExternalId },
    { name: 'SessionSeconds', value: String(plan.sessionSeconds) },
  ];
}
