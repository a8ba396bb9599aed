/** Access keys found in a pasted text; `sessionToken` marks temporary ones. */
export interface PastedKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

type Field = keyof PastedKeys;

/** The names the tools give the values, reduced to letters: `aws_access_key_id`, `AccessKeyId`, `Access key ID` … */
const fieldNames: Readonly<Record<string, Field>> = {
  awsaccesskeyid: 'accessKeyId',
  accesskeyid: 'accessKeyId',
  awsaccesskey: 'accessKeyId',
  accesskey: 'accessKeyId',
  awssecretaccesskey: 'secretAccessKey',
  secretaccesskey: 'secretAccessKey',
  awssecretkey: 'secretAccessKey',
  secretkey: 'secretAccessKey',
  awssessiontoken: 'sessionToken',
  sessiontoken: 'sessionToken',
  awssecuritytoken: 'sessionToken',
};

/** Far more than any of the formats needs. */
const longestPaste = 20_000;

/**
 * Finds access keys in a text copied from the AWS console, a credentials file, a shell or a tool's JSON: `aws configure`
 * prompts and files, `export`/`set`/`$env:` lines, CSV and table rows with their header, JSON, or just the two values.
 * Returns `undefined` when both halves of one pair are not there, so that a single pasted value stays as it is.
 * With several pairs (profiles), the first complete one is taken; halves are never mixed.
 */
export function parsePastedKeys(text: string): PastedKeys | undefined {
  if (text.length > longestPaste) return undefined;
  const plain = text.replace(/^\uFEFF/, '').trim();
  return fromJson(plain) ?? fromTable(plain) ?? fromLines(plain) ?? fromValues(plain);
}

function fromJson(text: string): PastedKeys | undefined {
  if (!text.startsWith('{') && !text.startsWith('[')) return undefined;
  try {
    return firstInTree(JSON.parse(text), 0);
  } catch {
    return undefined;
  }
}

function firstInTree(value: unknown, depth: number): PastedKeys | undefined {
  if (typeof value !== 'object' || value === null || depth > 4) return undefined;
  const found: Partial<Record<Field, string>> = {};
  for (const [name, entry] of Object.entries(value)) {
    const field = fieldOf(name);
    if (field && typeof entry === 'string') found[field] = entry.trim();
  }
  const own = complete(found);
  if (own) return own;
  for (const entry of Object.values(value)) {
    const inner = firstInTree(entry, depth + 1);
    if (inner) return inner;
  }
  return undefined;
}

/** A header row and a row of values, separated by commas, semicolons or tabs. */
function fromTable(text: string): PastedKeys | undefined {
  const [header, ...rows] = text.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '');
  if (header === undefined || rows.length === 0) return undefined;
  for (const separator of [',', ';', '\t']) {
    const columns = header.split(separator).map((cell) => fieldOf(unquoted(cell)));
    if (columns.filter((column) => column !== undefined).length < 2) continue;
    for (const row of rows) {
      const found: Partial<Record<Field, string>> = {};
      for (const [index, cell] of row.split(separator).entries()) {
        const field = columns[index];
        if (field) found[field] = unquoted(cell);
      }
      const keys = complete(found);
      if (keys) return keys;
    }
  }
  return undefined;
}

/** `name = value` lines, in `[profile]` sections or not; with a shell's words in front and quotes around. */
function fromLines(text: string): PastedKeys | undefined {
  let found: Partial<Record<Field, string>> = {};
  for (const line of text.split(/\r\n|\r|\n|;|&&/)) {
    if (/^\s*(#|\/\/|::|REM\b)/i.test(line)) continue;
    const startsSection = /^\s*\[[^\]]*\]\s*$/.test(line);
    for (const [field, value] of startsSection ? [] : assignments(line)) {
      // The same name again belongs to another pair.
      if (field in found) {
        if (complete(found)) return complete(found);
        found = {};
      }
      found[field] = value;
    }
    if (startsSection) {
      if (complete(found)) break;
      found = {};
    }
  }
  return complete(found);
}

/** A name and its value; bounded repetition keeps hostile text from costing more than linear time. */
const assignment =
  /(?<![a-z0-9])((?:aws[\s_]?)?(?:access[\s_]?key(?:[\s_]?id)?|secret[\s_]?(?:access[\s_]?)?key|(?:session|security)[\s_]?token))["']?\s{0,8}(?:\[[^\]]{0,60}\])?\s{0,8}[=:]\s{0,8}("[^"]*"|'[^']*'|[^\s"',]+)/gi;

function* assignments(line: string): Generator<[Field, string]> {
  for (const [, name = '', value = ''] of line.matchAll(assignment)) {
    const field = fieldOf(name);
    if (field) yield [field, unquoted(value)];
  }
  const [, name = '', value = ''] = /^\s*setx\s+(\w+)\s+("[^"]*"|[^\s"]+)/i.exec(line) ?? [];
  const field = fieldOf(name);
  if (field) yield [field, unquoted(value)];
}

/** Just the two values, in this order, separated by white space, commas or line ends. */
function fromValues(text: string): PastedKeys | undefined {
  const words = text.split(/[\s,;]+/).map(unquoted);
  const at = words.findIndex((word) => /^A[KS]IA[A-Z0-9]{16}$/.test(word));
  const secretAccessKey = words[at + 1];
  const accessKeyId = words[at];
  if (accessKeyId === undefined || !secretAccessKey || !/^[A-Za-z0-9/+]{40}$/.test(secretAccessKey)) {
    return undefined;
  }
  return { accessKeyId, secretAccessKey };
}

function fieldOf(name: string): Field | undefined {
  const key = name.replace(/[^A-Za-z]/g, '').toLowerCase();
  return Object.hasOwn(fieldNames, key) ? fieldNames[key] : undefined;
}

function unquoted(text: string): string {
  return text
    .trim()
    .replace(/^(["'])(.*)\1$/, '$2')
    .trim();
}

function complete(found: Partial<Record<Field, string>>): PastedKeys | undefined {
  const { accessKeyId, secretAccessKey, sessionToken } = found;
  if (!isValue(accessKeyId) || !isValue(secretAccessKey)) return undefined;
  return { accessKeyId, secretAccessKey, ...(isValue(sessionToken) ? { sessionToken } : {}) };
}

/** One printable ASCII word; `None` and masks of `aws configure` prompts do not count. */
function isValue(value: string | undefined): value is string {
  return value !== undefined && /^[!-~]+$/.test(value) && !/^(none|null|\*+.{0,4})$/i.test(value);
}
