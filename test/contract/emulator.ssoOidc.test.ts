/** SSO OIDC of the emulator, judged by the real SDK; the page is walked as a browser walks it. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { SSOOIDCClient, StartDeviceAuthorizationCommand } from '@aws-sdk/client-sso-oidc';
import { startAws, type Aws } from '../aws/emulator.ts';
import { emulatorPython } from '../aws/python.ts';
import type { SsoInstance } from '../aws/sso.ts';
import { decide, element, open } from './emulatorPages.ts';
import { DEVICE, oidcCalls, type Registered } from './oidcCalls.ts';

let aws: Aws;
let instance: SsoInstance;
before(async () => {
  aws = await startAws({ python: emulatorPython() });
  instance = aws.sso.addInstance({
    region: 'eu-west-1',
    identityStoreId: 'd-1234567890',
    subdomain: 'acme',
  });
  instance.addUser('ana');
});
after(() => aws.dispose());
afterEach(() => {
  aws.faults.clear();
  aws.sso.timing.rotates = true;
  aws.sso.timing.reuseGraceSeconds = 0;
  aws.sso.timing.wrongRegion = 'atApproval';
});

const { register, token, poll, refresh, startDevice: start } = oidcCalls(() => aws.endpoint);
const startDevice = (client: Registered, startUrl = instance.startUrl, endpoint?: string) =>
  start(client, startUrl, endpoint);

async function signedIn() {
  const client = await register();
  const { userCode, deviceCode } = await startDevice(client);
  aws.sso.approve(userCode, 'ana');
  return { client, tokens: await poll(client, deviceCode) };
}

void describe('device flow', () => {
  void it('runs from registration through the page’s Allow to tokens', async () => {
    const client = await register();
    const started = await startDevice(client);
    assert.match(started.userCode, /^[A-Z]{4}-[A-Z]{4}$/);
    assert.deepEqual([started.expiresIn, started.interval], [600, 1]);
    await assert.rejects(poll(client, started.deviceCode), {
      name: 'AuthorizationPendingException',
      error: 'authorization_pending',
    });
    const page = await open(started.verificationUriComplete);
    assert.equal(element(page, 'user-code'), started.userCode);
    const answer = await decide(started.verificationUriComplete, page, 'ana', 'allow');
    assert.equal(answer.title, 'Request approved');
    aws.clock.advance(1000);
    const { accessToken, refreshToken, tokenType, expiresIn } = await poll(client, started.deviceCode);
    assert.ok(accessToken !== undefined && refreshToken !== undefined);
    assert.deepEqual([tokenType, expiresIn], ['Bearer', 3600]);
    await assert.rejects(poll(client, started.deviceCode), { name: 'InvalidGrantException' });
    assert.equal((await open(started.verificationUriComplete)).title, 'Request approved');
  });

  void it('asks for the code when the address has none', async () => {
    const { verificationUri = '' } = await startDevice(await register());
    assert.equal((await open(verificationUri)).title, 'Authorize request');
    assert.equal((await open(`${verificationUri}?user_code=NOPE-NOPE`)).title, 'Invalid code');
  });

  void it('slows down who polls too often, by five seconds each time', async () => {
    const client = await register();
    const { deviceCode, userCode } = await startDevice(client);
    const pending = { name: 'AuthorizationPendingException' };
    const slow = { name: 'SlowDownException', error: 'slow_down' };
    await assert.rejects(poll(client, deviceCode), pending);
    await assert.rejects(poll(client, deviceCode), slow);
    aws.clock.advance(5000);
    await assert.rejects(poll(client, deviceCode), slow);
    aws.clock.advance(11_000);
    await assert.rejects(poll(client, deviceCode), pending);
    aws.sso.approve(userCode, 'ana');
    aws.sso.slowDown(1);
    aws.clock.advance(11_000);
    await assert.rejects(poll(client, deviceCode), slow);
    await poll(client, deviceCode);
  });

  void it('tells denied and expired requests', async () => {
    const client = await register();
    const first = await startDevice(client);
    const page = await open(first.verificationUriComplete);
    assert.equal((await decide(first.verificationUriComplete, page, 'ana', 'deny')).title, 'Request denied');
    const denied = { name: 'AccessDeniedException', error: 'access_denied' };
    await assert.rejects(poll(client, first.deviceCode), denied);
    const second = await startDevice(client);
    aws.sso.denyNextApproval();
    aws.sso.approve(second.userCode, 'ana');
    await assert.rejects(poll(client, second.deviceCode), denied);
    const third = await startDevice(client);
    aws.clock.advance(600_000);
    await assert.rejects(poll(client, third.deviceCode), {
      name: 'ExpiredTokenException',
      error: 'expired_token',
    });
    assert.equal((await open(third.verificationUriComplete)).title, 'Request expired');
    const fourth = await startDevice(client);
    assert.deepEqual(aws.sso.pending(), [fourth.userCode]);
    aws.sso.expireDeviceCode(fourth.userCode);
    await assert.rejects(poll(client, fourth.deviceCode), { name: 'ExpiredTokenException' });
  });

  void it('takes every form of the start URL, and no other', async () => {
    const client = await register();
    const forms = [
      ...instance.urls,
      'https://acme.awsapps.com/start/#/?tab=accounts',
      'https://ACME.awsapps.com/start/',
    ];
    assert.ok(forms.includes('https://d-1234567890.awsapps.com/start'));
    assert.ok(forms.includes(`https://identitycenter.amazonaws.com/${instance.id}`));
    for (const form of forms) await startDevice(client, form);
    await assert.rejects(startDevice(client, 'https://other.awsapps.com/start'), {
      name: 'InvalidRequestException',
      error: 'invalid_request',
    });
    const china = aws.sso.addInstance({ region: 'cn-north-1', identityStoreId: 'd-cccccccccc' });
    assert.equal(china.startUrl, 'https://start.home.awsapps.cn/directory/d-cccccccccc');
    const gov = aws.sso.addInstance({ region: 'us-gov-west-1', identityStoreId: 'd-dddddddddd' });
    assert.equal(gov.startUrl, 'https://start.us-gov-home.awsapps.com/directory/d-dddddddddd');
  });

  void it('fails in another region as AWS does: on Allow, or at the start', async () => {
    const client = await register();
    const elsewhere = aws.sso.endpoint('us-east-1');
    const started = await startDevice(client, instance.startUrl, elsewhere);
    const page = await open(started.verificationUriComplete);
    const refused = await decide(started.verificationUriComplete, page, 'ana', 'allow');
    assert.equal(refused.title, 'invalid_grant');
    await assert.rejects(poll(client, started.deviceCode), { name: 'AuthorizationPendingException' });
    aws.sso.timing.wrongRegion = 'atStart';
    await assert.rejects(startDevice(client, instance.startUrl, elsewhere), {
      name: 'InvalidRequestException',
    });
    const tells = new SSOOIDCClient({
      endpoint: aws.endpoint,
      region: 'us-east-1',
      maxAttempts: 1,
      customUserAgent: [['md/region', 'us-east-1']],
    });
    const asked = new StartDeviceAuthorizationCommand({ ...client, startUrl: instance.startUrl });
    await assert.rejects(tells.send(asked), { name: 'InvalidRequestException' });
    await startDevice(client, instance.startUrl, aws.sso.endpoint('eu-west-1'));
  });
});

void describe('refresh', () => {
  void it('rotates, and a token used twice ends the whole family', async () => {
    const { client, tokens } = await signedIn();
    aws.sso.clearCounts();
    const second = await refresh(client, tokens.refreshToken);
    assert.notEqual(second.refreshToken, tokens.refreshToken);
    await assert.rejects(refresh(client, tokens.refreshToken), {
      name: 'InvalidGrantException',
      error: 'invalid_grant',
    });
    await assert.rejects(refresh(client, second.refreshToken), { name: 'InvalidGrantException' });
    assert.deepEqual([aws.sso.counts.refreshes, aws.sso.counts.refreshesRefused], [3, 2]);
  });

  void it('can forgive a lost answer, or not rotate at all', async () => {
    const { client, tokens } = await signedIn();
    aws.sso.timing.reuseGraceSeconds = 30;
    aws.faults.add({ kind: 'lostAnswer', service: 'sso-oidc', action: 'CreateToken', times: 1 });
    await assert.rejects(refresh(client, tokens.refreshToken), { code: 'ECONNRESET' });
    const again = await refresh(client, tokens.refreshToken);
    aws.sso.timing.rotates = false;
    assert.equal((await refresh(client, again.refreshToken)).refreshToken, undefined);
    await refresh(client, again.refreshToken);
  });

  void it('ends with the session, when revoked or over', async () => {
    const first = await signedIn();
    instance.revokeSessions('ana');
    const over = { name: 'InvalidGrantException' };
    await assert.rejects(refresh(first.client, first.tokens.refreshToken), over);
    const second = await signedIn();
    aws.clock.advance(28_800_000);
    await assert.rejects(refresh(second.client, second.tokens.refreshToken), over);
    const third = await signedIn();
    await assert.rejects(refresh(await register(), third.tokens.refreshToken), over);
  });

  void it('is not offered without the scope', async () => {
    const client = await register({ scopes: [] });
    const { userCode, deviceCode } = await startDevice(client);
    aws.sso.approve(userCode, 'ana');
    assert.equal((await poll(client, deviceCode)).refreshToken, undefined);
  });
});

void describe('refusals', () => {
  void it('knows bad, expired and forgotten clients', async () => {
    const client = await register();
    const rejected = (each: Registered) =>
      assert.rejects(startDevice(each), (error: { name: string; $metadata: { httpStatusCode: number } }) => {
        assert.deepEqual([error.name, error.$metadata.httpStatusCode], ['InvalidClientException', 401]);
        return true;
      });
    await rejected({ ...client, clientSecret: 'wrong' });
    aws.clock.advance(90 * 86_400_000);
    await rejected(client);
    const forgotten = await register();
    aws.sso.forgetClients();
    await rejected(forgotten);
  });

  void it('names what is wrong with a registration', async () => {
    await assert.rejects(register({ clientType: 'confidential' }), {
      name: 'InvalidClientMetadataException',
    });
    await assert.rejects(register({ scopes: ['NO SCOPE'] }), { name: 'InvalidScopeException' });
    await assert.rejects(register({ grantTypes: ['password'] }), { name: 'UnsupportedGrantTypeException' });
    await assert.rejects(register({ grantTypes: ['authorization_code'] }), {
      name: 'InvalidRequestException',
    });
    await assert.rejects(register({ redirectUris: ['https://evil.example/'] }), {
      name: 'InvalidRedirectUriException',
    });
  });

  void it('names what is wrong with a token request', async () => {
    const client = await register();
    await assert.rejects(token(client, { grantType: 'password' }), { name: 'UnsupportedGrantTypeException' });
    await assert.rejects(token(client, { grantType: 'authorization_code', code: 'x' }), {
      name: 'UnauthorizedClientException',
      error: 'unauthorized_client',
    });
    await assert.rejects(token(client, { grantType: DEVICE }), { name: 'InvalidRequestException' });
    await assert.rejects(poll(client, 'unknown'), { name: 'InvalidGrantException' });
    await assert.rejects(
      token(client, { grantType: 'refresh_token', refreshToken: 'x', scope: ['sso:other:scope'] }),
      { name: 'InvalidScopeException' },
    );
  });

  void it('words faults as the service does, and logs no secrets', async () => {
    const { client, tokens } = await signedIn();
    const fault = async (kind: 'serverError' | 'throttle' | 'accessDenied') => {
      aws.faults.add({ kind, service: 'sso-oidc', action: 'CreateToken', times: 1 });
      return refresh(client, tokens.refreshToken).then(
        () => 'none',
        (error: Error) => error.name,
      );
    };
    assert.equal(await fault('serverError'), 'InternalServerException');
    assert.equal(await fault('throttle'), 'TooManyRequestsException');
    assert.equal(await fault('accessDenied'), 'AccessDeniedException');
    const { refreshToken } = await refresh(client, tokens.refreshToken);
    assert.ok(aws.sso.secrets().includes(refreshToken ?? ''));
    const logged = JSON.stringify(aws.calls());
    for (const secret of aws.sso.secrets()) assert.ok(!logged.includes(secret));
    assert.ok(aws.calls().some(({ service, action }) => service === 'sso-oidc' && action === 'CreateToken'));
  });
});
