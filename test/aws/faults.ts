/** Faults on demand: state that lasts until removed (or used up), applied before any service is asked. */
import { commonError, type AwsError, type AwsRequest } from './wire.ts';

export type FaultKind =
  | 'throttle'
  | 'serverError'
  | 'accessDenied'
  | 'reset'
  | 'slow'
  | 'unreachable'
  /** The service does what was asked, then the connection is reset: the caller does not learn the answer. */
  | 'lostAnswer';

export interface Fault {
  readonly kind: FaultKind;
  readonly service?: string;
  readonly action?: string;
  readonly accountId?: string;
  readonly region?: string;
  /** Strikes this often, then is gone. Default: until removed. */
  readonly times?: number;
  /** Lets this many matching calls through first. */
  readonly after?: number;
  /** Delay of `slow`. Milliseconds. */
  readonly ms?: number;
  /** Message instead of the usual one. */
  readonly message?: string;
}

export interface ResourceFault {
  readonly type?: string;
  readonly logicalId?: string;
  readonly accountId?: string;
  /** Which operation fails. Default: create. */
  readonly operation?: 'create' | 'update' | 'delete';
  readonly reason: string;
}

export interface Faults {
  /** Activates a fault; the returned function removes it. */
  add(fault: Fault): () => void;
  /** Makes a stack resource fail from now on; the returned function removes it. */
  failResource(fault: ResourceFault): () => void;
  clear(): void;
  /** The fault that strikes this call, counted as used. */
  strike(
    request: Pick<AwsRequest, 'service' | 'action' | 'region'>,
    accountId: string | undefined,
  ): Fault | undefined;
  /** The reason why this resource fails, if it shall. */
  resourceReason(
    operation: 'create' | 'update' | 'delete',
    resource: { readonly type: string; readonly logicalId: string; readonly accountId: string },
  ): string | undefined;
}

export function createFaults(): Faults {
  const active = new Set<{ fault: Fault; seen: number; struck: number }>();
  const resources = new Set<ResourceFault>();
  return {
    add(fault) {
      const entry = { fault, seen: 0, struck: 0 };
      active.add(entry);
      return () => active.delete(entry);
    },
    failResource(fault) {
      resources.add(fault);
      return () => resources.delete(fault);
    },
    clear() {
      active.clear();
      resources.clear();
    },
    strike({ service, action, region }, accountId) {
      for (const entry of active) {
        const { fault } = entry;
        if (fault.service !== undefined && fault.service !== service) continue;
        if (fault.action !== undefined && fault.action !== action) continue;
        if (fault.accountId !== undefined && fault.accountId !== accountId) continue;
        if (fault.region !== undefined && fault.region !== region) continue;
        entry.seen += 1;
        if (entry.seen <= (fault.after ?? 0)) continue;
        entry.struck += 1;
        if (entry.struck >= (fault.times ?? Infinity)) active.delete(entry);
        return fault;
      }
      return undefined;
    },
    resourceReason(operation, { type, logicalId, accountId }) {
      return [...resources].find(
        (fault) =>
          (fault.operation ?? 'create') === operation &&
          (fault.type ?? type) === type &&
          (fault.logicalId ?? logicalId) === logicalId &&
          (fault.accountId ?? accountId) === accountId,
      )?.reason;
    },
  };
}

/** The error a fault answers with; undefined for faults that are not answers. */
export function faultError(fault: Fault, service: string, action: string, who: string): AwsError | undefined {
  switch (fault.kind) {
    case 'throttle':
      return commonError('throttle', fault.message ?? 'Rate exceeded');
    case 'serverError':
      return commonError('serverError', fault.message ?? 'An internal error occurred.');
    case 'accessDenied':
      return commonError(
        'accessDenied',
        fault.message ?? `User: ${who} is not authorized to perform: ${service}:${action}`,
      );
    case 'reset':
    case 'slow':
    case 'unreachable':
    case 'lostAnswer':
      return undefined;
  }
}
