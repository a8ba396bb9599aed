import type { Partition } from './provider.ts';

export interface Arn {
  readonly partition: Partition;
  readonly service: string;
  readonly region: string;
  /** 12 digits; `aws` for what AWS itself owns; empty where the service has none. */
  readonly accountId: string;
  /** Everything after the account id, e.g. `role/path/name`. */
  readonly resource: string;
}

const pattern = /^arn:(aws|aws-cn|aws-us-gov|aws-eusc):([a-z0-9-]+):([a-z0-9-]*):(\d{12}|aws|):(.+)$/;

/** Parses an ARN; `undefined` for anything else. Source: AWS General Reference, "Amazon Resource Names". */
export function parseArn(text: string): Arn | undefined {
  const match = pattern.exec(text.trim());
  if (!match) return undefined;
  const [, partition, service = '', region = '', accountId = '', resource = ''] = match;
  return { partition: partition as Partition, service, region, accountId, resource };
}

/** The kind of principal behind a caller's ARN, with the names trust policies need. */
export type Caller =
  | { readonly kind: 'root' }
  | { readonly kind: 'user'; readonly name: string }
  | { readonly kind: 'role-session'; readonly roleName: string; readonly sessionName: string }
  | {
      readonly kind: 'sso-session';
      readonly roleName: string;
      readonly permissionSet: string;
      readonly sessionName: string;
    }
  | { readonly kind: 'federated-user'; readonly name: string };

/** Reads the kind of caller out of a GetCallerIdentity ARN; `undefined` when AWS gives a form we don't know. */
export function parseCaller(arn: string): Caller | undefined {
  const parsed = parseArn(arn);
  if (!parsed) return undefined;
  const { service, resource } = parsed;
  if (service === 'iam' && resource === 'root') return { kind: 'root' };
  if (service === 'iam' && resource.startsWith('user/')) {
    return { kind: 'user', name: resource.slice(resource.lastIndexOf('/') + 1) };
  }
  if (service !== 'sts') return undefined;
  const [type, name = '', sessionName = ''] = resource.split('/');
  if (type === 'federated-user') return { kind: 'federated-user', name };
  if (type !== 'assumed-role' || name === '' || sessionName === '') return undefined;
  const sso = /^AWSReservedSSO_(.+)_[0-9a-f]{16}$/.exec(name);
  const permissionSet = sso?.[1];
  return permissionSet
    ? { kind: 'sso-session', roleName: name, permissionSet, sessionName }
    : { kind: 'role-session', roleName: name, sessionName };
}
