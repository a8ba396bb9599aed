import type {
  ConnectIntent,
  ConnectMethod,
  PermissionKind,
  RoleField,
  RoleWay,
} from '../../../protocol/connect.ts';

/** Longest text a webview may send, in UTF-16 units; ARNs and pasted keys stay far below. */
const longest = 2048;

/** Longest text of a field with one entry per line: more policy ARNs than a role can have. */
const longestList = 20_000;

/** AWS's limit for an ExternalId (API reference of `sts:AssumeRole`). */
const longestExternalId = 1224;

const methods: readonly ConnectMethod[] = ['access-role', 'sso', 'console', 'access-key', 'profile'];
const ways: readonly RoleWay[] = ['create', 'console', 'existing'];
const modes = ['simple', 'advanced'] as const;
const permissionKinds: readonly PermissionKind[] = ['administrator', 'policies', 'limited'];

/** The longest value of every field of the role step; a record, so that none can be forgotten. */
const roleFields: Readonly<Record<RoleField, number>> = {
  alias: longest,
  region: longest,
  accountId: longest,
  roleName: longest,
  policyArns: longestList,
  services: longestList,
  passTo: longestList,
  boundaryArn: longest,
  sessionHours: longest,
  roleArn: longest,
};

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads a message of the Connect panel's webview. The page is ours, yet what arrives is parsed like any input: `undefined`
 * for anything that is not exactly an intent, and only the known fields are passed on.
 */
export function parseConnectIntent(message: unknown): ConnectIntent | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const fields = message as Fields;
  const type = fields['type'] as ConnectIntent['type'];
  switch (type) {
    case 'ready':
    case 'signIn':
    case 'confirmIdentity':
    case 'useAsItIs':
    case 'viewTemplate':
    case 'create':
    case 'openConsole':
    case 'adopt':
    case 'cancel':
    case 'retry':
    case 'deleteLeftover':
    case 'back':
    case 'saveUnverified':
    case 'deploy':
    case 'openTerminal':
    case 'startOver':
    case 'showLog':
      return { type };
    case 'selectMethod':
    case 'setWay':
    case 'setMode':
    case 'setPermissionKind':
    case 'setOnlyMe':
    case 'setStageLinked':
      return parseChoice(type, fields);
    case 'selectIdentity':
    case 'submitKeys':
    case 'setRole':
    case 'useExisting':
    case 'submitRoleArn':
    case 'copy':
      return parseTyped(type, fields);
    default:
      return unknownIntent(type);
  }
}

type ChoiceType =
  | 'selectMethod'
  | 'setWay'
  | 'setMode'
  | 'setPermissionKind'
  | 'setOnlyMe'
  | 'setStageLinked';

/** Intents that carry one of a few known values. */
function parseChoice(type: ChoiceType, fields: Fields): ConnectIntent | undefined {
  switch (type) {
    case 'selectMethod': {
      const method = known(methods, fields['method']);
      return method && { type, method };
    }
    case 'setWay': {
      const way = known(ways, fields['way']);
      return way && { type, way };
    }
    case 'setMode': {
      const mode = known(modes, fields['mode']);
      return mode && { type, mode };
    }
    case 'setPermissionKind': {
      const kind = known(permissionKinds, fields['kind']);
      return kind && { type, kind };
    }
    case 'setOnlyMe': {
      const { onlyMe } = fields;
      return typeof onlyMe === 'boolean' ? { type, onlyMe } : undefined;
    }
    case 'setStageLinked': {
      const id = text(fields['id']);
      const { linked } = fields;
      return id === undefined || typeof linked !== 'boolean' ? undefined : { type, id, linked };
    }
  }
}

type TypedType = 'selectIdentity' | 'submitKeys' | 'setRole' | 'useExisting' | 'submitRoleArn' | 'copy';

/** Intents that carry text. */
function parseTyped(type: TypedType, fields: Fields): ConnectIntent | undefined {
  switch (type) {
    case 'selectIdentity': {
      const id = text(fields['id']);
      return id === undefined ? undefined : { type, id };
    }
    case 'submitKeys': {
      const accessKeyId = text(fields['accessKeyId']);
      const secretAccessKey = text(fields['secretAccessKey']);
      if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
      return { type, accessKeyId, secretAccessKey };
    }
    case 'setRole': {
      const field = roleField(fields['field']);
      if (field === undefined) return undefined;
      const value = text(fields['value'], roleFields[field]);
      return value === undefined ? undefined : { type, field, value };
    }
    case 'useExisting': {
      const externalId = text(fields['externalId'], longestExternalId);
      return externalId === undefined ? undefined : { type, externalId };
    }
    case 'submitRoleArn': {
      const roleArn = text(fields['roleArn']);
      return roleArn === undefined ? undefined : { type, roleArn };
    }
    case 'copy': {
      const copied = text(fields['text']);
      return copied === undefined ? undefined : { type, text: copied };
    }
  }
}

/** Takes `never`, so that a new intent which is not read above is a compile error. */
function unknownIntent(_type: never): undefined {
  return undefined;
}

function known<T extends string>(values: readonly T[], value: unknown): T | undefined {
  return values.find((each) => each === value);
}

function roleField(value: unknown): RoleField | undefined {
  return typeof value === 'string' && Object.hasOwn(roleFields, value) ? (value as RoleField) : undefined;
}

function text(value: unknown, longestHere = longest): string | undefined {
  return typeof value === 'string' && value.length <= longestHere ? value : undefined;
}
