/** Everything Identity Center remembers. */
import type { EmulatorClock } from './clock.ts';
import type { Instance } from './identityCenter.ts';
import { createApprovals, type Approvals } from './ssoApprovals.ts';
import { createClients, type Clients } from './ssoClients.ts';
import { defaultSsoTiming, type SsoTiming } from './ssoTiming.ts';
import { createSsoTokens, type SsoTokens } from './ssoTokens.ts';

/** How often the server was asked, refused requests included. */
export interface SsoCounts {
  registrations: number;
  deviceAuthorizations: number;
  polls: number;
  codes: number;
  refreshes: number;
  refreshesRefused: number;
  /** GetRoleCredentials that gave credentials. */
  roleCredentials: number;
  logouts: number;
}

export interface SsoState {
  readonly clock: EmulatorClock;
  readonly timing: SsoTiming;
  readonly instances: Instance[];
  readonly clients: Clients;
  readonly tokens: SsoTokens;
  readonly approvals: Approvals;
  readonly counts: SsoCounts;
}

export function createSsoState(clock: EmulatorClock): SsoState {
  const timing = defaultSsoTiming();
  const tokens = createSsoTokens(clock, timing);
  return {
    clock,
    timing,
    instances: [],
    clients: createClients(clock, timing),
    tokens,
    approvals: createApprovals(clock, timing, tokens),
    counts: {
      registrations: 0,
      deviceAuthorizations: 0,
      polls: 0,
      codes: 0,
      refreshes: 0,
      refreshesRefused: 0,
      roleCredentials: 0,
      logouts: 0,
    },
  };
}
