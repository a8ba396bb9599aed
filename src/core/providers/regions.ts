import type { Partition } from './provider.ts';

/** Regions offered in lists; any other valid name may be typed. Source: AWS General Reference, September 2025. */
const regions: Readonly<Record<Partition, readonly string[]>> = {
  aws: [
    'us-east-1',
    'us-east-2',
    'us-west-1',
    'us-west-2',
    'ca-central-1',
    'sa-east-1',
    'eu-central-1',
    'eu-central-2',
    'eu-north-1',
    'eu-south-1',
    'eu-south-2',
    'eu-west-1',
    'eu-west-2',
    'eu-west-3',
    'ap-northeast-1',
    'ap-northeast-2',
    'ap-northeast-3',
    'ap-south-1',
    'ap-south-2',
    'ap-southeast-1',
    'ap-southeast-2',
    'ap-southeast-3',
    'af-south-1',
    'il-central-1',
    'me-central-1',
    'me-south-1',
  ],
  'aws-cn': ['cn-north-1', 'cn-northwest-1'],
  'aws-us-gov': ['us-gov-west-1', 'us-gov-east-1'],
  'aws-eusc': ['eusc-de-east-1'],
};

export function regionsOf(partition: Partition): readonly string[] {
  return regions[partition];
}

/** The region to begin with where nothing names one. */
export function defaultRegionOf(partition: Partition): string {
  return regions[partition][0] ?? 'us-east-1';
}
