/** The SSO portal of the emulator, judged by the real SDK. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import {
  GetRoleCredentialsCommand,
  ListAccountRolesCommand,
  ListAccountsCommand,
  LogoutCommand,
  SSOClient,
  paginateListAccounts,
} from '@aws-sdk/client-sso';
import {
  CreateTokenCommand,
  RegisterClientCommand,
  SSOOIDCClient,
  StartDeviceAuthorizationCommand,
} from '@aws-sdk/client-sso-oidc';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { ACCOUNTS, startAws, type Aws } from '../aws/emulator.ts';
import * as probes from '../aws/probes.ts';
import { emulatorPython } from '../aws/python.ts';
import type { SsoInstance } from '../aws/sso.ts';
import { addLargeOrganization } from '../aws/ssoFixture.ts';

const { tools, dev, prod } = ACCOUNTS;

let aws: Aws;
let instance: SsoInstance;
before(async () => {
  aws = await startAws({ python: emulatorPython() });
  instance = aws.sso.addInstance({ region: 'eu-west-1' });
  instance.addUser('ana@example.com');
  instance.addPermissionSet('Admin', { sessionSeconds: 7200 });
  instance.addPermissionSet('Nothing', { policies: 'none' });
  const user = 'ana@example.com';
  instance.assign({ user, accountId: dev, permissionSet: 'Admin' });
  instance.assign({ user, accountId: dev, permissionSet: 'Nothing' });
  instance.assign({ user, accountId: tools, permissionSet: 'Admin' });
});
after(() => aws.dispose());
afterEach(() => {
  aws.faults.clear();
  aws.sso.timing.requestsPerSecond = 20;
});

const portal = (endpoint = aws.endpoint, maxAttempts = 1): SSOClient =>
  new SSOClient({ endpoint, region: 'eu-west-1', maxAttempts });

async function signIn(user = 'ana@example.com', { startUrl } = instance): Promise<string> {
  const oidc = new SSOOIDCClient({ endpoint: aws.endpoint, region: 'eu-west-1' });
  const { clientId, clientSecret } = await oidc.send(
    new RegisterClientCommand({
      clientName: 'Stage Providers',
      clientType: 'public',
      scopes: ['sso:account:access'],
    }),
  );
  const client = { clientId, clientSecret };
  const { deviceCode, userCode = '' } = await oidc.send(
    new StartDeviceAuthorizationCommand({ ...client, startUrl }),
  );
  aws.sso.approve(userCode, user);
  const grantType = 'urn:ietf:params:oauth:grant-type:device_code';
  const { accessToken = '' } = await oidc.send(new CreateTokenCommand({ ...client, grantType, deviceCode }));
  return accessToken;
}

async function credentials(accessToken: string, accountId: string, roleName: string) {
  const asked = new GetRoleCredentialsCommand({ accessToken, accountId, roleName });
  const {
    accessKeyId = '',
    secretAccessKey = '',
    sessionToken = '',
    expiration = 0,
  } = (await portal().send(asked)).roleCredentials ?? {};
  return { accessKeyId, secretAccessKey, sessionToken, expiration: new Date(expiration) };
}

void describe('accounts and roles', () => {
  void it('lists what is assigned, and nothing else', async () => {
    const accessToken = await signIn();
    const { accountList } = await portal().send(new ListAccountsCommand({ accessToken }));
    assert.deepEqual(
      accountList?.map(({ accountId, accountName }) => [accountId, accountName]),
      [
        [tools, 'tools'],
        [dev, 'dev'],
      ],
    );
    const { roleList } = await portal().send(new ListAccountRolesCommand({ accessToken, accountId: dev }));
    assert.deepEqual(roleList, [
      { roleName: 'Admin', accountId: dev },
      { roleName: 'Nothing', accountId: dev },
    ]);
  });

  void it('pages through 300 accounts and slows down who asks too fast', async () => {
    const large = aws.sso.addInstance();
    const ids = addLargeOrganization(aws, large, { user: 'eve' });
    const accessToken = await signIn('eve', large);
    const seen: string[] = [];
    let pages = 0;
    for await (const page of paginateListAccounts({ client: portal(), pageSize: 100 }, { accessToken })) {
      pages += 1;
      seen.push(...(page.accountList ?? []).map(({ accountId = '' }) => accountId));
    }
    assert.deepEqual([pages, seen], [3, ids.toSorted()]);
    const ask = (accountId: string, attempts = 1) =>
      portal(aws.endpoint, attempts).send(new ListAccountRolesCommand({ accessToken, accountId }));
    assert.equal(aws.sso.timing.requestsPerSecond, 20);
    aws.sso.timing.requestsPerSecond = 2;
    await assert.rejects(
      Promise.all(ids.slice(0, 20).map((id) => ask(id))),
      (error: { name: string; $metadata: { httpStatusCode: number } }) =>
        error.name === 'TooManyRequestsException' && error.$metadata.httpStatusCode === 429,
    );
    aws.clock.advance(1000);
    assert.equal((await ask(ids[0] ?? '', 3)).roleList?.length, 4);
  });
});

void describe('role credentials', () => {
  void it('work as the role’s session, named as AWS names it, as long as the set says', async () => {
    const session = await credentials(await signIn(), dev, 'Admin');
    const { Arn = '', Account } = await probes.whoAmI(aws.endpoint, session);
    assert.equal(Account, dev);
    assert.match(Arn, /^arn:aws:sts::\d+:assumed-role\/AWSReservedSSO_Admin_[0-9a-f]{16}\/ana@example\.com$/);
    assert.ok(Math.abs(session.expiration.getTime() - Date.now() - 7_200_000) < 10_000);
    const roleArn = await instance.roleArn(dev, 'Admin');
    assert.match(
      roleArn,
      /:role\/aws-reserved\/sso\.amazonaws\.com\/eu-west-1\/AWSReservedSSO_Admin_[0-9a-f]{16}$/,
    );
    aws.clock.advance(7_200_000);
    await assert.rejects(probes.whoAmI(aws.endpoint, session), { name: 'ExpiredToken' });
  });

  void it('have no region in the path in us-east-1, and only the set’s permissions', async () => {
    const home = aws.sso.addInstance();
    home.addUser('bob');
    home.addPermissionSet('Nothing', { policies: 'none' });
    home.assign({ user: 'bob', accountId: prod, permissionSet: 'Nothing' });
    assert.match(
      await home.roleArn(prod, 'Nothing'),
      /:role\/aws-reserved\/sso\.amazonaws\.com\/AWSReservedSSO_Nothing_[0-9a-f]{16}$/,
    );
    const session = await credentials(await signIn('bob', home), prod, 'Nothing');
    await assert.rejects(probes.reads(aws.endpoint, session).cloudformation(), { name: 'AccessDenied' });
  });

  void it('can assume another role for one hour at most', async () => {
    const session = await credentials(await signIn(), tools, 'Admin');
    const role = await aws.createRole(tools, 'deploy', {
      trust: {
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${tools}:root` },
          Action: 'sts:AssumeRole',
          Condition: {
            ArnLike: {
              'aws:PrincipalArn': `arn:aws:iam::${tools}:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Admin_????????????????`,
            },
          },
        },
      },
      maxSessionSeconds: 7200,
    });
    const assume = (DurationSeconds: number) =>
      probes
        .sts(aws.endpoint, session)
        .send(new AssumeRoleCommand({ RoleArn: role, RoleSessionName: 'work', DurationSeconds }));
    await assume(3600);
    await assert.rejects(assume(7200), { name: 'ValidationError' });
  });
});

void describe('refusals', () => {
  void it('tells a missing assignment (403) from a dead token (401)', async () => {
    const accessToken = await signIn();
    const forbidden = { name: 'ForbiddenException', message: 'No access' };
    await assert.rejects(credentials(accessToken, prod, 'Admin'), forbidden);
    await assert.rejects(credentials(accessToken, dev, 'Other'), forbidden);
    await assert.rejects(
      portal().send(new ListAccountRolesCommand({ accessToken, accountId: prod })),
      forbidden,
    );
    const taken = { user: 'ana@example.com', accountId: dev, permissionSet: 'Nothing' };
    instance.unassign(taken);
    await assert.rejects(credentials(accessToken, dev, 'Nothing'), forbidden);
    instance.assign(taken);
    const dead = { name: 'UnauthorizedException', message: 'Session token not found or invalid' };
    await assert.rejects(credentials('unknown', dev, 'Admin'), dead);
    await assert.rejects(
      portal(aws.sso.endpoint('us-east-1')).send(new ListAccountsCommand({ accessToken })),
      dead,
    );
    await portal(aws.sso.endpoint('eu-west-1')).send(new ListAccountsCommand({ accessToken }));
    aws.clock.advance(3_600_000);
    await assert.rejects(credentials(accessToken, dev, 'Admin'), dead);
  });

  void it('ends the session at logout, but not role sessions already issued', async () => {
    const accessToken = await signIn();
    const session = await credentials(accessToken, dev, 'Admin');
    await portal().send(new LogoutCommand({ accessToken }));
    await assert.rejects(credentials(accessToken, dev, 'Admin'), { name: 'UnauthorizedException' });
    await probes.whoAmI(aws.endpoint, session);
  });

  void it('refuses malformed requests and words faults as the service does', async () => {
    const accessToken = await signIn();
    await assert.rejects(portal().send(new ListAccountsCommand({ accessToken, maxResults: 101 })), {
      name: 'InvalidRequestException',
    });
    await assert.rejects(portal().send(new ListAccountsCommand({ accessToken, nextToken: 'bm9uZQ' })), {
      name: 'InvalidRequestException',
    });
    aws.faults.add({ kind: 'accessDenied', service: 'sso', accountId: dev });
    await assert.rejects(credentials(accessToken, dev, 'Admin'), { name: 'ForbiddenException' });
    await credentials(accessToken, tools, 'Admin');
    aws.faults.add({ kind: 'throttle', service: 'sso', action: 'ListAccounts', times: 1 });
    await assert.rejects(portal().send(new ListAccountsCommand({ accessToken })), {
      name: 'TooManyRequestsException',
    });
    const logged = JSON.stringify(aws.calls());
    for (const { secretAccessKey, sessionToken } of aws.issued())
      assert.ok(!logged.includes(secretAccessKey) && !logged.includes(sessionToken));
    assert.ok(!logged.includes(accessToken));
  });
});
