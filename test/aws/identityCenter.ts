/**
 * Identity Center instances: users, permission sets, who has which set in which account, and the roles behind that.
 * Source: https://docs.aws.amazon.com/singlesignon/latest/userguide/using-service-linked-roles.html (role names and paths)
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Role } from '@aws-sdk/client-iam';
import { makeRole, type Policies } from './principals.ts';
import type { World } from './service.ts';

export interface InstanceOptions {
  /** Where the instance lives; other regions do not know it. Default `us-east-1`. */
  readonly region?: string;
  /** `d-` and ten hex digits. */
  readonly identityStoreId?: string;
  /** The portal's custom name: `https://<subdomain>.awsapps.com/start`. */
  readonly subdomain?: string;
  /** A start URL of any other form. */
  readonly startUrl?: string;
}

export interface PermissionSetOptions {
  /** Life of the role's sessions. Default 3600. */
  readonly sessionSeconds?: number;
  /** Default: admin. */
  readonly policies?: Policies;
}

export interface Assignment {
  readonly user: string;
  readonly accountId: string;
  readonly permissionSet: string;
}

export interface Instance {
  /** `ssoins-` and 16 hex digits. */
  readonly id: string;
  readonly identityStoreId: string;
  readonly region: string;
  /** The form to give people. */
  readonly startUrl: string;
  /** Every form that is taken: start URLs, dual-stack portal, issuer. */
  readonly urls: readonly string[];
  /** User name → e-mail address. */
  readonly users: Map<string, string>;
  readonly sets: Map<string, Required<PermissionSetOptions>>;
  /** User name → account → permission sets. */
  readonly assignments: Map<string, Map<string, Set<string>>>;
  /** The role of a set in an account, by `account/set`. */
  readonly roles: Map<string, Promise<Role>>;
}

export function createInstance(options: InstanceOptions): Instance {
  const id = `ssoins-${randomBytes(8).toString('hex')}`;
  const identityStoreId = options.identityStoreId ?? `d-${randomBytes(5).toString('hex')}`;
  const region = options.region ?? 'us-east-1';
  const names = [...(options.subdomain === undefined ? [] : [options.subdomain]), identityStoreId];
  const urls = [
    ...(options.startUrl === undefined ? [] : [options.startUrl]),
    ...names.map((name) => portalUrl(name, region)),
    `https://${id}.portal.${region}.app.aws`,
    `https://identitycenter.amazonaws.com/${id}`,
  ];
  const [startUrl = ''] = urls;
  return {
    id,
    identityStoreId,
    region,
    startUrl,
    urls,
    users: new Map(),
    sets: new Map(),
    assignments: new Map(),
    roles: new Map(),
  };
}

/** Portal address per partition. Source: https://docs.aws.amazon.com/singlesignon/latest/userguide/howtochangeURL.html */
function portalUrl(name: string, region: string): string {
  if (region.startsWith('cn-')) return `https://start.home.awsapps.cn/directory/${name}`;
  if (region === 'us-gov-west-1') return `https://start.us-gov-home.awsapps.com/directory/${name}`;
  if (region.startsWith('us-gov-'))
    return `https://start.${region}.us-gov-home.awsapps.com/directory/${name}`;
  return `https://${name}.awsapps.com/start`;
}

/** The instance a start or issuer URL means; a trailing slash or `#/…` does not matter. */
export function findInstance(instances: readonly Instance[], url: string): Instance | undefined {
  const wanted = plainUrl(url);
  return instances.find((each) => each.urls.some((known) => plainUrl(known) === wanted));
}

function plainUrl(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null) return url;
  return `${parsed.protocol}//${parsed.host}${parsed.pathname.replace(/\/+$/, '')}`;
}

export function assign(instance: Instance, { user, accountId, permissionSet }: Assignment): void {
  if (!instance.users.has(user)) throw new Error(`There is no user ${user}: use addUser first.`);
  if (!instance.sets.has(permissionSet))
    throw new Error(`There is no permission set ${permissionSet}: use addPermissionSet first.`);
  const accounts = instance.assignments.get(user) ?? new Map<string, Set<string>>();
  instance.assignments.set(user, accounts);
  const sets = accounts.get(accountId) ?? new Set<string>();
  accounts.set(accountId, sets);
  sets.add(permissionSet);
}

export function unassign(instance: Instance, { user, accountId, permissionSet }: Assignment): void {
  const accounts = instance.assignments.get(user);
  const sets = accounts?.get(accountId);
  sets?.delete(permissionSet);
  if (sets?.size === 0) accounts?.delete(accountId);
}

/** Makes the set's role in the account the first time it is needed: three hundred accounts cost nothing before. */
export function provisionedRole(
  instance: Instance,
  accountId: string,
  set: string,
  world: World,
): Promise<Role> {
  const key = `${accountId}/${set}`;
  const options = instance.sets.get(set);
  const known = instance.roles.get(key);
  if (known !== undefined) return known;
  if (options === undefined) throw new Error(`There is no permission set ${set}.`);
  const suffix = createHash('sha256').update(`${instance.id}/${key}`).digest('hex').slice(0, 16);
  const place = instance.region === 'us-east-1' ? '' : `${instance.region}/`;
  const made = makeRole(world, accountId, `AWSReservedSSO_${set}_${suffix}`, {
    path: `/aws-reserved/sso.amazonaws.com/${place}`,
    maxSessionSeconds: 43_200,
    policies: options.policies,
    trust: {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: {
          Federated: `arn:aws:iam::${accountId}:saml-provider/AWSSSO_${suffix}_DO_NOT_DELETE`,
        },
        Action: ['sts:AssumeRoleWithSAML', 'sts:TagSession'],
        Condition: { StringEquals: { 'SAML:aud': 'https://signin.aws.amazon.com/saml' } },
      },
    },
  });
  instance.roles.set(key, made);
  made.catch(() => instance.roles.delete(key));
  return made;
}
