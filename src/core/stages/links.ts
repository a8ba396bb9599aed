import type { Provider } from '../providers/provider.ts';
import { parseArn, parseCaller } from '../providers/arn.ts';
import { isGlob, literalLength, matchesGlob } from './glob.ts';
import type { Link, LinkLevel, LinkScope, ResolvedLink } from './link.ts';

/** What a link is looked up for; `region` is the one the service's config gives, if any. */
export interface LinkTarget {
  /** The service's name, as keys of the setting spell it. */
  readonly service: string;
  readonly stage: string;
  readonly region?: string;
  /** The workspace folder of the service: links of other folders' settings are skipped. */
  readonly workspaceFolder?: string;
}

export interface LinkOptions {
  /** False while the workspace is untrusted: links and the default it supplies are inert. */
  readonly trusted: boolean;
  readonly defaultProvider?: DefaultProvider;
  /** Start URL of a sign-in session, to tell providers of different portals apart. */
  readonly startUrlOf?: (sessionId: string) => string | undefined;
}

/** Name or id of the provider for stages without a link, and which settings say so. */
export interface DefaultProvider {
  readonly provider: string;
  readonly scope: LinkScope;
}

/** Looks up one target; see {@link linkResolver}. */
export function resolveLink(
  target: LinkTarget,
  links: readonly Link[],
  providers: readonly Provider[],
  options: LinkOptions,
): ResolvedLink {
  return linkResolver(links, providers, options)(target);
}

/**
 * Prepares links for many look-ups. Precedence (spec §4): service + stage + region → service + stage → workspace stage →
 * pattern, most specific first → default provider → none; within one level folder > workspace > user. A link that
 * applies but cannot be used is the answer, with its `problem`: a weaker link never takes its place.
 */
export function linkResolver(
  links: readonly Link[],
  providers: readonly Provider[],
  options: LinkOptions,
): (target: LinkTarget) => ResolvedLink {
  const exact = new Map<string, Link[]>();
  const patterns: Link[] = [];
  for (const link of links) {
    if (isGlob(link.pattern)) patterns.push(link);
    else exact.set(exactKey(link), [...(exact.get(exactKey(link)) ?? []), link]);
  }
  for (const same of exact.values()) same.sort((a, b) => scopeRank[a.scope] - scopeRank[b.scope]);
  patterns.sort(bySpecificity);

  // Most patterns are for one service, and a service has many stages.
  const patternsOf = new Map<string, readonly Link[]>();
  function patternsFor(service: string): readonly Link[] {
    let own = patternsOf.get(service);
    if (!own) {
      own = patterns.filter((link) => link.service === undefined || link.service === service);
      patternsOf.set(service, own);
    }
    return own;
  }

  function* candidates(target: LinkTarget): Generator<Link> {
    const { service, stage: pattern, region } = target;
    if (region !== undefined) yield* exact.get(exactKey({ service, pattern, region })) ?? [];
    yield* exact.get(exactKey({ service, pattern })) ?? [];
    yield* exact.get(exactKey({ pattern })) ?? [];
    for (const link of patternsFor(service)) if (matchesGlob(link.pattern, pattern)) yield link;
  }

  return (target) => {
    let inert: Link | undefined;
    let chosen: Link | undefined;
    let anyProtects = false;
    let userProtects = false;
    for (const link of candidates(target)) {
      if (link.scope === 'folder' && link.folder !== target.workspaceFolder) continue;
      anyProtects ||= link.entry.protected === true;
      userProtects ||= link.entry.protected === true && link.scope === 'user';
      if (!options.trusted && link.scope !== 'user') inert ??= link;
      else chosen ??= link;
    }
    // Asking once too often is the harmless mistake: any link that applies can protect, and only the chosen one can take
    // it back, but not a workspace's what the user's own settings say.
    const lifted = chosen?.entry.protected === false && !(userProtects && chosen.scope !== 'user');
    const isProtected = anyProtects && !lifted;
    if (chosen) return useLink(chosen, providers, options, isProtected);
    if (inert) return inertLink(inert, isProtected);
    return useDefault(providers, options);
  };
}

const scopeRank: Readonly<Record<LinkScope, number>> = { folder: 0, workspace: 1, user: 2 };
const scopeNames: Readonly<Record<LinkScope, string>> = {
  folder: 'folder settings',
  workspace: 'workspace settings',
  user: 'user settings',
};

function exactKey(link: { service?: string; pattern: string; region?: string }): string {
  return `${link.service ?? ''}\n${link.pattern}\n${link.region ?? ''}`;
}

/** Most literal characters first; then those for one service, then the closer settings, then the key, so that it's stable. */
function bySpecificity(a: Link, b: Link): number {
  return (
    literalLength(b.pattern) - literalLength(a.pattern) ||
    Number(b.service !== undefined) - Number(a.service !== undefined) ||
    scopeRank[a.scope] - scopeRank[b.scope] ||
    (a.key < b.key ? -1 : 1)
  );
}

export function levelOf(link: Link): LinkLevel {
  if (isGlob(link.pattern)) return 'pattern';
  if (link.service === undefined) return 'workspace-stage';
  return link.region === undefined ? 'service-stage' : 'service-stage-region';
}

function originOf(link: Link): string {
  return `“${link.key}” in the ${scopeNames[link.scope]}`;
}

function inertLink(link: Link, isProtected: boolean): ResolvedLink {
  return {
    level: levelOf(link),
    link,
    protected: isProtected,
    problem: {
      code: 'untrusted',
      message: 'The link comes from this workspace, which is not trusted yet. Trust the workspace to use it.',
    },
    explanation: `${originOf(link)} names account ${link.entry.account}, and waits for the workspace to be trusted.`,
  };
}

function useLink(
  link: Link,
  providers: readonly Provider[],
  options: LinkOptions,
  isProtected: boolean,
): ResolvedLink {
  const { entry } = link;
  const base = {
    level: levelOf(link),
    link,
    protected: isProtected,
    ...(entry.region !== undefined && { region: entry.region }),
  };
  const refuse = (code: NonNullable<ResolvedLink['problem']>['code'], message: string): ResolvedLink => ({
    ...base,
    ...(code !== 'invalid-entry' && { accountId: entry.account }),
    problem: { code, message },
    explanation: `${originOf(link)} applies, but cannot be used: ${message}`,
  });
  if (link.invalid !== undefined) return refuse('invalid-entry', link.invalid);
  const inAccount = providers.filter((provider) => provider.accountId === entry.account);
  if (entry.provider !== undefined) {
    const named = providers.filter(({ id, name }) => id === entry.provider || name === entry.provider);
    const [other] = named;
    if (other && named.every(({ accountId }) => accountId !== entry.account)) {
      return refuse(
        'account-mismatch',
        `The provider “${other.name}” is for account ${other.accountId}, the link for ${entry.account}.`,
      );
    }
  }
  const fitting = inAccount.filter((provider) => fits(provider, link, options));
  const [provider, second] = fitting;
  if (!provider) return refuse('no-provider', missing(link, inAccount));
  if (second) {
    const names = fitting.map(({ name }) => `“${name}”`).join(', ');
    return refuse(
      'ambiguous-provider',
      `Several providers reach account ${entry.account}: ${names}. Link the stage to one of them.`,
    );
  }
  return {
    ...base,
    provider,
    accountId: provider.accountId,
    explanation: `${originOf(link)} links it to account ${entry.account}, which “${provider.name}” reaches.`,
  };
}

function missing({ entry }: Link, inAccount: readonly Provider[]): string {
  const wanted = [
    entry.provider !== undefined && `named “${entry.provider}”`,
    entry.role !== undefined && `with the role ${entry.role}`,
    entry.startUrl !== undefined && `of ${entry.startUrl}`,
  ].filter((part) => part !== false);
  const others = inAccount.map(({ name }) => `“${name}”`).join(', ');
  return `No provider reaches account ${entry.account}${wanted.length > 0 ? ` ${wanted.join(', ')}` : ''}.${
    others === '' ? '' : ` In that account there is ${others}; link the stage to use it.`
  }`;
}

function fits(provider: Provider, { entry }: Link, options: LinkOptions): boolean {
  if (entry.provider !== undefined && entry.provider !== provider.id && entry.provider !== provider.name)
    return false;
  if (entry.role !== undefined && roleOf(provider) !== roleName(entry.role)) return false;
  if (entry.startUrl === undefined) return true;
  if (provider.kind !== 'sso-role') return false;
  const startUrl = options.startUrlOf?.(provider.sessionId);
  return startUrl === undefined || sameUrl(startUrl, entry.startUrl);
}

/** The name of the role a provider's credentials have; `undefined` where they are a user's. */
export function roleOf(provider: Provider): string | undefined {
  if (provider.kind === 'sso-role') return provider.roleName;
  if (provider.kind === 'access-role') return roleName(provider.roleArn);
  const caller = parseCaller(provider.arn);
  if (caller?.kind === 'sso-session') return caller.permissionSet;
  return caller?.kind === 'role-session' ? caller.roleName : undefined;
}

/** A role given by name, by path or by ARN, as its name. */
function roleName(text: string): string {
  const resource = parseArn(text)?.resource ?? text;
  return resource.slice(resource.lastIndexOf('/') + 1);
}

function sameUrl(a: string, b: string): boolean {
  const plain = (url: string): string =>
    url
      .trim()
      .toLowerCase()
      .replace(/\/?(#\/?)?$/, '');
  return plain(a) === plain(b);
}

function useDefault(providers: readonly Provider[], options: LinkOptions): ResolvedLink {
  const none: ResolvedLink = {
    level: 'none',
    protected: false,
    explanation: 'No link applies to this stage.',
  };
  const wanted = options.defaultProvider;
  if (!wanted) return none;
  const origin = `awsProviders.defaultProvider in the ${scopeNames[wanted.scope]}`;
  if (!options.trusted && wanted.scope !== 'user') {
    return {
      ...none,
      level: 'default-provider',
      problem: {
        code: 'untrusted',
        message: 'The default provider comes from this workspace, which is not trusted yet.',
      },
      explanation: `No link applies; ${origin} waits for the workspace to be trusted.`,
    };
  }
  const named = providers.filter(({ id, name }) => id === wanted.provider || name === wanted.provider);
  const provider = named.find(({ id }) => id === wanted.provider) ?? named[0];
  if (!provider || (named.length > 1 && provider.id !== wanted.provider)) {
    const code = provider ? 'ambiguous-provider' : 'no-provider';
    const message = `${provider ? 'Several providers are' : 'There is no provider'} named “${wanted.provider}”.`;
    return {
      ...none,
      level: 'default-provider',
      problem: { code, message },
      explanation: `${origin}: ${message}`,
    };
  }
  return {
    level: 'default-provider',
    provider,
    accountId: provider.accountId,
    protected: false,
    explanation: `No link applies, so the default provider “${provider.name}” is used (${origin}).`,
  };
}
