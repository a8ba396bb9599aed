import type { CredentialState } from '../../core/credentials/credentialStore.ts';

/**
 * A row of a tree as data: what VS Code needs to show it, and what commands need to know about it. `tooltip` and
 * `children` may be getters, so that thousands of rows cost nothing until one is hovered or opened.
 */
export interface Row {
  /** Unique in its tree and the same as long as it means the same thing, so that expansion and selection stay. */
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  /** Markdown; every part that is not ours goes through {@link markdownText}. */
  readonly tooltip?: string;
  readonly icon?: RowIcon;
  /**
   * Kind, then flags, each ended by `;`, so that `when` clauses can ask for one flag:
   * `viewItem =~ /^stage;/ && viewItem =~ /;linked;/`. Kinds and flags are listed at the functions that make rows.
   */
  readonly contextValue: string;
  readonly children: readonly Row[];
  /** Shown open at first. */
  readonly expanded?: boolean;
  /** A file to open on click; `line` is 1-based. */
  readonly open?: { readonly file: string; readonly line?: number };
  readonly command?: RowCommand;
  /** What a command invoked on the row is about. */
  readonly stageId?: string;
  readonly serviceId?: string;
  readonly providerId?: string;
  readonly foundId?: string;
}

export interface RowIcon {
  /** A product icon. */
  readonly id: string;
  /** A theme colour. */
  readonly color?: string;
}

export interface RowCommand {
  readonly title: string;
  /** A full command id. */
  readonly command: string;
  readonly args?: readonly unknown[];
}

/** What rows say about credentials, and when. */
export interface RowContext {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly credentialState: (providerId: string) => CredentialState;
}

/** State of a provider in the words of the views; `idle` = not asked for in this window yet. */
export type ProviderHealth = 'idle' | 'ready' | 'expiring' | 'expired' | 'needs-sign-in' | 'error';

/** Failures that only the person can end, by signing in. */
const signInCodes: ReadonlySet<string> = new Set(['sign-in-needed', 'session-expired']);

export function healthOf({ state, failure }: CredentialState): ProviderHealth {
  return failure && signInCodes.has(failure.code) ? 'needs-sign-in' : state;
}

export const healthNames: Readonly<Record<ProviderHealth, string | undefined>> = {
  idle: undefined,
  ready: 'ready',
  expiring: 'expiring',
  expired: 'expired',
  'needs-sign-in': 'needs sign-in',
  error: 'error',
};

/** `contextValue` of a kind and the flags that are set. */
export function contextValue(kind: string, flags: Readonly<Record<string, boolean>> = {}): string {
  const set = Object.keys(flags).filter((flag) => flags[flag]);
  return [kind, ...set, ''].join(';');
}

/** The parts that are there, separated by a middle dot. */
export function dotted(...parts: readonly (string | undefined | false)[]): string {
  return parts.filter((part) => part !== undefined && part !== false && part !== '').join(' · ');
}

/** Whole minutes from `now` to `expiresAt` (milliseconds since the epoch), rounded down, in words. */
export function timeLeft(expiresAt: number | undefined, now: number): string | undefined {
  if (expiresAt === undefined) return undefined;
  const minutes = Math.floor((expiresAt - now) / 60_000);
  if (expiresAt <= now) return 'expired';
  if (minutes < 1) return 'less than 1 min left';
  const hours = Math.floor(minutes / 60);
  if (hours === 0) return `${minutes} min left`;
  return minutes % 60 === 0 ? `${hours} h left` : `${hours} h ${minutes % 60} min left`;
}

/** Text that Markdown shows as it is: names and messages from files must not become links, images or headings. */
export function markdownText(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/[\\`*_{}[\]()#+\-.!|<>~&$:@/]/g, '\\$&');
}

/** Text for places where VS Code draws `$(name)` as an icon: there it stays text. */
export function plainText(text: string): string {
  return text.replaceAll('$(', String.raw`\$(`);
}

/** Lines `**name:** value` of a tooltip, without those that have no value. */
export function tooltipLines(
  title: string,
  facts: readonly (readonly [string, string | undefined])[],
): string {
  const lines = facts.filter(([, value]) => value !== undefined && value !== '');
  return [
    `**${markdownText(title)}**`,
    ...lines.map(([name, value]) => `${name}: ${markdownText(value ?? '')}`),
  ].join('  \n');
}
