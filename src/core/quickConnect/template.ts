import type { RolePlan } from './plan.ts';

export interface StackParameter {
  readonly name: string;
  readonly value: string;
}

/** Tags that make a stack recognisable as ours, and as made by one piece of work. */
export const stackTags = { product: 'stage-providers', work: 'stage-providers:work' } as const;

/** A JSON string is a valid YAML double-quoted scalar. */
const quoted = (text: string): string => JSON.stringify(text);

const managedPolicies = (plan: RolePlan): readonly string[] => {
  switch (plan.permissions.kind) {
    case 'administrator':
      return [`arn:${plan.partition}:iam::aws:policy/AdministratorAccess`];
  }
};

function principalLines(plan: RolePlan): readonly string[] {
  const { trust } = plan;
  if (trust.kind === 'arn') {
    return [
      '            # Only this user or role may assume the role.',
      `            Principal: { AWS: ${quoted(trust.arn)} }`,
    ];
  }
  return [
    '            # The account is named here; the condition on aws:PrincipalArn below narrows it down.',
    `            Principal: { AWS: ${quoted(`arn:${trust.partition}:iam::${trust.accountId}:root`)} }`,
  ];
}

function conditionLines(plan: RolePlan): readonly string[] {
  const { trust } = plan;
  const lines = [
    '            Condition:',
    '              # A long random value that only your editor knows: whoever does not send it is refused.',
    '              StringEquals: { sts:ExternalId: !Ref ExternalId }',
  ];
  if (trust.kind === 'account') {
    lines.push(
      '              # Only sessions of these roles.',
      '              ArnLike:',
      '                aws:PrincipalArn:',
      ...trust.principalArns.map((arn) => `                  - ${quoted(arn)}`),
    );
    if (trust.userId !== undefined) {
      lines.push(
        '              # Only this person’s sessions.',
        `              StringLike: { aws:userid: ${quoted(trust.userId)} }`,
      );
    }
  }
  return lines;
}

/**
 * The exact CloudFormation template of a plan, commented for the person who reads it. Without `externalId` the
 * parameter has no default and must be given; with it the template carries every value (console variant).
 */
export function roleTemplate(plan: RolePlan, externalId?: string): string {
  return [
    "AWSTemplateFormatVersion: '2010-09-09'",
    'Description: Access role for deployments from your editor, made by Stage Providers. Delete this stack to take the access back.',
    '',
    'Parameters:',
    '  # Name of the role; your editor expects it to stay as it is.',
    `  RoleName: { Type: String, Default: ${quoted(plan.roleName)}, MinLength: 1, MaxLength: 64 }`,
    '  # Shared only between the role and your editor. Confidential, but not a password: AWS shows it in the role’s trust policy.',
    '  ExternalId:',
    '    Type: String',
    '    MinLength: 22',
    '    MaxLength: 1224',
    ...(externalId === undefined ? [] : [`    Default: ${quoted(externalId)}`]),
    '  # How long one session may last, in seconds.',
    `  SessionSeconds: { Type: Number, Default: ${plan.sessionSeconds}, MinValue: 3600, MaxValue: 43200 }`,
    '',
    'Resources:',
    '  AccessRole:',
    '    Type: AWS::IAM::Role',
    '    Properties:',
    '      RoleName: !Ref RoleName',
    '      Description: Assumed by Stage Providers to deploy from an editor.',
    '      MaxSessionDuration: !Ref SessionSeconds',
    '      # What the role may do.',
    '      ManagedPolicyArns:',
    ...managedPolicies(plan).map((arn) => `        - ${arn}`),
    '      # Who may use the role.',
    '      AssumeRolePolicyDocument:',
    "        Version: '2012-10-17'",
    '        Statement:',
    '          - Effect: Allow',
    ...principalLines(plan),
    '            Action: sts:AssumeRole',
    ...conditionLines(plan),
    '',
    'Outputs:',
    '  RoleArn:',
    '    Description: The role your editor assumes.',
    '    Value: !GetAtt AccessRole.Arn',
    '',
  ].join('\n');
}

/** Parameters for CreateStack; the ExternalId goes to AWS only here. */
export function stackParameters(plan: RolePlan, externalId: string): readonly StackParameter[] {
  return [
    { name: 'RoleName', value: plan.roleName },
    { name: 'ExternalId', value: externalId },
    { name: 'SessionSeconds', value: String(plan.sessionSeconds) },
  ];
}
