import { Failure } from '../base/errors.ts';
import type { AwsCredentials, Provider } from '../providers/provider.ts';
import type { StageInstance } from '../stages/link.ts';
import type { Service } from '../stages/service.ts';
import type { AnswerLease, LeaseDesk, LeaseKind, OpenLease } from './lease.ts';

/** Life wanted before anything starts, in seconds; kinds that give less are taken as they are. */
export const minLifetimeSeconds = 30 * 60;

/** Verified credentials of a provider; see `CredentialStore.get`. */
export type GetCredentials = (providerId: string, minLifetimeSeconds?: number) => Promise<AwsCredentials>;

/**
 * The provider a stage may be handed off with.
 *
 * @throws Failure `stage-not-linked`, `link-unusable`, `account-mismatch`
 */
export function providerFor(stage: StageInstance): Provider {
  const { link } = stage;
  if (link.problem) {
    throw new Failure(
      link.problem.code === 'account-mismatch' ? 'account-mismatch' : 'link-unusable',
      link.problem.message,
      {
        hint: link.explanation,
        action: { title: 'Link Stage to Provider', command: 'linkStage', args: [stage.id] },
      },
    );
  }
  if (!link.provider) {
    throw new Failure('stage-not-linked', `The stage “${stage.name}” is not connected to an AWS account.`, {
      hint: 'Nothing was started, so that it cannot reach another account.',
      action: { title: 'Connect AWS Provider', command: 'connect' },
    });
  }
  if (link.accountId !== undefined && link.accountId !== link.provider.accountId) {
    throw new Failure(
      'account-mismatch',
      `The stage “${stage.name}” belongs to account ${link.accountId}, “${link.provider.name}” to ${link.provider.accountId}.`,
      { action: { title: 'Link Stage to Provider', command: 'linkStage', args: [stage.id] } },
    );
  }
  return link.provider;
}

/**
 * Opens a lease for a stage: the account is verified with AWS and the minimum lifetime ensured before anything starts.
 *
 * @throws Failure of {@link providerFor}, of the credentials or of the lease desk
 */
export async function handOff(
  stage: StageInstance,
  service: Service | undefined,
  kind: LeaseKind,
  ports: { readonly credentials: GetCredentials; readonly desk: LeaseDesk },
): Promise<OpenLease> {
  const provider = providerFor(stage);
  await ports.credentials(provider.id, minLifetimeSeconds);
  const named = service?.profile === undefined ? [] : [service.profile];
  return ports.desk.open({
    kind,
    providerId: provider.id,
    accountId: provider.accountId,
    serviceId: stage.serviceId,
    stage: stage.name,
    region: stage.region,
    profiles: [...new Set([stage.name, ...named])],
  });
}

/** Answers leases with the credentials of the provider and account they are bound to, and no other. */
export function answerLease(
  credentials: GetCredentials,
  provider: (id: string) => Provider | undefined,
): AnswerLease {
  return async (lease) => {
    const bound = provider(lease.providerId);
    if (bound && bound.accountId !== lease.accountId) {
      throw new Failure(
        'account-mismatch',
        `This terminal or run belongs to account ${lease.accountId}, its provider now to ${bound.accountId}.`,
      );
    }
    return credentials(lease.providerId);
  };
}
