/** The console's authorize page for `aws login`: for this device, and for another one whose code is pasted. */
import { randomBytes } from 'node:crypto';
import { withQuery } from './approvalPage.ts';
import type { Identity } from './keys.ts';
import { decisionForm, escape, page, paragraphs, redirect } from './page.ts';
import { principalContext } from './permissions.ts';
import type { World } from './service.ts';
import { beginSession, people, type SignInState } from './signInSessions.ts';
import type { UnsignedOperation, UnsignedRequest } from './unsigned.ts';
import { text, type Params, type Reply } from './wire.ts';

export const SAME_DEVICE = 'arn:aws:signin:::devtools/same-device';
export const CROSS_DEVICE = 'arn:aws:signin:::devtools/cross-device';

export function signInPages(state: SignInState): readonly UnsignedOperation[] {
  const shared = { service: 'page', path: '/v1/authorize' };
  return [
    {
      ...shared,
      method: 'GET',
      action: 'ConsoleAuthorize',
      answer: (request, world) => authorizePage(request, state, world),
    },
    {
      ...shared,
      method: 'POST',
      action: 'ConsoleDecision',
      answer: ({ params }, world) => decision(params, state, world),
    },
    {
      service: 'page',
      method: 'GET',
      action: 'ConsoleConfirmation',
      path: '/v1/sessions/confirmation',
      answer: ({ params }) => confirmation(params),
    },
  ];
}

function authorizePage(request: UnsignedRequest, state: SignInState, world: World): Reply {
  const { params } = request;
  const clientId = text(params, 'client_id') ?? '';
  const redirectUri = text(params, 'redirect_uri') ?? '';
  if (!isRedirect(clientId, redirectUri, request))
    return refusal('Invalid request', 'client_id and redirect_uri do not belong together.');
  const challenge = text(params, 'code_challenge') ?? '';
  const isPkce = /^[\w-]{43}$/.test(challenge) && text(params, 'code_challenge_method') === 'SHA-256';
  if (text(params, 'response_type') !== 'code' || text(params, 'scope') !== 'openid' || !isPkce)
    return refusal('Invalid request', 'A parameter is missing or malformed.');
  const id = randomBytes(16).toString('hex');
  const clientState = text(params, 'state') ?? '';
  state.requests.push({ id, clientId, redirectUri, state: clientState, challenge, answered: false });
  const options = people(state, world).map(({ arn }) => ({ value: arn, label: arn }));
  return page(
    'Sign in to your device',
    `${paragraphs('A tool for development asks for temporary credentials of your AWS sign-in.')}
${decisionForm('/v1/authorize', { request: id }, options)}`,
  );
}

/** Same-device wants a loopback address, cross-device the confirmation page of this service. */
function isRedirect(clientId: string, redirectUri: string, { origin }: UnsignedRequest): boolean {
  const url = URL.parse(redirectUri);
  if (url === null) return false;
  if (clientId === SAME_DEVICE)
    return url.protocol === 'http:' && url.hostname === '127.0.0.1' && url.pathname === '/oauth/callback';
  const here = url.origin === origin || /^https:\/\/[\w-]+\.signin\.aws\.amazon\.com$/.test(url.origin);
  return clientId === CROSS_DEVICE && here && url.pathname.endsWith('/v1/sessions/confirmation');
}

async function decision(params: Params, state: SignInState, world: World): Promise<Reply> {
  const request = state.requests.find(({ id }) => id === text(params, 'request'));
  if (request === undefined || request.answered)
    return refusal('Invalid request', 'The request is not known, or has been answered already.');
  const identity = people(state, world).find(({ arn }) => arn === text(params, 'user'));
  if (identity === undefined) return refusal('Sign-in failed', 'There is nobody by this name.');
  request.answered = true;
  const { redirectUri, clientId, state: clientState } = request;
  const crossDevice = clientId === CROSS_DEVICE;
  const target = crossDevice ? '/v1/sessions/confirmation' : redirectUri;
  const back = (query: Readonly<Record<string, string>>): Reply => {
    const full = { ...query, state: clientState };
    return redirect(crossDevice ? `${target}?${new URLSearchParams(full)}` : withQuery(target, full));
  };
  if (text(params, 'decision') !== 'allow') return back({ error: 'access_denied' });
  if (!(await maySignIn(identity, 'signin:AuthorizeOAuth2Access', world)))
    return refusal(
      'Access denied',
      `${identity.arn} is not allowed to signin:AuthorizeOAuth2Access. Ask for the policy SignInLocalDevelopmentAccess.`,
    );
  return back({ code: beginSession(request, identity, state, world.clock.now()).code });
}

/** IAM identities need SignInLocalDevelopmentAccess or as much; root needs nothing; Identity Center is not served. */
export async function maySignIn(identity: Identity, action: string, world: World): Promise<boolean> {
  if (identity.kind === 'role' && identity.roleName.startsWith('AWSReservedSSO_')) return false;
  const resource = `arn:aws:signin:us-east-1:${identity.accountId}:oauth2/public-client/localhost`;
  const context = principalContext(identity, world.clock.wall());
  return (await world.permissions.decide(identity, { action, resource, context })).allowed;
}

/** What the person pastes: base64 of `state=…&code=…`, as the AWS CLI reads it. */
function confirmation(params: Params): Reply {
  const { error, code = '', state = '' } = params as Readonly<Record<string, string | undefined>>;
  if (error !== undefined) return refusal('Sign-in denied', 'You can close this window.');
  const pasted = Buffer.from(`state=${encodeURIComponent(state)}&code=${encodeURIComponent(code)}`);
  return page(
    'Copy this code',
    `${paragraphs('Paste it where you started to sign in.')}
<code class="copy" id="authorization-code">${escape(pasted.toString('base64'))}</code>`,
  );
}

const refusal = (title: string, description: string): Reply => page(title, paragraphs(description), 400);
