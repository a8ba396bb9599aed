import type { ConnectIntent, ConnectMethod } from '../../../protocol/connect.ts';

/** Longest text a webview may send, in UTF-16 units; role ARNs and pasted keys stay far below. */
const longest = 2048;

const methods: readonly ConnectMethod[] = ['access-role', 'sso', 'console', 'access-key', 'profile'];

/**
 * Reads a message of the Connect panel's webview. The page is ours, yet what arrives is parsed like any input: `undefined`
 * for anything that is not exactly an intent, and only the known fields are passed on.
 */
export function parseConnectIntent(message: unknown): ConnectIntent | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const fields = message as Readonly<Record<string, unknown>>;
  const type = fields['type'] as ConnectIntent['type'];
  switch (type) {
    case 'ready':
    case 'signIn':
    case 'confirmIdentity':
    case 'viewTemplate':
    case 'create':
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
    case 'selectMethod': {
      const method = methods.find((known) => known === fields['method']);
      return method && { type, method };
    }
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
      const { field } = fields;
      const value = text(fields['value']);
      if ((field !== 'alias' && field !== 'region') || value === undefined) return undefined;
      return { type, field, value };
    }
    case 'setStageLinked': {
      const id = text(fields['id']);
      const { linked } = fields;
      return id === undefined || typeof linked !== 'boolean' ? undefined : { type, id, linked };
    }
    case 'copy': {
      const copied = text(fields['text']);
      return copied === undefined ? undefined : { type, text: copied };
    }
    default:
      return unknownIntent(type);
  }
}

/** Takes `never`, so that a new intent which is not read above is a compile error. */
function unknownIntent(_type: never): undefined {
  return undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.length <= longest ? value : undefined;
}
