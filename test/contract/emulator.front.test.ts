/** What stands in front of every service: signatures, clock, permissions, faults, the call log. Judged by the real SDK. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { after, afterEach, before, describe, it } from 'node:test';
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  GetUserCommand,
  IAMClient,
  ListAccessKeysCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { CreateOrganizationCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { ACCOUNTS, startAws, type Aws, type UserKeys } from '../aws/emulator.ts';
import * as probes from '../aws/probes.ts';
import { clientConfig, type Credentials } from '../aws/probes.ts';
import { emulatorPython } from '../aws/python.ts';

const { tools, dev } = ACCOUNTS;

let aws: Aws;
let ana: UserKeys;
before(async () => {
  aws = await startAws({ python: emulatorPython() });
  ana = await aws.createUser(tools, 'ana');
});
after(() => aws.dispose());
afterEach(() => {
  aws.faults.clear();
  aws.clock.skewMs = 0;
});

const config = (credentials: Credentials, maxAttempts?: number) =>
  clientConfig(aws.endpoint, credentials, maxAttempts);
const whoAmI = (credentials: Credentials, maxAttempts?: number) =>
  probes.whoAmI(aws.endpoint, credentials, maxAttempts);
const reads = (credentials: Credentials, maxAttempts?: number) =>
  probes.reads(aws.endpoint, credentials, maxAttempts);
const errorNames = (credentials: Credentials) => probes.errorNames(aws.endpoint, credentials);

void describe('authentication', () => {
  void it('refuses unknown keys and wrong secrets, as each protocol words it', async () => {
    const unknown = { accessKeyId: 'AKIAUNKNOWNUNKNOWN12', secretAccessKey: 'x' };
    await assert.rejects(whoAmI(unknown), {
      name: 'InvalidClientTokenId',
      message: 'The security token included in the request is invalid.',
    });
    assert.deepEqual(await errorNames(unknown), {
      cloudformation: 'InvalidClientTokenId',
      lambda: 'UnrecognizedClientException',
      s3: 'InvalidAccessKeyId',
      organizations: 'UnrecognizedClientException',
    });
    assert.deepEqual(await errorNames({ ...ana, secretAccessKey: 'wrong' }), {
      cloudformation: 'SignatureDoesNotMatch',
      lambda: 'InvalidSignatureException',
      s3: 'SignatureDoesNotMatch',
      organizations: 'InvalidSignatureException',
    });
  });

  void it('wants a session’s own token', async () => {
    const session = await aws.roleSession(tools, 'worker');
    await whoAmI(session);
    await assert.rejects(whoAmI({ ...session, sessionToken: 'another' }), { name: 'InvalidClientTokenId' });
    const { accessKeyId, secretAccessKey } = session;
    await assert.rejects(whoAmI({ accessKeyId, secretAccessKey }), { name: 'InvalidClientTokenId' });
  });

  void it('is passed by query strings and paths that need encoding', async () => {
    const s3 = new S3Client(config(ana));
    await s3.send(new CreateBucketCommand({ Bucket: 'odd-names' }));
    const Key = 'a folder/ü+&=(1)*.txt';
    await s3.send(
      new PutObjectCommand({ Bucket: 'odd-names', Key, Body: 'x', Metadata: { note: 'two  blanks' } }),
    );
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'odd-names', Key }));
    assert.equal(await Body?.transformToString(), 'x');
  });

  void it('tells a wrong clock, and the SDK corrects itself by the Date header', async () => {
    aws.clock.skewMs = -20 * 60_000;
    await assert.rejects(whoAmI(ana), {
      name: 'SignatureDoesNotMatch',
      message: /^Signature not yet current/,
    });
    aws.clock.skewMs = 20 * 60_000;
    await assert.rejects(whoAmI(ana), {
      name: 'SignatureDoesNotMatch',
      message: /^Signature expired: \d{8}T\d{6}Z/,
    });
    for (const [service, read] of Object.entries<() => Promise<unknown>>(reads(ana, 2)).filter(
      ([name]) => name !== 'organizations',
    ))
      await assert.doesNotReject(read(), service);
    aws.clock.skewMs = 6 * 60_000;
    await whoAmI(ana);
    await assert.rejects(reads(ana).cloudformation(), {
      name: 'SignatureDoesNotMatch',
    });
  });

  void it('follows keys made, switched off and deleted through IAM', async () => {
    const iam = new IAMClient(config(ana));
    await iam.send(new CreateUserCommand({ UserName: 'key-owner' }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'key-owner' }));
    const { AccessKeyId = '', SecretAccessKey = '', UserName } = AccessKey ?? {};
    const key = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey };
    assert.equal((await whoAmI(key)).Arn, `arn:aws:iam::${tools}:user/key-owner`);
    await iam.send(new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status: 'Inactive' }));
    await assert.rejects(whoAmI(key), { name: 'InvalidClientTokenId' });
    await iam.send(new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status: 'Active' }));
    await whoAmI(key);
    await iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }));
    await assert.rejects(whoAmI(key), { name: 'InvalidClientTokenId' });
  });

  void it('knows the caller where IAM needs no name', async () => {
    const iam = new IAMClient(config(ana));
    assert.equal((await iam.send(new GetUserCommand({}))).User?.Arn, ana.arn);
    const { AccessKeyMetadata } = await iam.send(new ListAccessKeysCommand({}));
    assert.deepEqual(
      AccessKeyMetadata?.map(({ AccessKeyId }) => AccessKeyId),
      [ana.accessKeyId],
    );
  });
});

void describe('faults', () => {
  void it('look like each protocol’s own and last until removed', async () => {
    const remove = aws.faults.add({ kind: 'throttle' });
    const expected = {
      cloudformation: 'Throttling',
      lambda: 'TooManyRequestsException',
      s3: 'SlowDown',
      organizations: 'ThrottlingException',
    };
    assert.deepEqual(await errorNames(ana), expected);
    assert.deepEqual(await errorNames(ana), expected);
    remove();
    await whoAmI(ana);
    aws.faults.add({ kind: 'serverError', service: 'sts' });
    await assert.rejects(whoAmI(ana), { name: 'InternalFailure', $fault: 'server' });
    await reads(ana).s3();
  });

  void it('are survived by the SDK’s retries when they strike once', async () => {
    aws.clearCalls();
    aws.faults.add({ kind: 'throttle', service: 'sts', times: 1 });
    await whoAmI(ana, 2);
    aws.faults.add({ kind: 'reset', service: 'sts', times: 1 });
    await whoAmI(ana, 2);
    assert.deepEqual(
      aws.calls().map(({ status, error }) => [status, error]),
      [
        [400, 'Throttling'],
        [200, undefined],
        [0, 'reset'],
        [200, undefined],
      ],
    );
  });

  void it('can be aimed at an action, an account, and at later calls', async () => {
    const other = await aws.createUser(dev, 'ben');
    aws.faults.add({ kind: 'accessDenied', action: 'GetCallerIdentity', accountId: dev, after: 1 });
    await whoAmI(other);
    await assert.rejects(whoAmI(other), { name: 'AccessDenied' });
    await whoAmI(ana);
  });

  void it('delay an answer without changing it', async () => {
    aws.faults.add({ kind: 'slow', ms: 300, times: 1 });
    const start = performance.now();
    await whoAmI(ana);
    assert.ok(performance.now() - start >= 290);
  });

  void it('cut the network and mend it, at the same address', async () => {
    await aws.network.down();
    await assert.rejects(whoAmI(ana), { code: 'ECONNREFUSED' });
    await aws.network.up();
    await whoAmI(ana);
  });
});

void describe('the call log', () => {
  void it('tells who asked what, without secrets', async () => {
    aws.clearCalls();
    const expected = aws
      .waitForCall(({ action }) => action === 'GetSessionToken')
      .catch((error: Error) => error);
    const { GetSessionTokenCommand } = await import('@aws-sdk/client-sts');
    const mfa = { SerialNumber: 'arn:aws:iam::111122223333:mfa/ana', TokenCode: '654321' };
    await new STSClient(config(ana)).send(new GetSessionTokenCommand(mfa));
    const call = await expected;
    assert.ok(!(call instanceof Error));
    const { service, region, accountId, callerArn, params, status } = call;
    assert.deepEqual(
      [service, region, accountId, callerArn, status],
      ['sts', 'us-east-1', tools, ana.arn, 200],
    );
    assert.equal(params['TokenCode'], '(dropped)');
    await assert.rejects(
      aws.waitForCall(() => false, 10),
      /No such call within 10 ms/,
    );
  });
});

void describe('other services are moto’s, in the caller’s account', () => {
  void it('objects are streamed through, chunked and with a trailing checksum', async () => {
    const s3 = new S3Client(config(ana));
    await s3.send(new CreateBucketCommand({ Bucket: 'uploads' }));
    const data = randomBytes(3_000_000);
    const chunks = Array.from({ length: 30 }, (_, i) => data.subarray(i * 100_000, (i + 1) * 100_000));
    await s3.send(
      new PutObjectCommand({
        Bucket: 'uploads',
        Key: 'service.zip',
        Body: Readable.from(chunks),
        ContentLength: data.length,
        ChecksumAlgorithm: 'CRC32',
      }),
    );
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'uploads', Key: 'service.zip' }));
    assert.deepEqual(Buffer.from((await Body?.transformToByteArray()) ?? []), data);
  });

  void it('organizations', async () => {
    const client = new OrganizationsClient(config(ana));
    const { Organization } = await client.send(new CreateOrganizationCommand({ FeatureSet: 'ALL' }));
    assert.equal(Organization?.MasterAccountId, tools);
    await assert.rejects(client.send(new CreateOrganizationCommand({})), {
      name: 'AlreadyInOrganizationException',
    });
  });
});

void it('does not outlive dispose', async () => {
  const other = await startAws({ python: emulatorPython() });
  const user = await other.createUser(tools, 'ana');
  const sts = new STSClient({ ...config(user), endpoint: other.endpoint });
  await sts.send(new GetCallerIdentityCommand({}));
  await other.dispose();
  await assert.rejects(sts.send(new GetCallerIdentityCommand({})), { code: 'ECONNREFUSED' });
});

void it('says why it cannot start', async () => {
  await assert.rejects(
    startAws({ python: '/nowhere/python' }),
    /moto_server did not start with \/nowhere\/python/,
  );
  await assert.rejects(startAws({ python: process.execPath }), /moto_server did not start/);
});
