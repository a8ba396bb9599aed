/** From a request to what IAM checks: action, resource, context. */
import type { Moto } from './moto.ts';
import type { Context } from './policy.ts';
import { text, type AwsRequest, type Params, type Protocol } from './wire.ts';
import { GetRoleCommand, GetUserCommand } from '@aws-sdk/client-iam';

/** Signing names whose IAM prefix is another. */
const PREFIX: Readonly<Record<string, string>> = { monitoring: 'cloudwatch', email: 'ses' };

export function iamAction(service: string, action: string): string {
  return `${PREFIX[service] ?? service}:${action}`;
}

/** Protocol of a request, from its shape. */
export function protocolOf(service: string, headers: AwsRequest['headers']): Protocol {
  if (headers['x-amz-target'] !== undefined) return 'json';
  if (service === 's3') return 'rest-xml';
  return (headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')
    ? 'query'
    : 'rest-json';
}

/** Operation name of a REST request; `METHOD path` when it is not listed, which only wildcards match. */
export function restAction(service: string, method: string, path: string, query: string): string {
  const rows = service === 's3' ? S3 : service === 'lambda' ? LAMBDA : [];
  const line = `${method} ${path}${query === '' ? '' : `?${query}`}`;
  return rows.find(([pattern]) => pattern.test(line))?.[1] ?? `${method} ${path}`;
}

const S3: readonly (readonly [RegExp, string])[] = [
  [/^GET \/(\?(?!.*list-type).*)?$/, 'ListAllMyBuckets'],
  [/^(\w+) \/[^/?]+\/?\?(.*&)?uploads/, 'PutObject'],
  [/^GET \/[^/?]+\/?\?(.*&)?location/, 'GetBucketLocation'],
  [/^GET \/[^/?]+\/?\?(.*&)?versioning/, 'GetBucketVersioning'],
  [/^PUT \/[^/?]+\/?\?(.*&)?versioning/, 'PutBucketVersioning'],
  [/^GET \/[^/?]+\/?\?(.*&)?encryption/, 'GetEncryptionConfiguration'],
  [/^PUT \/[^/?]+\/?\?(.*&)?encryption/, 'PutEncryptionConfiguration'],
  [/^GET \/[^/?]+\/?\?(.*&)?policy/, 'GetBucketPolicy'],
  [/^PUT \/[^/?]+\/?\?(.*&)?policy/, 'PutBucketPolicy'],
  [/^GET \/[^/?]+\/?\?(.*&)?tagging/, 'GetBucketTagging'],
  [/^PUT \/[^/?]+\/?\?(.*&)?tagging/, 'PutBucketTagging'],
  [/^GET \/[^/?]+\/?\?(.*&)?versions/, 'ListBucketVersions'],
  [/^POST \/[^/?]+\/?\?(.*&)?delete/, 'DeleteObject'],
  [/^(GET|HEAD) \/[^/?]+\/?(\?.*)?$/, 'ListBucket'],
  [/^PUT \/[^/?]+\/?(\?.*)?$/, 'CreateBucket'],
  [/^DELETE \/[^/?]+\/?(\?.*)?$/, 'DeleteBucket'],
  [/^(GET|HEAD) /, 'GetObject'],
  [/^(PUT|POST) /, 'PutObject'],
  [/^DELETE /, 'DeleteObject'],
];

const FUNCTION = String.raw`\/2015-03-31\/functions`;
const LAMBDA: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`^POST ${FUNCTION}\\/?$`), 'CreateFunction'],
  [new RegExp(`^GET ${FUNCTION}\\/?(\\?.*)?$`), 'ListFunctions'],
  [new RegExp(`^POST ${FUNCTION}\\/[^/]+\\/invocations`), 'InvokeFunction'],
  [new RegExp(`^PUT ${FUNCTION}\\/[^/]+\\/code`), 'UpdateFunctionCode'],
  [new RegExp(`^PUT ${FUNCTION}\\/[^/]+\\/configuration`), 'UpdateFunctionConfiguration'],
  [new RegExp(`^GET ${FUNCTION}\\/[^/]+\\/configuration`), 'GetFunctionConfiguration'],
  [new RegExp(`^GET ${FUNCTION}\\/[^/]+\\/versions`), 'ListVersionsByFunction'],
  [new RegExp(`^GET ${FUNCTION}\\/[^/?]+(\\?.*)?$`), 'GetFunction'],
  [new RegExp(`^DELETE ${FUNCTION}\\/`), 'DeleteFunction'],
];

/** The resource a request is about, as an ARN; `*` when it has none or is not known. */
export async function resourceOf(request: AwsRequest, accountId: string, moto: Moto): Promise<string> {
  const { service, region, params, path } = request;
  switch (service) {
    case 'iam':
      return iamResource(params, accountId, moto);
    case 'sts':
      return text(params, 'RoleArn') ?? '*';
    case 'cloudformation': {
      const name = text(params, 'StackName');
      if (name === undefined) return '*';
      return name.startsWith('arn:') ? name : `arn:aws:cloudformation:${region}:${accountId}:stack/${name}/*`;
    }
    case 's3':
      return path === '/' ? '*' : `arn:aws:s3:::${decodeURIComponent(path.slice(1)).replace(/\/$/, '')}`;
    case 'lambda': {
      const name = text(params, 'FunctionName') ?? /^\/[\d-]+\/functions\/([^/]+)/.exec(path)?.[1];
      if (name === undefined) return '*';
      const decoded = decodeURIComponent(name);
      return decoded.startsWith('arn:')
        ? decoded
        : `arn:aws:lambda:${region}:${accountId}:function:${decoded}`;
    }
    default:
      return '*';
  }
}

async function iamResource(params: Params, accountId: string, moto: Moto): Promise<string> {
  const iam = moto.iam(accountId);
  const path = text(params, 'Path') ?? '/';
  const arn = (kind: string, name: string): string => `arn:aws:iam::${accountId}:${kind}${path}${name}`;
  const RoleName = text(params, 'RoleName');
  if (RoleName !== undefined) {
    const known = await iam.send(new GetRoleCommand({ RoleName })).catch(() => undefined);
    return known?.Role?.Arn ?? arn('role', RoleName);
  }
  const UserName = text(params, 'UserName');
  if (UserName !== undefined) {
    const known = await iam.send(new GetUserCommand({ UserName })).catch(() => undefined);
    return known?.User?.Arn ?? arn('user', UserName);
  }
  const PolicyName = text(params, 'PolicyName');
  return text(params, 'PolicyArn') ?? (PolicyName === undefined ? '*' : arn('policy', PolicyName));
}

/** Context keys that depend on the request: those of IAM administration. */
export async function requestContext(request: AwsRequest, accountId: string, moto: Moto): Promise<Context> {
  const { service, action, params } = request;
  const region: Context = { 'aws:RequestedRegion': request.region };
  if (service !== 'iam') return region;
  const policyArn = text(params, 'PolicyArn');
  return {
    ...region,
    ...(policyArn === undefined ? {} : { 'iam:PolicyARN': policyArn }),
    ...(await boundaryContext(action, params, accountId, moto)),
  };
}

async function boundaryContext(
  action: string,
  params: Params,
  accountId: string,
  moto: Moto,
): Promise<Context> {
  const given = text(params, 'PermissionsBoundary');
  if (given !== undefined) return { 'iam:PermissionsBoundary': given };
  const RoleName = text(params, 'RoleName');
  const UserName = text(params, 'UserName');
  if (action.startsWith('Create') || (RoleName === undefined && UserName === undefined)) return {};
  const iam = moto.iam(accountId);
  const target =
    RoleName === undefined
      ? (await iam.send(new GetUserCommand({ UserName })).catch(() => undefined))?.User
      : (await iam.send(new GetRoleCommand({ RoleName })).catch(() => undefined))?.Role;
  const arn = target?.PermissionsBoundary?.PermissionsBoundaryArn;
  return arn === undefined || arn === '' ? {} : { 'iam:PermissionsBoundary': arn };
}
