import { text } from './text.ts';

/** What to say about a value while it is being typed. */
export interface FormatCheck {
  /** `typing`: right so far, but not complete. */
  readonly state: 'empty' | 'typing' | 'right' | 'wrong';
  readonly message: string;
}

/** IAM user keys: AKIA and 16 capital letters or digits (IAM API, AccessKey; IAM identifiers, "unique ID prefixes"). */
const idLength = 20;
/** IAM secret access keys: 40 characters of base64. */
const secretLength = 40;

const empty: FormatCheck = { state: 'empty', message: '' };

export function checkAccessKeyId(value: string): FormatCheck {
  const id = value.trim();
  if (id === '') return empty;
  if (id.startsWith('ASIA')) return wrong(text.keys.idTemporary);
  if (id.length === secretLength && /^[A-Za-z0-9/+]+$/.test(id)) return wrong(text.keys.idIsSecret);
  if (!'AKIA'.startsWith(id.slice(0, 4))) return wrong(text.keys.idStart);
  if (!/^[A-Z0-9]*$/.test(id)) return wrong(text.keys.idCharacters);
  return checkLength(id, idLength);
}

export function checkSecretAccessKey(value: string): FormatCheck {
  const secret = value.trim();
  if (secret === '') return empty;
  if (/^A[KS]IA[A-Z0-9]{16}$/.test(secret)) return wrong(text.keys.secretIsId);
  if (!/^[A-Za-z0-9/+]*$/.test(secret)) return wrong(text.keys.secretCharacters);
  return checkLength(secret, secretLength);
}

/** The same at the moment of submitting, where incomplete is wrong. */
export function finalCheck(check: FormatCheck): FormatCheck {
  if (check.state === 'empty') return wrong(text.keys.required);
  return check.state === 'typing' ? wrong(check.message) : check;
}

function checkLength(value: string, length: number): FormatCheck {
  if (value.length === length) return { state: 'right', message: text.keys.looksRight };
  if (value.length > length) return wrong(text.keys.length(value.length, length));
  return { state: 'typing', message: text.keys.progress(value.length, length) };
}

function wrong(message: string): FormatCheck {
  return { state: 'wrong', message };
}
