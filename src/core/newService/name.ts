/** Name that is filled in at first; what the framework's own templates use. */
export const defaultServiceName = 'aws-node-project';

/** The stages the starter comes with. */
export const starterStages = ['dev', 'prod'] as const;

/**
 * Longest name with which the framework's role `<service>-<stage>-<region>-lambdaRole` still fits into the 64 characters
 * of an IAM role name, for every stage of the starter and the longest region name.
 */
export const maxServiceNameLength = 64 - '-prod-ap-southeast-1-lambdaRole'.length;

/** Why a name cannot be a service's; in the order in which it is checked. */
export type ServiceNameProblem = 'empty' | 'characters' | 'too-long' | 'reserved';

/** File names that Windows keeps for devices, in any case (Microsoft, "Naming Files, Paths, and Namespaces"). */
const deviceNames = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

/**
 * What keeps `name` from being the name of a service and of its folder. The framework's rule is
 * `^[a-zA-Z][0-9a-zA-Z-]+$` (osls `lib/config-schema.js`), so a name can hold no part of a path.
 */
export function serviceNameProblem(name: string): ServiceNameProblem | undefined {
  if (name === '') return 'empty';
  if (!/^[a-zA-Z][0-9a-zA-Z-]+$/.test(name)) return 'characters';
  if (name.length > maxServiceNameLength) return 'too-long';
  return deviceNames.test(name) ? 'reserved' : undefined;
}

/** `name`, or `name-2`, `name-3` … where a folder has that entry already; file systems may ignore case. */
export function freeServiceName(name: string, taken: readonly string[]): string {
  const lower = new Set(taken.map((each) => each.toLowerCase()));
  if (!lower.has(name.toLowerCase())) return name;
  let count = 2;
  while (lower.has(`${name}-${count}`.toLowerCase())) count += 1;
  return `${name}-${count}`;
}
