/** IAM: moto keeps it; this watches what the emulator must know (keys, trusts) and refuses what moto would not. */
import { GetRoleCommand, GetUserCommand } from '@aws-sdk/client-iam';
import { parse } from './permissions.ts';
import type { Call, Operation, Service, World } from './service.ts';
import { AwsError, text, type Reply } from './wire.ts';

const createAccessKey: Operation = async (call, world) => {
  const reply = await forwardText(call);
  const accessKeyId = element(reply.body, 'AccessKeyId');
  const secret = element(reply.body, 'SecretAccessKey');
  const userName = text(call.params, 'UserName');
  if (accessKeyId === undefined || secret === undefined || userName === undefined) return reply;
  const { User } = await world.moto.iam(call.accountId).send(new GetUserCommand({ UserName: userName }));
  const { Arn: arn = '', UserId: userId = '' } = User ?? {};
  world.keys.add(accessKeyId, secret, { kind: 'user', accountId: call.accountId, userName, arn, userId });
  return reply;
};

const deleteAccessKey: Operation = async (call, world) => {
  const reply = await call.forward();
  if (reply.status < 300) world.keys.byId.delete(text(call.params, 'AccessKeyId') ?? '');
  return reply;
};

const updateAccessKey: Operation = async (call, world) => {
  const reply = await call.forward();
  const key = world.keys.byId.get(text(call.params, 'AccessKeyId') ?? '');
  if (reply.status < 300 && key !== undefined) key.active = text(call.params, 'Status') === 'Active';
  return reply;
};

const deleteUser: Operation = async (call, world) => {
  const UserName = text(call.params, 'UserName') ?? '';
  const found = await world.moto
    .iam(call.accountId)
    .send(new GetUserCommand({ UserName }))
    .catch(() => undefined);
  const reply = await call.forward();
  if (reply.status < 300 && found?.User !== undefined) {
    world.keys.dropUser(call.accountId, UserName);
    await world.trusts.principalDeleted(found.User.Arn ?? '', found.User.UserId ?? '');
  }
  return reply;
};

const deleteRole: Operation = async (call, world) => {
  const found = await role(call, world);
  const reply = await call.forward();
  if (reply.status < 300 && found?.Arn !== undefined) {
    world.trusts.forget(found.Arn);
    await world.trusts.principalDeleted(found.Arn, found.RoleId ?? '');
  }
  return reply;
};

const changeTrust =
  (field: 'AssumeRolePolicyDocument' | 'PolicyDocument'): Operation =>
  async (call, world) => {
    const document = text(call.params, field);
    if (document !== undefined && isJson(document)) await world.trusts.checkPrincipals(parse(document));
    const reply = await call.forward();
    const changed = await role(call, world);
    if (reply.status < 300 && changed?.Arn !== undefined)
      world.trusts.changed(changed.Arn, world.clock.now());
    return reply;
  };

const getRole: Operation = async (call, world) => {
  const found = await role(call, world);
  if (found?.Arn !== undefined && world.trusts.hidden(found.Arn))
    throw new AwsError('NoSuchEntity', `The role with name ${found.RoleName} cannot be found.`, 404);
  return call.forward();
};

export const iam: Service = {
  operations: {
    CreateAccessKey: createAccessKey,
    DeleteAccessKey: deleteAccessKey,
    UpdateAccessKey: updateAccessKey,
    DeleteUser: deleteUser,
    DeleteRole: deleteRole,
    CreateRole: changeTrust('AssumeRolePolicyDocument'),
    UpdateAssumeRolePolicy: changeTrust('PolicyDocument'),
    GetRole: getRole,
  },
};

/** IAM operations whose user, when not named, is the caller. */
export const CALLER_BY_DEFAULT: ReadonlySet<string> = new Set([
  'GetUser',
  'CreateAccessKey',
  'DeleteAccessKey',
  'UpdateAccessKey',
  'ListAccessKeys',
  'ListMFADevices',
]);

async function role({ accountId, params }: Call, { moto }: World) {
  const RoleName = text(params, 'RoleName') ?? '';
  const found = await moto
    .iam(accountId)
    .send(new GetRoleCommand({ RoleName }))
    .catch(() => undefined);
  return found?.Role;
}

async function forwardText(call: Call): Promise<Reply & { body: string }> {
  const reply = await call.forward();
  return { ...reply, body: await readText(reply.body) };
}

/** Reads a reply's body to its end. */
export async function readText(body: Reply['body']): Promise<string> {
  if (typeof body === 'string') return body;
  if (Buffer.isBuffer(body)) return body.toString();
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function element(source: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]+)</${name}>`).exec(source)?.[1];
}

function isJson(source: string): boolean {
  try {
    JSON.parse(source);
    return true;
  } catch {
    return false;
  }
}
