/**
 * The federation endpoint: temporary credentials → console session.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url.html
 */
import { randomBytes } from 'node:crypto';
import type { Identity } from './keys.ts';
import { escape, page, paragraphs, redirect } from './page.ts';
import type { World } from './service.ts';
import { json, type UnsignedOperation } from './unsigned.ts';
import { parseJson, text, type Params, type Reply } from './wire.ts';

/** A console session someone opened through a link of ours. */
export interface ConsoleVisit {
  readonly arn: string;
  readonly destination: string;
  readonly issuer: string | undefined;
}

export interface Federation {
  readonly visits: readonly ConsoleVisit[];
}

export interface FederationParts {
  readonly api: Federation;
  readonly operations: readonly UnsignedOperation[];
}

interface SigninToken {
  readonly identity: Identity;
  /** Milliseconds, emulator time: 15 minutes. */
  readonly expiresAt: number;
}

export function createFederation(): FederationParts {
  const tokens = new Map<string, SigninToken>();
  const visits: ConsoleVisit[] = [];
  const answer = ({ params }: { readonly params: Params }, world: World): Reply => {
    const action = text(params, 'Action');
    if (action === 'getSigninToken') return getSigninToken(params, tokens, world);
    if (action === 'login') return login(params, tokens, visits, world);
    return refusal('Action is missing or not known');
  };
  const shared = {
    service: 'federation',
    action: (params: Params) => text(params, 'Action') ?? '',
    path: '/federation',
    answer,
  };
  return {
    api: { visits },
    operations: [
      { ...shared, method: 'GET' },
      { ...shared, method: 'POST' },
      {
        service: 'page',
        action: 'Console',
        method: 'GET',
        path: '/console',
        answer: () => consolePage(visits),
      },
    ],
  };
}

function getSigninToken(params: Params, tokens: Map<string, SigninToken>, world: World): Reply {
  const { sessionId, sessionKey, sessionToken } = parseJson(text(params, 'Session') ?? '');
  const key = world.keys.byId.get(typeof sessionId === 'string' ? sessionId : '');
  const signedIn = key?.secretAccessKey === sessionKey && key?.sessionToken === sessionToken && key?.active;
  if (key === undefined || signedIn !== true || key.sessionToken === undefined)
    return refusal('Session is not one of temporary credentials');
  const now = world.clock.now();
  if (key.expiresAt !== undefined && now >= key.expiresAt) return refusal('The credentials have expired');
  const { identity } = key;
  if (identity.kind !== 'role' && identity.kind !== 'federated')
    return refusal('Only credentials of AssumeRole or GetFederationToken are taken');
  const duration = text(params, 'SessionDuration');
  if (duration !== undefined) {
    const chained = identity.kind === 'federated' || identity.chained === true;
    const seconds = Number(duration);
    if (chained || !(seconds >= 900 && seconds <= 43_200))
      return refusal('SessionDuration is not allowed here');
  }
  const value = randomBytes(200).toString('base64url');
  tokens.set(value, { identity, expiresAt: now + 900_000 });
  return json({ SigninToken: value });
}

function login(
  params: Params,
  tokens: ReadonlyMap<string, SigninToken>,
  visits: ConsoleVisit[],
  world: World,
): Reply {
  const token = tokens.get(text(params, 'SigninToken') ?? '');
  const destination = text(params, 'Destination');
  if (token === undefined || world.clock.now() >= token.expiresAt)
    return refusal('The link is not valid any more');
  if (destination === undefined || !isConsole(destination)) return refusal('Destination is not the console');
  visits.push({ arn: token.identity.arn, destination, issuer: text(params, 'Issuer') });
  return redirect(`/console?visit=${visits.length}`);
}

/** Consoles of every partition. */
function isConsole(address: string): boolean {
  const url = URL.parse(address);
  return (
    url?.protocol === 'https:' &&
    /(^|\.)console\.(aws\.amazon\.com|amazonaws\.cn|amazonaws-us-gov\.com|amazonaws-eusc\.eu)$/.test(
      url.hostname,
    )
  );
}

/** Stands for the console: shows who is signed in. */
function consolePage(visits: readonly ConsoleVisit[]): Reply {
  const visit = visits.at(-1);
  if (visit === undefined) return page('Sign in', paragraphs('Nobody is signed in.'), 401);
  return page(
    'AWS console',
    `<p>Signed in as <strong id="who">${escape(visit.arn)}</strong></p>
<p>Destination: <code id="destination">${escape(visit.destination)}</code></p>`,
  );
}

const refusal = (reason: string): Reply => page('Bad request', paragraphs(reason), 400);
