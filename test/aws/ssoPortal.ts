/** The SSO portal. Source: https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/Welcome.html */
import { provisionedRole } from './identityCenter.ts';
import { roleIdentity } from './principals.ts';
import type { World } from './service.ts';
import type { SsoState } from './ssoState.ts';
import type { AccessToken } from './ssoTokens.ts';
import { json, type UnsignedOperation, type UnsignedRequest } from './unsigned.ts';
import { AwsError, commonError, text, type Params } from './wire.ts';

type Answer = (token: AccessToken, params: Params, world: World) => unknown;

export function ssoPortal(state: SsoState): readonly UnsignedOperation[] {
  const admit = createRate(state);
  const operation = (
    method: 'GET' | 'POST',
    action: string,
    path: string,
    answer: Answer,
  ): UnsignedOperation => ({
    service: 'sso',
    action,
    method,
    path,
    async answer(request, world) {
      const token = bearer(request, state);
      admit(token.value);
      return json(await answer(token, request.params, world));
    },
    word: (fault) => (fault.common === 'accessDenied' ? forbidden() : fault),
  });
  return [
    operation('GET', 'ListAccounts', '/assignment/accounts', (token, params, { accounts }) => {
      const own = [...assigned(token).keys()].toSorted();
      const [ids, nextToken] = onePage(own, params, state);
      const accountList = ids.map((accountId) => {
        const accountName = accounts.get(accountId) ?? accountId;
        return { accountId, accountName, emailAddress: `aws+${accountId}@example.com` };
      });
      return { accountList, nextToken };
    }),
    operation('GET', 'ListAccountRoles', '/assignment/roles', (token, params) => {
      const accountId = required(params, 'account_id', 'accountId');
      const sets = assigned(token).get(accountId);
      if (sets === undefined) throw forbidden();
      const [names, nextToken] = onePage([...sets].toSorted(), params, state);
      return { roleList: names.map((roleName) => ({ roleName, accountId })), nextToken };
    }),
    operation('GET', 'GetRoleCredentials', '/federation/credentials', (token, params, world) =>
      roleCredentials(token, params, world, state),
    ),
    operation('POST', 'Logout', '/logout', (token) => {
      state.counts.logouts += 1;
      token.session.ended = true;
      return {};
    }),
  ];
}

async function roleCredentials(
  { session }: AccessToken,
  params: Params,
  world: World,
  state: SsoState,
): Promise<Params> {
  const accountId = required(params, 'account_id', 'accountId');
  const set = required(params, 'role_name', 'roleName');
  const { instance, user } = session;
  const options = instance.sets.get(set);
  if (options === undefined || !(assignedTo(session.user, instance).get(accountId)?.has(set) ?? false))
    throw forbidden();
  const role = await provisionedRole(instance, accountId, set, world);
  const identity = roleIdentity(role, accountId, user);
  const seconds = world.timing.sessionSeconds ?? options.sessionSeconds;
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = world.keys.issue(identity, seconds);
  state.counts.roleCredentials += 1;
  return {
    roleCredentials: { accessKeyId, secretAccessKey, sessionToken, expiration: expiration.getTime() },
  };
}

const assigned = ({ session }: AccessToken): ReadonlyMap<string, ReadonlySet<string>> =>
  assignedTo(session.user, session.instance);

function assignedTo(
  user: string,
  { assignments }: AccessToken['session']['instance'],
): ReadonlyMap<string, ReadonlySet<string>> {
  return assignments.get(user) ?? new Map<string, Set<string>>();
}

/** The caller's living token; another region's portal does not know it. Throws UnauthorizedException. */
function bearer({ headers, meantRegion }: UnsignedRequest, state: SsoState): AccessToken {
  const token = state.tokens.find(String(headers['x-amz-sso_bearer_token'] ?? ''));
  if (token === undefined || (meantRegion !== undefined && meantRegion !== token.session.instance.region))
    throw new AwsError('UnauthorizedException', 'Session token not found or invalid', 401);
  return token;
}

/** Not in the API's model, but what AWS answers when there is no such assignment. */
const forbidden = (): AwsError => new AwsError('ForbiddenException', 'No access', 403);

function required(params: Params, name: string, field: string): string {
  const value = text(params, name);
  if (value === undefined || value === '')
    throw new AwsError('InvalidRequestException', `${field} is missing or malformed`);
  return value;
}

function onePage(
  all: readonly string[],
  params: Params,
  { timing }: SsoState,
): readonly [readonly string[], string | undefined] {
  const size = Number(text(params, 'max_result') ?? timing.pageSize);
  if (!Number.isInteger(size) || size < 1 || size > 100)
    throw new AwsError('InvalidRequestException', 'maxResults must be between 1 and 100');
  const after = Buffer.from(text(params, 'next_token') ?? '', 'base64url').toString();
  const from = after === '' ? 0 : all.indexOf(after) + 1;
  if (after !== '' && from === 0) throw new AwsError('InvalidRequestException', 'Invalid next token');
  const shown = all.slice(from, from + size);
  const last = shown.at(-1);
  const more = last !== undefined && from + size < all.length;
  return [shown, more ? Buffer.from(last).toString('base64url') : undefined];
}

/** Throws TooManyRequestsException above the rate: a bucket that holds one second's worth. */
function createRate({ clock, timing }: SsoState): (token: string) => void {
  const buckets = new Map<string, { level: number; at: number }>();
  return (token) => {
    const now = clock.now();
    const rate = timing.requestsPerSecond;
    const bucket = buckets.get(token) ?? { level: rate, at: now };
    const level = Math.min(rate, bucket.level + ((now - bucket.at) * rate) / 1000);
    buckets.set(token, { level: level < 1 ? level : level - 1, at: now });
    if (level < 1) throw commonError('throttle', 'Rate exceeded');
  };
}
