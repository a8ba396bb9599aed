import type { Provider } from './provider.ts';
import type { PendingWork, State } from './stateFile.ts';

export const stateVersion = 1;

/** What the text of the state file is. */
export type ParsedState =
  | { readonly kind: 'ok'; readonly state: State }
  /** Written by a newer version of the extension: shown, never overwritten. */
  | { readonly kind: 'newer'; readonly state: State }
  | { readonly kind: 'damaged' };

export function emptyState(installId: string): State {
  return { version: stateVersion, installId, providers: [], pendingWork: [] };
}

export function serializeState(state: State): string {
  return `${JSON.stringify(state, undefined, 2)}\n`;
}

/** Parses the state file; single records that make no sense are left out, the rest is kept. */
export function parseState(text: string): ParsedState {
  const value = parseJson(text);
  if (!isRecord(value)) return { kind: 'damaged' };
  const { version, installId, providers, pendingWork } = value;
  if (typeof version !== 'number' || typeof installId !== 'string' || installId === '') {
    return { kind: 'damaged' };
  }
  const state: State = {
    version: stateVersion,
    installId,
    providers: list(providers).filter(isProvider),
    pendingWork: list(pendingWork).filter(isPendingWork),
  };
  return { kind: version > stateVersion ? 'newer' : 'ok', state };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The texts each kind cannot be without. */
const requiredTexts: Readonly<Record<Provider['kind'], readonly string[]>> = {
  'access-role': ['roleArn', 'sourceProviderId'],
  'sso-role': ['sessionId', 'roleName'],
  console: ['sessionId', 'arn'],
  'access-key': ['arn'],
  profile: ['profile', 'arn'],
};

function isProvider(value: unknown): value is Provider {
  if (!isRecord(value)) return false;
  const { kind, accountId } = value;
  if (typeof kind !== 'string' || !Object.hasOwn(requiredTexts, kind)) return false;
  if (typeof accountId !== 'string' || !/^\d{12}$/.test(accountId)) return false;
  const texts = ['id', 'name', 'partition', ...requiredTexts[kind as Provider['kind']]];
  return texts.every((name) => typeof value[name] === 'string' && value[name] !== '');
}

function isPendingWork(value: unknown): value is PendingWork {
  return isRecord(value) && typeof value['id'] === 'string' && typeof value['kind'] === 'string';
}
