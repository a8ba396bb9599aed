import type { Provider } from '../providers/provider.ts';
import { isGlob } from './glob.ts';
import type { Link, LinkEntry, LinkProblem, LinkSource } from './link.ts';
import { roleOf } from './links.ts';
import { isStageName, reservedStageName } from './service.ts';

/** What a link is written for: every service's stage, one service's, or one service's stage in one region. */
export interface LinkKey {
  readonly stage: string;
  readonly service?: string;
  readonly region?: string;
}

/** The key of `awsProviders.stages`; see {@link Link}. */
export function formatLinkKey({ service, stage, region }: LinkKey): string {
  if (service === undefined) return stage;
  return region === undefined ? `${service}/${stage}` : `${service}/${stage}@${region}`;
}

/**
 * Parses the value of `awsProviders.stages` of one scope. Unusable entries are problems for a person and, where the key
 * says what they are for, links with `invalid`, so that the stages they mean are refused.
 */
export function parseLinks(
  value: unknown,
  source: LinkSource,
): { readonly links: readonly Link[]; readonly problems: readonly LinkProblem[] } {
  const links: Link[] = [];
  const problems: LinkProblem[] = [];
  if (value === undefined || value === null) return { links, problems };
  if (!isRecord(value)) {
    return { links, problems: [{ ...source, key: '', message: 'The setting must be an object of links.' }] };
  }
  for (const [key, entry] of Object.entries(value)) {
    const target = parseLinkKey(key);
    if (typeof target === 'string') {
      problems.push({ ...source, key, message: target });
      continue;
    }
    const parsed = parseEntry(entry);
    if (parsed.invalid !== undefined) problems.push({ ...source, key, message: parsed.invalid });
    links.push({ ...source, ...target, ...parsed, key });
  }
  return { links, problems };
}

function parseLinkKey(key: string): Pick<Link, 'service' | 'pattern' | 'region'> | string {
  const slash = key.lastIndexOf('/');
  const service = slash < 0 ? undefined : key.slice(0, slash);
  const [pattern = '', region, more] = key.slice(slash + 1).split('@');
  if (service === '') return 'The service before “/” is missing.';
  if (pattern === reservedStageName) return `“${reservedStageName}” is what all stages share, not a stage.`;
  if (!isGlob(pattern)) {
    if (!isStageName(pattern))
      return 'A key is a stage, a pattern with * and ?, or one of these after “service/”.';
  } else if (pattern.length > 128) return 'A pattern has at most 128 characters.';
  if (region === undefined) return service === undefined ? { pattern } : { service, pattern };
  if (more !== undefined || service === undefined || isGlob(pattern) || region === '') {
    return 'A region belongs to one stage of one service: “service/stage@region”.';
  }
  return { service, pattern, region };
}

function parseEntry(value: unknown): { readonly entry: LinkEntry; readonly invalid?: string } {
  if (!isRecord(value)) return { entry: { account: '' }, invalid: 'An entry is an object with “account”.' };
  const text = (name: string): string | undefined => {
    const field = value[name];
    return typeof field === 'string' && field !== '' ? field : undefined;
  };
  const entry: LinkEntry = {
    account: text('account') ?? '',
    ...pick('role', text('role')),
    ...pick('provider', text('provider')),
    ...pick('startUrl', text('startUrl')),
    ...pick('region', text('region')),
    ...pick('protected', typeof value['protected'] === 'boolean' ? value['protected'] : undefined),
  };
  const wrong = ['role', 'provider', 'startUrl', 'region'].find(
    (name) => value[name] !== undefined && text(name) === undefined,
  );
  if (typeof value['account'] === 'number') {
    return { entry, invalid: '“account” must be in quotes: as a number it loses leading zeros.' };
  }
  if (!/^\d{12}$/.test(entry.account))
    return { entry, invalid: '“account” must be a 12-digit account id in quotes.' };
  if (wrong !== undefined) return { entry, invalid: `“${wrong}” must be a text.` };
  if (value['protected'] !== undefined && typeof value['protected'] !== 'boolean') {
    // Whatever was meant, asking before a change is the safe reading.
    return { entry: { ...entry, protected: true }, invalid: '“protected” must be true or false.' };
  }
  return { entry };
}

function pick<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { readonly [N in Name]?: Value } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [N in Name]?: Value };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export interface LinkWriting {
  /** All providers: the entry says only as much as is needed to find this one again. */
  readonly providers: readonly Provider[];
  /** Start URL of an `sso-role` provider's session, so that a teammate can sign in from the entry alone. */
  readonly startUrl?: string;
  readonly region?: string;
  /** Absent keeps what the entry had. */
  readonly protected?: boolean;
}

/**
 * The value of `awsProviders.stages` after linking `key` to `provider`. Every other entry, and what an existing entry of
 * this key holds beyond the link, stays as it is. The provider's name is written only where account, role and portal do
 * not single it out: names are personal, the setting may be shared.
 */
export function linkSettingFor(
  setting: unknown,
  key: LinkKey,
  provider: Provider,
  writing: LinkWriting,
): Readonly<Record<string, unknown>> {
  const current = isRecord(setting) ? setting : {};
  const before = current[formatLinkKey(key)];
  const { account: _, role: __, provider: ___, startUrl: ____, ...kept } = isRecord(before) ? before : {};
  const role = roleOf(provider);
  const same = writing.providers.filter(
    (other) => other.accountId === provider.accountId && (role === undefined || roleOf(other) === role),
  );
  const entry = {
    ...kept,
    account: provider.accountId,
    ...pick('role', role),
    ...pick('provider', same.length > 1 ? uniqueName(provider, same) : undefined),
    ...pick('startUrl', provider.kind === 'sso-role' ? writing.startUrl : undefined),
    ...pick('region', writing.region),
    ...pick('protected', writing.protected),
  };
  return { ...current, [formatLinkKey(key)]: entry };
}

function uniqueName(provider: Provider, among: readonly Provider[]): string {
  return among.filter(({ name }) => name === provider.name).length > 1 ? provider.id : provider.name;
}

/** The value of `awsProviders.stages` without the entry of `key`. */
export function withoutLink(setting: unknown, key: string): Readonly<Record<string, unknown>> {
  return isRecord(setting)
    ? Object.fromEntries(Object.entries(setting).filter(([name]) => name !== key))
    : {};
}
