/** The browser flow of SSO OIDC: authorization code and PKCE, with a loopback redirect. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startAws, type Aws } from '../aws/emulator.ts';
import { emulatorPython } from '../aws/python.ts';
import type { SsoInstance } from '../aws/sso.ts';
import { decide, open, pkce } from './emulatorPages.ts';
import { ACCESS, oidcCalls, type Registered } from './oidcCalls.ts';

let aws: Aws;
let instance: SsoInstance;
before(async () => {
  aws = await startAws({ python: emulatorPython() });
  instance = aws.sso.addInstance({ region: 'eu-west-1' });
  instance.addUser('ana');
});
after(() => aws.dispose());

const { register, token } = oidcCalls(() => aws.endpoint);

void describe('browser flow', () => {
  const redirectUri = 'http://127.0.0.1:43210/oauth/callback';
  const browserClient = (): Promise<Registered> =>
    register({
      grantTypes: ['authorization_code', 'refresh_token'],
      redirectUris: ['http://127.0.0.1/oauth/callback'],
      issuerUrl: instance.startUrl,
    });
  const address = ({ clientId }: Registered, challenge: string, more: Record<string, string> = {}): URL => {
    const url = new URL('/authorize', aws.endpoint);
    const query = {
      response_type: 'code',
      client_id: clientId,
      redirect_uri: redirectUri,
      state: 'st',
      code_challenge: challenge,
      code_challenge_method: 'S256',
      scopes: ACCESS,
      ...more,
    };
    url.search = new URLSearchParams(query).toString();
    return url;
  };
  const authorize = async (client: Registered, challenge: string) => {
    const at = address(client, challenge);
    return decide(at, await open(at), 'ana', 'allow');
  };

  void it('redirects to any loopback port with a code that PKCE protects', async () => {
    const client = await browserClient();
    const { verifier, challenge } = pkce();
    const { location } = await authorize(client, challenge);
    assert.equal(location?.origin, 'http://127.0.0.1:43210');
    assert.equal(location?.searchParams.get('state'), 'st');
    const code = location?.searchParams.get('code') ?? '';
    const input = { grantType: 'authorization_code', code, redirectUri, codeVerifier: verifier };
    assert.ok((await token(client, input)).refreshToken);
    await assert.rejects(token(client, input), { name: 'InvalidGrantException' });
  });

  void it('refuses a wrong verifier, a late code and a denied request', async () => {
    const client = await browserClient();
    const { verifier, challenge } = pkce();
    const redeem = (code: string, codeVerifier: string) =>
      token(client, { grantType: 'authorization_code', code, redirectUri, codeVerifier });
    const code = async () => (await authorize(client, challenge)).location?.searchParams.get('code') ?? '';
    await assert.rejects(redeem(await code(), pkce().verifier), { name: 'InvalidGrantException' });
    const late = await code();
    aws.clock.advance(60_000);
    await assert.rejects(redeem(late, verifier), { name: 'InvalidGrantException' });
    const at = address(client, challenge);
    const page = await open(at);
    const { location } = await decide(at, page, 'ana', 'deny');
    assert.equal(location?.searchParams.get('error'), 'access_denied');
    assert.equal((await decide(at, page, 'ana', 'allow')).title, 'invalid_request');
  });

  void it('shows what is wrong with the request, or sends it back', async () => {
    const client = await browserClient();
    const { challenge } = pkce();
    const title = async (more: Record<string, string>) =>
      (await open(address(client, challenge, more))).title;
    const error = async (more: Record<string, string>) =>
      (await open(address(client, challenge, more))).location?.searchParams.get('error');
    assert.equal(await title({ client_id: 'x' }), 'invalid_client');
    assert.equal(await title({ redirect_uri: 'https://evil.example/' }), 'invalid_redirect_uri');
    assert.equal(await error({ code_challenge_method: 'plain' }), 'invalid_request');
    assert.equal(await error({ scopes: 'sso:other:scope' }), 'invalid_scope');
  });
});
