/** A large organization: many accounts, the same permission sets in each. */
import type { Aws } from './emulator.ts';
import type { SsoInstance } from './sso.ts';

export interface LargeOrganization {
  /** Default 300. */
  readonly accounts?: number;
  /** Default: four. */
  readonly permissionSets?: readonly string[];
  readonly user: string;
}

const TEAMS = ['shop', 'billing', 'search', 'data', 'mobile', 'media', 'support', 'labs', 'core', 'risk'];
const STAGES = ['dev', 'uat', 'prod'];

/** Adds the accounts (`shop-dev`, `shop-uat`, …, `shop-dev-2`, …) and assigns every set in every one. Returns their ids. */
export function addLargeOrganization(
  aws: Pick<Aws, 'addAccount'>,
  instance: SsoInstance,
  { accounts = 300, permissionSets = DEFAULT_SETS, user }: LargeOrganization,
): readonly string[] {
  instance.addUser(user);
  for (const set of permissionSets) instance.addPermissionSet(set);
  const ids = Array.from({ length: accounts }, (_, index) => String(200_000_000_000 + index * 1009));
  for (const [index, accountId] of ids.entries()) {
    const round = Math.floor(index / (TEAMS.length * STAGES.length));
    const team = TEAMS[Math.floor(index / STAGES.length) % TEAMS.length];
    const name = `${team}-${STAGES[index % STAGES.length]}${round === 0 ? '' : `-${round + 1}`}`;
    aws.addAccount(accountId, name);
    for (const permissionSet of permissionSets) instance.assign({ user, accountId, permissionSet });
  }
  return ids;
}

const DEFAULT_SETS = ['AdministratorAccess', 'DeveloperAccess', 'ReadOnlyAccess', 'BillingAccess'];
