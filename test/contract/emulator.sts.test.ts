/** STS of the emulator, judged by the real SDK. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteUserCommand,
  GetRoleCommand,
  IAMClient,
  ListUsersCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  GetFederationTokenCommand,
  GetSessionTokenCommand,
  STSClient,
  type AssumeRoleCommandInput,
  type GetSessionTokenCommandOutput,
} from '@aws-sdk/client-sts';
import { ACCOUNTS, startAws, type Aws, type UserKeys } from '../aws/emulator.ts';
import type { PolicyDocument, Statement } from '../aws/policy.ts';
import { emulatorPython } from '../aws/python.ts';

const { tools, dev } = ACCOUNTS;
const AWS_DENIED =
  /^User: arn:aws:\S+ is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::/;

let aws: Aws;
let ana: UserKeys;
before(async () => {
  aws = await startAws({ python: emulatorPython(), propagationSeconds: 5 });
  ana = await aws.createUser(tools, 'ana');
});
after(() => aws.dispose());

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

const trust = (principal: string, Condition?: Statement['Condition']): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { AWS: principal },
      Action: 'sts:AssumeRole',
      ...(Condition === undefined ? {} : { Condition }),
    },
  ],
});
const sts = (credentials: Credentials): STSClient =>
  new STSClient({ endpoint: aws.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
const iam = (credentials: Credentials): IAMClient =>
  new IAMClient({ endpoint: aws.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
const whoAmI = (credentials: Credentials) => sts(credentials).send(new GetCallerIdentityCommand({}));

async function assume(
  caller: Credentials,
  RoleArn: string,
  more: Partial<AssumeRoleCommandInput> = {},
): Promise<Required<Credentials>> {
  const { Credentials } = await sts(caller).send(
    new AssumeRoleCommand({ RoleArn, RoleSessionName: 'work', ...more }),
  );
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}

void describe('who is calling', () => {
  void it('tells user, root and role session apart, each in its account', async () => {
    const { Arn, Account, UserId } = await whoAmI(ana);
    assert.deepEqual([Arn, Account, UserId], ['arn:aws:iam::111122223333:user/ana', tools, ana.userId]);
    assert.match(ana.userId, /^AIDA[A-Z2-7]{17}$/);
    assert.equal((await whoAmI(aws.rootKey(dev))).Arn, `arn:aws:iam::${dev}:root`);
    const session = await aws.roleSession(dev, 'AWSReservedSSO_Dev_0123456789abcdef', {
      path: '/aws-reserved/sso.amazonaws.com/',
      sessionName: 'ana@example.com',
    });
    const who = await whoAmI(session);
    assert.equal(
      who.Arn,
      `arn:aws:sts::${dev}:assumed-role/AWSReservedSSO_Dev_0123456789abcdef/ana@example.com`,
    );
    assert.match(who.UserId ?? '', /^AROA\w+:ana@example\.com$/);
  });

  void it('knows accounts added later', async () => {
    aws.addAccount('999900001111', 'sandbox');
    const user = await aws.createUser('999900001111', 'eve');
    assert.equal((await whoAmI(user)).Account, '999900001111');
  });
});

void describe('AssumeRole', () => {
  void it('lets the named user in with the ExternalId and only with it; later calls land in the role’s account', async () => {
    const role = await aws.createRole(dev, 'deploy', {
      trust: trust(ana.arn, { StringEquals: { 'sts:ExternalId': 'secret-1' } }),
    });
    const session = await assume(ana, role, { ExternalId: 'secret-1' });
    assert.match(session.accessKeyId, /^ASIA/);
    const { Arn, Account } = await whoAmI(session);
    assert.deepEqual([Arn, Account], [`arn:aws:sts::${dev}:assumed-role/deploy/work`, dev]);
    await iam(session).send(new CreateUserCommand({ UserName: 'made-by-session' }));
    const users = async (account: string) =>
      (await new IAMClient(aws.sdkConfig(account)).send(new ListUsersCommand({}))).Users?.map(
        ({ UserName }) => UserName,
      );
    assert.ok((await users(dev))?.includes('made-by-session'));
    assert.ok(!(await users(tools))?.includes('made-by-session'));
    for (const ExternalId of [undefined, 'secret-2']) {
      const given = ExternalId === undefined ? {} : { ExternalId };
      await assert.rejects(assume(ana, role, given), { name: 'AccessDenied', message: AWS_DENIED });
    }
  });

  void it('across accounts needs both sides, in one account a named principal suffices', async () => {
    const powerless = await aws.createUser(tools, 'powerless', { policies: 'none' });
    const near = await aws.createRole(tools, 'near', { trust: trust(powerless.arn) });
    const far = await aws.createRole(dev, 'far', { trust: trust(powerless.arn) });
    const nearByAccount = await aws.createRole(tools, 'near-root', {
      trust: trust(`arn:aws:iam::${tools}:root`),
    });
    await assume(powerless, near);
    await assert.rejects(assume(powerless, far), { name: 'AccessDenied', message: AWS_DENIED });
    await assert.rejects(assume(powerless, nearByAccount), { name: 'AccessDenied' });
    await assume(ana, nearByAccount);
    const denied = await aws.createUser(tools, 'denied', {
      policies: { Statement: { Effect: 'Deny', Action: 'sts:AssumeRole', Resource: '*' } },
    });
    const named = await aws.createRole(tools, 'near-denied', { trust: trust(denied.arn) });
    await assert.rejects(assume(denied, named), { name: 'AccessDenied' });
  });

  void it('sees a role session as its role, path included', async () => {
    const sso = await aws.roleSession(tools, 'AWSReservedSSO_Ops_0123456789abcdef', {
      path: '/aws-reserved/sso.amazonaws.com/eu-west-1/',
      sessionName: 'ana',
    });
    const pattern = (path: string) =>
      trust(`arn:aws:iam::${tools}:root`, {
        ArnLike: {
          'aws:PrincipalArn': `arn:aws:iam::${tools}:role/${path}AWSReservedSSO_Ops_????????????????`,
        },
        StringLike: { 'aws:userid': '*:ana' },
      });
    const role = await aws.createRole(dev, 'by-pattern', {
      trust: pattern('aws-reserved/sso.amazonaws.com/*/'),
    });
    const wrongPath = await aws.createRole(dev, 'by-wrong-pattern', { trust: pattern('') });
    await assume(sso, role);
    await assert.rejects(assume(sso, wrongPath), { name: 'AccessDenied' });
  });

  void it('refuses root', async () => {
    const role = await aws.createRole(tools, 'for-root', { trust: trust(`arn:aws:iam::${tools}:root`) });
    await assert.rejects(assume(aws.rootKey(tools), role), {
      name: 'AccessDenied',
      message: 'Roles may not be assumed by root accounts.',
    });
  });

  void it('refuses a role that does not exist as it refuses a stranger', async () => {
    await assert.rejects(assume(ana, `arn:aws:iam::${dev}:role/nobody`), {
      name: 'AccessDenied',
      message: AWS_DENIED,
    });
  });

  void it('limits the duration: role maximum, one hour when chained', async () => {
    const role = await aws.createRole(tools, 'long', { trust: trust(ana.arn), maxSessionSeconds: 7200 });
    await assume(ana, role, { DurationSeconds: 7200 });
    await assert.rejects(assume(ana, role, { DurationSeconds: 7201 }), {
      name: 'ValidationError',
      message: 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    });
    await assert.rejects(assume(ana, role, { DurationSeconds: 60 }), { name: 'ValidationError' });
    const chained = await aws.createRole(dev, 'chained', { trust: trust(role), maxSessionSeconds: 43_200 });
    const first = await assume(ana, role);
    await assume(first, chained, { DurationSeconds: 3600 });
    await assert.rejects(assume(first, chained, { DurationSeconds: 3601 }), {
      name: 'ValidationError',
      message:
        'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    });
  });

  void it('checks the format of session name and ExternalId', async () => {
    const role = await aws.createRole(tools, 'format', { trust: trust(ana.arn) });
    const bad: Partial<AssumeRoleCommandInput>[] = [
      { RoleSessionName: 'a' },
      { RoleSessionName: 'has space' },
      { ExternalId: '#' },
      { ExternalId: 'a b' },
    ];
    for (const more of bad) {
      await assert.rejects(assume(ana, role, more), {
        name: 'ValidationError',
        message: /1 validation error detected/,
      });
    }
  });

  void it('does not know a role until it has propagated, per role if wanted', async () => {
    const client = iam(ana);
    const role = await aws.createRole(tools, 'fresh', { trust: trust(ana.arn) });
    const change = () =>
      client.send(
        new UpdateAssumeRolePolicyCommand({
          RoleName: 'fresh',
          PolicyDocument: JSON.stringify(trust(ana.arn)),
        }),
      );
    await change();
    await assert.rejects(assume(ana, role), { name: 'AccessDenied' });
    aws.clock.advance(5000);
    await assume(ana, role);
    aws.timing.propagationOfRole.set(role, 0);
    await change();
    await assume(ana, role);
  });

  void it('breaks the trust when the named user is made anew', async () => {
    const bob = await aws.createUser(tools, 'bob', { policies: 'none' });
    const role = await aws.createRole(tools, 'for-bob', { trust: trust(bob.arn) });
    await assume(bob, role);
    const client = iam(ana);
    await client.send(new DeleteAccessKeyCommand({ UserName: 'bob', AccessKeyId: bob.accessKeyId }));
    await assert.rejects(whoAmI(bob), { name: 'InvalidClientTokenId' });
    await client.send(new DeleteUserCommand({ UserName: 'bob' }));
    const again = await aws.createUser(tools, 'bob', { policies: 'none' });
    await assert.rejects(assume(again, role), { name: 'AccessDenied' });
    const { Role } = await client.send(new GetRoleCommand({ RoleName: 'for-bob' }));
    assert.ok(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '').includes(bob.userId));
  });

  void it('refuses a trust that names someone who does not exist', async () => {
    const PolicyDocument = JSON.stringify(trust(`arn:aws:iam::${tools}:user/nobody`));
    await aws.createRole(tools, 'names-nobody', { trust: trust(ana.arn) });
    await assert.rejects(
      iam(ana).send(new UpdateAssumeRolePolicyCommand({ RoleName: 'names-nobody', PolicyDocument })),
      { name: 'MalformedPolicyDocumentException', message: /Invalid principal in policy/ },
    );
  });

  void it('limits a session by its session policy', async () => {
    const role = await aws.createRole(tools, 'limited', { trust: trust(ana.arn) });
    const Policy = JSON.stringify({ Statement: { Effect: 'Allow', Action: 's3:*', Resource: '*' } });
    const session = await assume(ana, role, { Policy });
    await assert.rejects(iam(session).send(new ListUsersCommand({})), {
      name: 'AccessDenied',
      message: /because no session policy allows the iam:ListUsers action/,
    });
  });
});

void describe('other sessions', () => {
  void it('expire', async () => {
    aws.timing.sessionSeconds = 1;
    const role = await aws.createRole(tools, 'short', { trust: trust(ana.arn) });
    const session = await assume(ana, role);
    aws.timing.sessionSeconds = undefined;
    await whoAmI(session);
    aws.clock.advance(1000);
    await assert.rejects(whoAmI(session), { name: /^ExpiredToken/ });
  });

  void it('GetSessionToken: no IAM without MFA, no session from a session', async () => {
    const client = sts(ana);
    const toKeys = ({ Credentials }: GetSessionTokenCommandOutput) => ({
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    });
    const plain = toKeys(await client.send(new GetSessionTokenCommand({})));
    assert.equal((await whoAmI(plain)).Arn, ana.arn);
    await assert.rejects(iam(plain).send(new ListUsersCommand({})), { name: 'InvalidClientTokenId' });
    const mfa = { SerialNumber: `arn:aws:iam::${tools}:mfa/ana`, TokenCode: '123456' };
    await iam(toKeys(await client.send(new GetSessionTokenCommand(mfa)))).send(new ListUsersCommand({}));
    await assert.rejects(sts(plain).send(new GetSessionTokenCommand({})), {
      name: 'AccessDenied',
      message: 'Cannot call GetSessionToken with session credentials',
    });
  });

  void it('GetFederationToken tells who it is for', async () => {
    const { FederatedUser, Credentials } = await sts(ana).send(
      new GetFederationTokenCommand({ Name: 'console' }),
    );
    assert.equal(FederatedUser?.Arn, `arn:aws:sts::${tools}:federated-user/console`);
    assert.match(Credentials?.AccessKeyId ?? '', /^ASIA/);
  });
});
