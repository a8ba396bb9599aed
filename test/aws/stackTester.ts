/** An access-role stack and the questions tests ask about it: eu-west-1 of the tools account, as its user `ana`. */
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  type CreateStackCommandInput,
} from '@aws-sdk/client-cloudformation';
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, STSClient, type AssumeRoleCommandOutput } from '@aws-sdk/client-sts';
import { ACCOUNTS, type Aws } from './emulator.ts';

/** A role `RoleName` that ana may assume with the ExternalId; `more` is further YAML under Resources. */
export const roleTemplate = (more = ''): string => `
Description: An access role
Parameters:
  ExternalId: { Type: String }
  RoleName: { Type: String, Default: shop-deploy }
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: !Ref RoleName
      MaxSessionDuration: 7200
      ManagedPolicyArns: [ 'arn:aws:iam::aws:policy/AdministratorAccess' ]
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Effect: Allow
            Principal: { AWS: !Sub 'arn:\${AWS::Partition}:iam::\${AWS::AccountId}:user/ana' }
            Action: sts:AssumeRole
            Condition: { StringEquals: { 'sts:ExternalId': !Ref ExternalId } }
${more}
Outputs:
  RoleArn: { Value: !GetAtt Role.Arn }
`;

/** A second resource, made after the role. */
export const QUEUE = `
  Queue:
    Type: AWS::SQS::Queue
    DependsOn: Role
`;

export interface StackTester {
  readonly cloudFormation: CloudFormationClient;
  readonly iam: IAMClient;
  /** Creates a stack whose role is `<name>-role` and whose ExternalId is `id-1`. Returns its id. */
  create(name: string, more?: Partial<CreateStackCommandInput>): Promise<string>;
  status(nameOrId: string): Promise<string | undefined>;
  /** `<logical id> <status>`, newest first. */
  events(nameOrId: string): Promise<string[]>;
  /** The first failed resource and why. */
  failure(nameOrId: string): Promise<readonly (string | undefined)[]>;
  roleExists(name: string): Promise<boolean>;
  /** AssumeRole as ana. */
  assume(roleName: string, externalId: string, seconds?: number): Promise<AssumeRoleCommandOutput>;
}

/** Makes the user `ana` and clients that use her key. */
export async function createStackTester(aws: Aws): Promise<StackTester> {
  const ana = await aws.createUser(ACCOUNTS.tools, 'ana');
  const config = { endpoint: aws.endpoint, region: 'eu-west-1', credentials: ana, maxAttempts: 1 };
  const cloudFormation = new CloudFormationClient(config);
  const iam = new IAMClient(config);
  const eventsOf = async (StackName: string) =>
    (await cloudFormation.send(new DescribeStackEventsCommand({ StackName }))).StackEvents ?? [];
  return {
    cloudFormation,
    iam,
    async create(name, more = {}) {
      const { StackId = '' } = await cloudFormation.send(
        new CreateStackCommand({
          StackName: name,
          TemplateBody: roleTemplate(),
          Capabilities: ['CAPABILITY_NAMED_IAM'],
          Parameters: [
            { ParameterKey: 'ExternalId', ParameterValue: 'id-1' },
            { ParameterKey: 'RoleName', ParameterValue: `${name}-role` },
          ],
          ...more,
        }),
      );
      return StackId;
    },
    status: async (StackName) =>
      (await cloudFormation.send(new DescribeStacksCommand({ StackName }))).Stacks?.[0]?.StackStatus,
    events: async (nameOrId) =>
      (await eventsOf(nameOrId)).map(
        ({ LogicalResourceId, ResourceStatus }) => `${LogicalResourceId} ${ResourceStatus}`,
      ),
    async failure(nameOrId) {
      const failed = (await eventsOf(nameOrId)).findLast(({ ResourceStatus }) =>
        ResourceStatus?.endsWith('_FAILED'),
      );
      return [failed?.LogicalResourceId, failed?.ResourceStatusReason];
    },
    roleExists: (RoleName) =>
      iam.send(new GetRoleCommand({ RoleName })).then(
        () => true,
        (error: Error) => {
          if (error.name === 'NoSuchEntityException') return false;
          throw error;
        },
      ),
    assume: (roleName, ExternalId, DurationSeconds = 3600) =>
      new STSClient(config).send(
        new AssumeRoleCommand({
          RoleArn: `arn:aws:iam::${ACCOUNTS.tools}:role/${roleName}`,
          RoleSessionName: 'work',
          ExternalId,
          DurationSeconds,
        }),
      ),
  };
}
