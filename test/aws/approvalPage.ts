/** Where a person approves a sign-in: the page of a device code, and the browser flow's authorize page. */
import { decisionForm, escape, page, paragraphs, redirect } from './page.ts';
import type { BrowserRequest, DeviceRequest } from './ssoApprovals.ts';
import { loopback } from './ssoClients.ts';
import type { SsoState } from './ssoState.ts';
import type { UnsignedOperation, UnsignedRequest } from './unsigned.ts';
import { text, type Params, type Reply } from './wire.ts';

export function approvalPages(state: SsoState): readonly UnsignedOperation[] {
  const operation = (
    method: 'GET' | 'POST',
    action: string,
    path: string,
    answer: (request: UnsignedRequest) => Reply,
  ) => ({ service: 'page', action, method, path, answer });
  return [
    operation('GET', 'DevicePage', '/sso/device', ({ params }) => devicePage(params, state)),
    operation('POST', 'DeviceDecision', '/sso/device', ({ params }) => deviceDecision(params, state)),
    operation('GET', 'Authorize', '/authorize', (request) => authorizePage(request, state)),
    operation('POST', 'AuthorizeDecision', '/authorize', ({ params }) => authorizeDecision(params, state)),
  ];
}

function devicePage(params: Params, state: SsoState): Reply {
  const asked = text(params, 'user_code') ?? '';
  if (asked === '')
    return page(
      'Authorize request',
      `<form method="get" action="/sso/device">
<label>Enter the code shown on your device <input name="user_code" autocomplete="off"></label>
<button>Confirm and continue</button>
</form>`,
    );
  const request = state.approvals.findDevice(asked);
  return request === undefined ? INVALID_CODE : (closed(request, state) ?? question(request));
}

function question(request: DeviceRequest): Reply {
  return page(
    'Authorization requested',
    `${paragraphs(`${request.client.name} asks for access to your AWS accounts. Allow it only if it shows this code:`)}
<p class="code" id="user-code">${escape(request.userCode)}</p>
${decisionForm('/sso/device', { user_code: request.userCode }, people(request))}`,
  );
}

const INVALID_CODE = page('Invalid code', paragraphs('The code is not known. Check it on your device.'), 400);

/** The page of a request that can no longer be answered. */
function closed(request: DeviceRequest, { clock }: SsoState): Reply | undefined {
  if (request.state === 'allowed' || request.state === 'used')
    return page('Request approved', paragraphs('This request has been approved. You can close this window.'));
  if (request.state === 'denied')
    return page('Request denied', paragraphs('This request has been denied. You can close this window.'));
  if (clock.now() >= request.expiresAt)
    return page('Request expired', paragraphs('Start again on your device to get a new code.'), 400);
  return undefined;
}

function deviceDecision(params: Params, state: SsoState): Reply {
  const request = state.approvals.findDevice(text(params, 'user_code') ?? '');
  if (request === undefined) return INVALID_CODE;
  const over = closed(request, state);
  if (over !== undefined) return over;
  if (request.misplaced) return page('invalid_grant', paragraphs('Invalid grant provided'), 400);
  state.approvals.decide(request, text(params, 'user') ?? '', text(params, 'decision') === 'allow');
  return closed(request, state) ?? question(request);
}

/** Source: https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_CreateToken.html and RFC 6749 §4.1.2.1 */
function authorizePage({ params, meantRegion }: UnsignedRequest, state: SsoState): Reply {
  const client = state.clients.find(text(params, 'client_id'));
  const redirectUri = text(params, 'redirect_uri') ?? '';
  const place = loopback(redirectUri);
  const { instance } = client ?? {};
  if (client === undefined || instance === undefined)
    return refusal('invalid_client', 'Invalid client provided');
  if (place === undefined || !client.redirectUris.some((known) => loopback(known) === place))
    return refusal('invalid_redirect_uri', 'The redirect URI is not one the client registered');
  if (meantRegion !== undefined && meantRegion !== instance.region)
    return refusal('invalid_grant', 'Invalid grant provided');
  const clientState = text(params, 'state') ?? '';
  const back = (error: string): Reply => redirect(withQuery(redirectUri, { error, state: clientState }));
  const challenge = text(params, 'code_challenge') ?? '';
  const isPkce = /^[\w-]{43}$/.test(challenge) && text(params, 'code_challenge_method') === 'S256';
  if (text(params, 'response_type') !== 'code' || !isPkce) return back('invalid_request');
  if (!client.grants.includes('authorization_code')) return back('unauthorized_client');
  const scopes = (text(params, 'scopes') ?? text(params, 'scope') ?? '').split(/[ ,]+/).filter(Boolean);
  if (scopes.length === 0 || scopes.some((scope) => !client.scopes.includes(scope)))
    return back('invalid_scope');
  const asked = { client, instance, redirectUri, clientState, challenge, scopes };
  const request = state.approvals.startBrowser(asked);
  return page(
    'Authorization requested',
    `${paragraphs(`${client.name} asks for access to your AWS accounts.`)}
${decisionForm('/authorize', { request: request.id }, people(request))}`,
  );
}

function authorizeDecision(params: Params, { approvals }: SsoState): Reply {
  const request = approvals.findBrowser(text(params, 'request') ?? '');
  if (request === undefined) return refusal('invalid_request', 'The request is not known');
  if (request.state !== 'pending') return refusal('invalid_request', 'The request has been answered already');
  approvals.decide(request, text(params, 'user') ?? '', text(params, 'decision') === 'allow');
  const { clientState, code } = request;
  const answer: Readonly<Record<string, string>> = code === undefined ? { error: 'access_denied' } : { code };
  return redirect(withQuery(request.redirectUri, { ...answer, state: clientState }));
}

function people({ instance }: DeviceRequest | BrowserRequest) {
  return [...instance.users].map(([value, email]) => ({ value, label: `${value} (${email})` }));
}

const refusal = (error: string, description: string): Reply => page(error, paragraphs(description), 400);

/** An address with more query parameters. */
export function withQuery(address: string, query: Readonly<Record<string, string>>): string {
  const url = new URL(address);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
}
