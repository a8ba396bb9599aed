/** STS, answered here: moto would let anyone into any role. Source: https://docs.aws.amazon.com/STS/latest/APIReference/ */
import { principalContext } from './permissions.ts';
import { evaluateResourcePolicy, type PolicyDocument } from './policy.ts';
import { callerOf, type Identity, type SessionCredentials } from './keys.ts';
import type { Operation, Service, World } from './service.ts';
import { commonError, items, text, validationError, type AwsError, type Params } from './wire.ts';

const getCallerIdentity: Operation = async ({ identity }) => ({
  UserId: identity.userId,
  Account: identity.accountId,
  Arn: identity.arn,
});

const assumeRole: Operation = async ({ identity, params }, world) => {
  const roleArn = required(params, 'RoleArn', 'roleArn');
  const sessionName = required(params, 'RoleSessionName', 'roleSessionName');
  checkLength(sessionName, 'roleSessionName', 2, 64);
  checkPattern(sessionName, 'roleSessionName', String.raw`[\w+=,.@-]*`);
  const externalId = text(params, 'ExternalId');
  if (externalId !== undefined) {
    checkLength(externalId, 'externalId', 2, 1224);
    checkPattern(externalId, 'externalId', String.raw`[\w+=,.@:\/-]*`);
  }
  const seconds = duration(params, 900, 43_200) ?? 3600;
  if (!/^arn:aws[\w-]*:iam::\d{12}:role\/.+/.test(roleArn)) throw validationError(`${roleArn} is invalid`);
  if (identity.kind === 'root')
    throw commonError('accessDenied', 'Roles may not be assumed by root accounts.');
  const trusted = await authorizeAssumeRole(identity, roleArn, sessionName, externalId, params, world);
  const { role } = trusted;
  if (identity.kind === 'role' && seconds > 3600)
    throw validationError(
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    );
  if (seconds > (role.MaxSessionDuration ?? 3600))
    throw validationError('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
  const [, accountId = ''] = /^arn:[\w-]+:iam::(\d+):/.exec(roleArn) ?? [];
  const roleName = role.RoleName ?? '';
  const session: Identity = {
    kind: 'role',
    accountId,
    roleName,
    roleArn,
    sessionName,
    arn: `arn:aws:sts::${accountId}:assumed-role/${roleName}/${sessionName}`,
    userId: `${role.RoleId}:${sessionName}`,
    chained: identity.kind === 'role',
    ...(await sessionPolicies(params, accountId, world)),
  };
  const credentials = world.keys.issue(session, world.timing.sessionSeconds ?? seconds);
  return {
    Credentials: render(credentials),
    AssumedRoleUser: { AssumedRoleId: session.userId, Arn: session.arn },
  };
};

/** Throws AccessDenied unless the role's trust policy, and where needed the caller's own policies, allow the call. */
async function authorizeAssumeRole(
  identity: Identity,
  roleArn: string,
  sessionName: string,
  externalId: string | undefined,
  params: Params,
  world: World,
) {
  const denied = (): AwsError =>
    commonError(
      'accessDenied',
      `User: ${identity.arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
    );
  const trusted = await world.trusts.find(roleArn);
  if (trusted === undefined || world.trusts.propagating(roleArn)) throw denied();
  const mfa = text(params, 'TokenCode') === undefined ? {} : { 'aws:MultiFactorAuthPresent': 'true' };
  const request = {
    action: 'sts:AssumeRole',
    resource: roleArn,
    context: {
      ...principalContext(identity, world.clock.wall()),
      ...mfa,
      'sts:RoleSessionName': sessionName,
      ...(externalId === undefined ? {} : { 'sts:ExternalId': externalId }),
    },
  };
  const trust = evaluateResourcePolicy(trusted.trust, callerOf(identity), request);
  if (trust.verdict !== 'allow') throw denied();
  const own = await world.permissions.decide(identity, request);
  const sameAccount = roleArn.split(':')[4] === identity.accountId;
  const enough = own.allowed || (sameAccount && trust.via === 'principal' && !own.explicit);
  if (!enough) throw denied();
  return trusted;
}

const getSessionToken: Operation = async ({ identity, params }, world) => {
  noSession(identity, 'GetSessionToken');
  const seconds = duration(params, 900, 129_600) ?? (identity.kind === 'root' ? 3600 : 43_200);
  const code = text(params, 'TokenCode');
  if (code === '000000')
    throw commonError(
      'accessDenied',
      'MultiFactorAuthentication failed with invalid MFA one time pass code.',
    );
  const session: Identity = identity.kind === 'user' ? { ...identity, session: true } : identity;
  const withMfa: Identity = { ...session, mfa: code !== undefined };
  return { Credentials: render(world.keys.issue(withMfa, world.timing.sessionSeconds ?? seconds)) };
};

const getFederationToken: Operation = async ({ identity, params }, world) => {
  noSession(identity, 'GetFederationToken');
  const name = required(params, 'Name', 'name');
  checkLength(name, 'name', 2, 32);
  const seconds = duration(params, 900, 129_600) ?? 43_200;
  const policies = (await sessionPolicies(params, identity.accountId, world)).sessionPolicies ?? [];
  const session: Identity = {
    kind: 'federated',
    accountId: identity.accountId,
    userName: identity.kind === 'user' ? identity.userName : '',
    arn: `arn:aws:sts::${identity.accountId}:federated-user/${name}`,
    userId: `${identity.accountId}:${name}`,
    sessionPolicies: policies,
  };
  return {
    Credentials: render(world.keys.issue(session, world.timing.sessionSeconds ?? seconds)),
    FederatedUser: { FederatedUserId: session.userId, Arn: session.arn },
  };
};

const getAccessKeyInfo: Operation = async ({ params }, { keys }) => {
  const key = keys.byId.get(required(params, 'AccessKeyId', 'accessKeyId'));
  if (key === undefined) throw validationError('Could not find the access key.');
  return { Account: key.identity.accountId };
};

export const sts: Service = {
  operations: {
    GetCallerIdentity: getCallerIdentity,
    AssumeRole: assumeRole,
    GetSessionToken: getSessionToken,
    GetFederationToken: getFederationToken,
    GetAccessKeyInfo: getAccessKeyInfo,
  },
  open: ['GetCallerIdentity', 'GetSessionToken'],
  selfChecked: ['AssumeRole'],
};

function noSession(identity: Identity, action: string): void {
  const session =
    identity.kind === 'role' ||
    identity.kind === 'federated' ||
    identity.mfa !== undefined ||
    identity.session === true;
  if (session) throw commonError('accessDenied', `Cannot call ${action} with session credentials`);
}

async function sessionPolicies(
  params: Params,
  accountId: string,
  { permissions }: World,
): Promise<{ sessionPolicies?: readonly PolicyDocument[] }> {
  const inline = text(params, 'Policy');
  const arns = items<{ arn?: string }>(params, 'PolicyArns');
  if (inline === undefined && arns.length === 0) return {};
  const named = await Promise.all(arns.map(({ arn = '' }) => permissions.managed(accountId, arn)));
  const parsed = inline === undefined ? [] : [JSON.parse(inline) as PolicyDocument];
  // Several session policies add up to one: their union is what the session is limited to.
  return { sessionPolicies: [...parsed, ...named] };
}

function render({ accessKeyId, secretAccessKey, sessionToken, expiration }: SessionCredentials): Params {
  return {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken,
    Expiration: expiration,
  };
}

function required(params: Params, name: string, field: string): string {
  const value = text(params, name);
  if (value === undefined) throw violation('null', field, 'Member must not be null');
  return value;
}

function violation(value: string, field: string, rule: string): AwsError {
  const shown = value === 'null' ? 'Value null' : `Value '${value}'`;
  return validationError(
    `1 validation error detected: ${shown} at '${field}' failed to satisfy constraint: ${rule}`,
  );
}

function checkLength(value: string, field: string, min: number, max: number): void {
  if (value.length < min)
    throw violation(value, field, `Member must have length greater than or equal to ${min}`);
  if (value.length > max)
    throw violation(value, field, `Member must have length less than or equal to ${max}`);
}

function checkPattern(value: string, field: string, pattern: string): void {
  if (!new RegExp(`^${pattern}$`).test(value))
    throw violation(value, field, `Member must satisfy regular expression pattern: ${pattern}`);
}

/** Seconds asked for, or undefined. Throws ValidationError outside [min, max]. */
function duration(params: Params, min: number, max: number): number | undefined {
  const given = text(params, 'DurationSeconds');
  if (given === undefined) return undefined;
  const seconds = Number(given);
  if (seconds < min)
    throw violation(given, 'durationSeconds', `Member must have value greater than or equal to ${min}`);
  if (seconds > max)
    throw violation(given, 'durationSeconds', `Member must have value less than or equal to ${max}`);
  return seconds;
}
