import type { Disposable } from '../base/disposable.ts';
import type { AccessRoleProvider } from '../providers/provider.ts';
import type { CheckRolePorts } from './checkRole.ts';
import { checkConnector, operationConnector, roleConnector } from './connect.ts';
import { RoleOperations, type RoleOperationsPorts } from './operations.ts';
import { QuickConnectRuns, type QuickConnectPorts } from './runs.ts';

/** Everything about access roles: making them, changing them later, looking at them. */
export interface QuickConnect extends Disposable {
  readonly runs: QuickConnectRuns;
  readonly operations: RoleOperations;
  readonly checks: (provider: AccessRoleProvider) => CheckRolePorts;
}

type Ports = Omit<QuickConnectPorts, 'connect'> &
  Omit<RoleOperationsPorts, 'connect'> &
  Parameters<typeof roleConnector>[0] &
  Parameters<typeof operationConnector>[0] &
  Parameters<typeof checkConnector>[0];

/** Builds the parts of {@link QuickConnect}; reached through `import()`, since most windows never need it. */
export function createQuickConnect(ports: Ports): QuickConnect {
  const runs = new QuickConnectRuns({ ...ports, connect: roleConnector(ports) });
  const operations = new RoleOperations({ ...ports, connect: operationConnector(ports) });
  return {
    runs,
    operations,
    checks: checkConnector(ports),
    dispose() {
      runs.dispose();
      operations.dispose();
    },
  };
}
