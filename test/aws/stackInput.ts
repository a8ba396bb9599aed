/** What CreateStack and UpdateStack take: template, parameters, capabilities; checked as CloudFormation does. */
import type { Call, World } from './service.ts';
import type { Stack } from './stackLife.ts';
import type { Template } from './template.ts';
import { AwsError, items, text, validationError, type Params } from './wire.ts';

/** TemplateBody's limit. Bytes. */
const BODY_LIMIT = 51_200;

/** The template text of a request; undefined when it names none. Throws ValidationError. */
export async function templateBody(call: Call, { moto }: World): Promise<string | undefined> {
  const body = text(call.params, 'TemplateBody');
  const url = text(call.params, 'TemplateURL');
  if (body !== undefined && url !== undefined)
    throw validationError('Only one of TemplateBody or TemplateURL may be specified.');
  if (body !== undefined && Buffer.byteLength(body) > BODY_LIMIT)
    throw validationError(
      `1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to ${BODY_LIMIT}`,
    );
  if (url === undefined) return body;
  const { hostname, pathname } = new URL(url);
  const [, virtual] = /^(.+)\.s3[.-]/.exec(hostname) ?? [];
  const [first = '', ...rest] = pathname.slice(1).split('/');
  const [bucket, key] = virtual === undefined ? [first, rest.join('/')] : [virtual, pathname.slice(1)];
  const stored = await moto.object(call.accountId, bucket, key);
  if (stored === undefined) throw validationError('S3 error: The specified key does not exist.');
  return stored;
}

interface GivenParameter {
  readonly ParameterKey?: string;
  readonly ParameterValue?: string;
  readonly UsePreviousValue?: string;
}

/** The request's parameters, completed from `previous`. Throws ValidationError on unknown and missing ones. */
export function stackParameters(
  params: Params,
  template: Template,
  previous: Readonly<Record<string, string>>,
): Record<string, string> {
  const given = items<GivenParameter>(params, 'Parameters');
  const declared = template.Parameters ?? {};
  const unknown = given.map(({ ParameterKey = '' }) => ParameterKey).filter((name) => !(name in declared));
  if (unknown.length > 0)
    throw validationError(`Parameters: [${unknown.join(', ')}] do not exist in the template`);
  const values: Record<string, string> = {};
  for (const { ParameterKey = '', ParameterValue, UsePreviousValue } of given) {
    const value = UsePreviousValue === 'true' ? previous[ParameterKey] : (ParameterValue ?? '');
    if (value !== undefined) values[ParameterKey] = value;
  }
  const missing = Object.entries(declared)
    .filter(([name, { Default }]) => Default === undefined && !(name in values))
    .map(([name]) => name);
  if (missing.length > 0) throw validationError(`Parameters: [${missing.join(', ')}] must have values`);
  return values;
}

/** The capability a template needs, if any. */
export function neededCapability(template: Template): 'CAPABILITY_IAM' | 'CAPABILITY_NAMED_IAM' | undefined {
  const iam = Object.values(template.Resources).filter(({ Type }) => Type.startsWith('AWS::IAM::'));
  if (iam.length === 0) return undefined;
  const names = ['RoleName', 'UserName', 'GroupName', 'ManagedPolicyName', 'InstanceProfileName'];
  const named = iam.some(({ Properties = {} }) => names.some((name) => name in Properties));
  return named ? 'CAPABILITY_NAMED_IAM' : 'CAPABILITY_IAM';
}

/** Throws InsufficientCapabilitiesException when the request does not acknowledge what the template needs. */
export function checkCapabilities(template: Template, given: readonly string[]): void {
  const needed = neededCapability(template);
  const enough = needed === undefined || given.includes('CAPABILITY_NAMED_IAM') || given.includes(needed);
  if (!enough) throw new AwsError('InsufficientCapabilitiesException', `Requires capabilities : [${needed}]`);
}

/** Throws ValidationError unless the name is one CloudFormation accepts. */
export function checkStackName(name: string): void {
  if (!/^[a-zA-Z][-a-zA-Z0-9]{0,127}$/.test(name))
    throw validationError(
      `1 validation error detected: Value '${name}' at 'stackName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*`,
    );
}

/** Whether a repeated CreateStack is the same request again. */
export function isSameRequest(
  stack: Stack,
  body: string,
  parameters: Readonly<Record<string, string>>,
): boolean {
  return stack.templateBody === body && JSON.stringify(stack.parameters) === JSON.stringify(parameters);
}
