import { parseCaller } from '../providers/arn.ts';
import type { CallerIdentity } from '../providers/provider.ts';
import { trustPrincipal, type TrustPrincipal } from './trust.ts';

/**
 * Works out whom the new role will trust. For role sessions the role's real ARN is read, where that is allowed.
 *
 * @throws Failure `root-identity`, `unsupported-identity` or an AWS failure
 */
export async function prepareTrust(
  identity: CallerIdentity,
  loadRoleArn: (roleName: string) => Promise<string | undefined>,
): Promise<TrustPrincipal> {
  const caller = parseCaller(identity.arn);
  const arn = caller?.kind === 'role-session' ? await loadRoleArn(caller.roleName) : undefined;
  return trustPrincipal(identity, arn);
}
