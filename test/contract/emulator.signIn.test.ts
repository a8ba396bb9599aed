/** Console sign-in and federation of the emulator, judged by the SDK's own sign-in client; proofs are made with jose. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, describe, it } from 'node:test';
import { DeleteUserPolicyCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetFederationTokenCommand } from '@aws-sdk/client-sts';
import { CreateOAuth2TokenCommand, SigninClient } from '@aws-sdk/nested-clients/signin';
import { decodeJwt, exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { ACCOUNTS, startAws, type Aws, type UserKeys } from '../aws/emulator.ts';
import type { PolicyDocument } from '../aws/policy.ts';
import * as probes from '../aws/probes.ts';
import { emulatorPython } from '../aws/python.ts';
import { decide, element, open, pkce } from './emulatorPages.ts';

const { tools, dev } = ACCOUNTS;
const SAME = 'arn:aws:signin:::devtools/same-device';
const CROSS = 'arn:aws:signin:::devtools/cross-device';
const REDIRECT = 'http://127.0.0.1:43210/oauth/callback';

let aws: Aws;
let ana: UserKeys;
let key: Key;
before(async () => {
  aws = await startAws({ python: emulatorPython() });
  ana = await aws.createUser(tools, 'ana');
  key = await newKey();
});
after(() => aws.dispose());
afterEach(() => aws.faults.clear());

interface Key {
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

async function newKey(): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  return { privateKey, jwk: await exportJWK(publicKey) };
}

interface Proof {
  readonly key?: Key;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly typ?: string;
  readonly jti?: string;
}

async function prove({
  key: with_ = key,
  claims = {},
  typ = 'dpop+jwt',
  jti = randomUUID(),
}: Proof): Promise<string> {
  return new SignJWT({ jti, htm: 'POST', htu: `${aws.endpoint}/v1/token`, ...claims })
    .setProtectedHeader({ alg: 'ES256', typ, jwk: with_.jwk })
    .setIssuedAt()
    .sign(with_.privateKey);
}

type TokenInput = ConstructorParameters<typeof CreateOAuth2TokenCommand>[0]['tokenInput'];

async function token(tokenInput: TokenInput, proof: Proof | 'none' = {}) {
  const client = new SigninClient({ endpoint: aws.endpoint, region: 'us-east-1', maxAttempts: 1 });
  if (proof !== 'none') {
    const made = await prove(proof);
    client.middlewareStack.add(
      (next) => (args) => {
        (args.request as { headers: Record<string, string> }).headers['DPoP'] = made;
        return next(args);
      },
      { step: 'build', name: 'proof' },
    );
  }
  const { tokenOutput } = await client.send(new CreateOAuth2TokenCommand({ tokenInput }));
  assert.ok(tokenOutput?.accessToken !== undefined);
  const { accessKeyId = '', secretAccessKey = '', sessionToken = '' } = tokenOutput.accessToken;
  const { refreshToken = '', expiresIn, idToken } = tokenOutput;
  return { credentials: { accessKeyId, secretAccessKey, sessionToken }, refreshToken, expiresIn, idToken };
}

function address(challenge: string, more: Readonly<Record<string, string>> = {}): URL {
  const url = new URL('/v1/authorize', aws.endpoint);
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: SAME,
    state: 'st',
    code_challenge_method: 'SHA-256',
    scope: 'openid',
    redirect_uri: REDIRECT,
    code_challenge: challenge,
    ...more,
  }).toString();
  return url;
}

async function authorize(arn: string): Promise<{ readonly code: string; readonly codeVerifier: string }> {
  const { verifier, challenge } = pkce();
  const at = address(challenge);
  const { location } = await decide(at, await open(at), arn, 'allow');
  assert.equal(location?.searchParams.get('state'), 'st');
  return { code: location?.searchParams.get('code') ?? '', codeVerifier: verifier };
}

const redeem = (input: { readonly code: string; readonly codeVerifier: string }, proof?: Proof | 'none') =>
  token({ clientId: SAME, grantType: 'authorization_code', redirectUri: REDIRECT, ...input }, proof);
const refresh = (refreshToken: string, proof?: Proof) =>
  token({ clientId: SAME, grantType: 'refresh_token', refreshToken }, proof);
const signIn = async (arn: string) => redeem(await authorize(arn));

const refused = (name: string, error: string) => ({ name, error });
const INVALID = refused('ValidationException', 'INVALID_REQUEST');

void describe('console sign-in', () => {
  void it('gives credentials that work as the user, and refresh up to twelve hours', async () => {
    const first = await signIn(ana.arn);
    assert.equal(first.expiresIn, 900);
    assert.equal(decodeJwt(first.idToken ?? '').sub, ana.arn);
    assert.equal((await probes.whoAmI(aws.endpoint, first.credentials)).Arn, ana.arn);
    aws.clock.advance(900_000);
    await assert.rejects(probes.whoAmI(aws.endpoint, first.credentials), { name: 'ExpiredToken' });
    const second = await refresh(first.refreshToken);
    assert.equal(second.idToken, undefined);
    assert.equal((await probes.whoAmI(aws.endpoint, second.credentials)).Arn, ana.arn);
    await refresh(first.refreshToken);
    aws.clock.advance(12 * 3_600_000);
    await assert.rejects(refresh(second.refreshToken), refused('AccessDeniedException', 'TOKEN_EXPIRED'));
  });

  void it('serves role sessions and root, who may not assume roles', async () => {
    await aws.roleSession(dev, 'worker');
    const arn = await aws.signIn.addRoleSession(dev, 'worker', 'eve');
    assert.equal((await probes.whoAmI(aws.endpoint, (await signIn(arn)).credentials)).Arn, arn);
    const root = await signIn(`arn:aws:iam::${tools}:root`);
    assert.equal((await probes.whoAmI(aws.endpoint, root.credentials)).Arn, `arn:aws:iam::${tools}:root`);
    const asked = new AssumeRoleCommand({
      RoleArn: `arn:aws:iam::${dev}:role/worker`,
      RoleSessionName: 'work',
    });
    await assert.rejects(probes.sts(aws.endpoint, root.credentials).send(asked), {
      name: 'AccessDenied',
      message: 'Roles may not be assumed by root accounts.',
    });
  });

  void it('shows a code to copy when the browser is on another device', async () => {
    const { verifier, challenge } = pkce();
    const redirect = 'https://us-east-1.signin.aws.amazon.com/v1/sessions/confirmation';
    const at = address(challenge, { client_id: CROSS, redirect_uri: redirect });
    const { location } = await decide(at, await open(at), ana.arn, 'allow');
    assert.equal(location?.origin, aws.endpoint);
    const pasted = element(await open(location ?? ''), 'authorization-code') ?? '';
    const parsed = new URLSearchParams(Buffer.from(pasted, 'base64').toString());
    assert.equal(parsed.get('state'), 'st');
    const code = parsed.get('code') ?? '';
    await token({
      clientId: CROSS,
      grantType: 'authorization_code',
      code,
      codeVerifier: verifier,
      redirectUri: redirect,
    });
  });

  void it('wants the code’s own verifier and redirect, once, in time', async () => {
    const mixed = { ...(await authorize(ana.arn)), codeVerifier: pkce().verifier };
    await assert.rejects(redeem(mixed), INVALID);
    const used = await authorize(ana.arn);
    await redeem(used);
    await assert.rejects(redeem(used), INVALID);
    const late = await authorize(ana.arn);
    aws.signIn.expireCodes();
    await assert.rejects(redeem(late), refused('AccessDeniedException', 'AUTHCODE_EXPIRED'));
  });

  void it('wants a good proof, and the same key at every refresh', async () => {
    const good = await authorize(ana.arn);
    await assert.rejects(redeem(good, 'none'), INVALID);
    await assert.rejects(redeem(good, { typ: 'JWT' }), INVALID);
    await assert.rejects(redeem(good, { claims: { htu: 'https://example.com/v1/token' } }), INVALID);
    await assert.rejects(redeem(good, { claims: { htm: 'GET' } }), INVALID);
    const other = await newKey();
    await assert.rejects(redeem(good, { key: { ...other, jwk: key.jwk } }), INVALID);
    const jti = randomUUID();
    const { refreshToken } = await redeem(good, { jti });
    await assert.rejects(refresh(refreshToken, { jti }), INVALID);
    await assert.rejects(refresh(refreshToken, { key: other }), INVALID);
    await refresh(refreshToken);
  });

  void it('tells changed credentials, missing permissions and an ended session', async () => {
    const permitted: PolicyDocument = {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 'signin:*', Resource: '*' },
    };
    const eve = await aws.createUser(tools, 'eve', { policies: permitted });
    const iam = new IAMClient(aws.sdkConfig(tools));
    const nobody = await aws.createUser(tools, 'nobody', { policies: 'none' });
    const { challenge } = pkce();
    const at = address(challenge);
    assert.equal((await decide(at, await open(at), nobody.arn, 'allow')).title, 'Access denied');
    const first = await signIn(eve.arn);
    const own = { UserName: 'eve', PolicyName: 'own' };
    await iam.send(new DeleteUserPolicyCommand(own));
    const insufficient = refused('AccessDeniedException', 'INSUFFICIENT_PERMISSIONS');
    await assert.rejects(refresh(first.refreshToken), insufficient);
    await iam.send(new PutUserPolicyCommand({ ...own, PolicyDocument: JSON.stringify(permitted) }));
    await refresh(first.refreshToken);
    aws.signIn.changePassword(eve.arn);
    const changed = refused('AccessDeniedException', 'USER_CREDENTIALS_CHANGED');
    await assert.rejects(refresh(first.refreshToken), changed);
    aws.clock.advance(1000);
    const second = await signIn(eve.arn);
    aws.signIn.end(eve.arn);
    const over = refused('AccessDeniedException', 'TOKEN_EXPIRED');
    await assert.rejects(refresh(second.refreshToken), over);
  });

  void it('refuses wrong requests on the page, and a denied one goes back', async () => {
    const { challenge } = pkce();
    const title = async (more: Readonly<Record<string, string>>) =>
      (await open(address(challenge, more))).title;
    assert.equal(await title({ redirect_uri: 'https://evil.example/oauth/callback' }), 'Invalid request');
    assert.equal(await title({ client_id: CROSS }), 'Invalid request');
    assert.equal(await title({ code_challenge_method: 'S256' }), 'Invalid request');
    const at = address(challenge);
    const { location } = await decide(at, await open(at), ana.arn, 'deny');
    assert.equal(location?.searchParams.get('error'), 'access_denied');
  });

  void it('words faults as the service does, and logs no secrets', async () => {
    const { refreshToken } = await signIn(ana.arn);
    aws.faults.add({ kind: 'throttle', service: 'signin', times: 1 });
    await assert.rejects(refresh(refreshToken), refused('TooManyRequestsError', 'rate_exceeded'));
    aws.faults.add({ kind: 'serverError', service: 'signin', times: 1 });
    await assert.rejects(refresh(refreshToken), refused('InternalServerException', 'server_error'));
    const logged = JSON.stringify(aws.calls());
    for (const secret of aws.signIn.secrets()) assert.ok(!logged.includes(secret));
  });
});

void describe('federation', () => {
  interface Session {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  }
  const getSigninToken = async (session: Session, more: Readonly<Record<string, string>> = {}) => {
    const { accessKeyId: sessionId, secretAccessKey: sessionKey, sessionToken } = session;
    const query = {
      Action: 'getSigninToken',
      Session: JSON.stringify({ sessionId, sessionKey, sessionToken }),
      ...more,
    };
    const response = await fetch(`${aws.endpoint}/federation?${new URLSearchParams(query)}`);
    return response.ok ? ((await response.json()) as { SigninToken: string }).SigninToken : response.status;
  };

  void it('opens the console as the role', async () => {
    const session = await aws.roleSession(dev, 'worker');
    const SigninToken = String(await getSigninToken(session, { SessionDuration: '43200' }));
    const Destination = 'https://eu-west-1.console.aws.amazon.com/cloudformation/home';
    const query = new URLSearchParams({ Action: 'login', Issuer: 'us', Destination, SigninToken });
    const { location } = await open(`${aws.endpoint}/federation?${query}`);
    assert.equal(element(await open(location ?? ''), 'who'), session.arn);
    assert.deepEqual(aws.federation.visits, [{ arn: session.arn, destination: Destination, issuer: 'us' }]);
    query.set('Destination', 'https://evil.example/');
    assert.equal((await open(`${aws.endpoint}/federation?${query}`)).status, 400);
    assert.ok(!JSON.stringify(aws.calls()).includes(SigninToken));
    assert.ok(!JSON.stringify(aws.calls()).includes(session.secretAccessKey));
  });

  void it('refuses plain keys and user sessions, and a duration for chained or federated ones', async () => {
    assert.equal(await getSigninToken(ana), 400);
    assert.equal(await getSigninToken((await signIn(ana.arn)).credentials), 400);
    const session = await aws.roleSession(dev, 'worker');
    const role = await aws.createRole(dev, 'chained', {
      trust: {
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${dev}:root` },
          Action: 'sts:AssumeRole',
        },
      },
    });
    const { Credentials: chained } = await probes
      .sts(aws.endpoint, session)
      .send(new AssumeRoleCommand({ RoleArn: role, RoleSessionName: 'work' }));
    const { Credentials: federated } = await probes
      .sts(aws.endpoint, ana)
      .send(new GetFederationTokenCommand({ Name: 'ana' }));
    for (const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } of [
      chained ?? {},
      federated ?? {},
    ]) {
      const each = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
      assert.equal(await getSigninToken(each, { SessionDuration: '3600' }), 400);
      assert.equal(typeof (await getSigninToken(each)), 'string');
    }
    aws.clock.advance(3_600_000);
    assert.equal(await getSigninToken(session), 400);
  });
});
