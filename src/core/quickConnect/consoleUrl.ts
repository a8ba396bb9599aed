import type { Partition } from '../providers/provider.ts';
import type { RolePlan } from './plan.ts';
import type { StackParameter } from './template.ts';

const consoleHosts: Readonly<Record<Partition, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
  'aws-eusc': 'console.amazonaws-eusc.eu',
};

type Place = Pick<RolePlan, 'partition' | 'region' | 'stackName'>;

function cloudFormationUrl({ partition, region }: Place): string {
  const host = consoleHosts[partition];
  const prefix = partition === 'aws' ? `${region}.` : '';
  return `https://${prefix}${host}/cloudformation/home?region=${encodeURIComponent(region)}`;
}

/**
 * CloudFormation's quick-create page with every parameter filled in. The template must be in S3.
 * Source: CloudFormation User Guide, "Creating quick-create links for stacks".
 */
export function quickCreateUrl(
  plan: Place,
  templateUrl: string,
  parameters: readonly StackParameter[],
): string {
  const query = new URLSearchParams({ templateURL: templateUrl, stackName: plan.stackName });
  for (const { name, value } of parameters) query.set(`param_${name}`, value);
  return `${cloudFormationUrl(plan)}#/stacks/create/review?${query.toString()}`;
}

/** CloudFormation's page for creating a stack from an uploaded template. */
export function createStackUrl(plan: Place): string {
  return `${cloudFormationUrl(plan)}#/stacks/create/template?stackName=${encodeURIComponent(plan.stackName)}`;
}
