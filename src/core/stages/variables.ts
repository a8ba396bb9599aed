/**
 * What a Serverless variable expression certainly evaluates to, without running anything. Grammar: osls
 * `lib/configuration/variables/parse.js`; only the sources below are followed, everything else is "not known".
 */
export interface VariableScope {
  /** The stage the expression is evaluated for; absent = the config's default one is not known yet. */
  readonly stage?: string;
  /** The raw text at a path of the config (`self:`), `undefined` when there is none, `null` when it isn't plain text. */
  valueAt(path: readonly string[]): string | null | undefined;
}

/** Expressions evaluated for one value. Bounds cycles and values that double with every hop; real ones take under ten. */
const maxSteps = 100;

/** Longer texts are not names, stages or regions. */
const maxLength = 4096;

interface Walk {
  readonly scope: VariableScope;
  stepsLeft: number;
}

/** Outcome of one source: a text, nothing there (the fallback applies), or something only a run can tell. */
type Outcome = { readonly text: string } | 'absent' | 'unknown';

/**
 * The text `value` stands for: itself when it holds no `${…}`, else the result of following quoted fallbacks, `self:`,
 * and, for a known stage, `sls:stage` / `opt:stage`. `opt:` and `env:` count as not given, which is what the framework
 * sees in a plain run. `undefined` when it cannot be told.
 */
export function resolveText(value: string, scope: VariableScope): string | undefined {
  return textOf(value, { scope, stepsLeft: maxSteps });
}

function textOf(value: string, walk: Walk): string | undefined {
  if (value.length > maxLength) return undefined;
  let result = '';
  let rest = value;
  for (;;) {
    const start = rest.indexOf('${');
    if (start < 0) return result + rest;
    if (walk.stepsLeft === 0) return undefined;
    walk.stepsLeft -= 1;
    const end = closingBrace(rest, start + 2);
    // A backslash before `${` escapes it in some versions and not in others.
    if (end < 0 || rest[start - 1] === '\\') return undefined;
    const outcome = expression(rest.slice(start + 2, end), walk);
    if (typeof outcome === 'string') return undefined;
    result += rest.slice(0, start) + outcome.text;
    rest = rest.slice(end + 1);
  }
}

/** An expression's inside: sources separated by commas, the first that has a value wins. */
function expression(inside: string, walk: Walk): Outcome {
  for (const candidate of splitSources(inside)) {
    const outcome = source(candidate.trim(), walk);
    if (outcome !== 'absent') return outcome;
  }
  return 'absent';
}

function source(text: string, walk: Walk): Outcome {
  const quoted = /^'([^'\\]*)'$|^"([^"\\]*)"$/.exec(text);
  const literal = quoted ? (quoted[1] ?? quoted[2] ?? '') : text.startsWith('${') ? text : undefined;
  if (literal !== undefined) {
    const result = textOf(literal, walk);
    return result === undefined ? 'unknown' : { text: result };
  }
  if (text.startsWith('self:')) return self(text.slice('self:'.length), walk);
  const { scope } = walk;
  if (text === 'opt:stage' || text === 'sls:stage') {
    if (scope.stage !== undefined) return { text: scope.stage };
    return text === 'opt:stage' ? 'absent' : 'unknown';
  }
  return /^(opt|env):[\w.-]+$/.test(text) ? 'absent' : 'unknown';
}

function self(address: string, walk: Walk): Outcome {
  const { scope } = walk;
  const path = textOf(address, walk);
  if (path === undefined || path === '') return 'unknown';
  // The stage being evaluated is what `provider.stage` is in that run.
  if (path === 'provider.stage' && scope.stage !== undefined) return { text: scope.stage };
  const value = scope.valueAt(path.split('.'));
  if (value === undefined) return 'absent';
  const text = value === null ? undefined : textOf(value, walk);
  return text === undefined ? 'unknown' : { text };
}

/** Index of the `}` that closes an expression whose inside starts at `from`; -1 when there is none. */
function closingBrace(text: string, from: number): number {
  let open = 1;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '{') open += 1;
    else if (text[at] === '}') {
      open -= 1;
      if (open === 0) return at;
    }
  }
  return -1;
}

/** Splits at the commas that are outside quotes, braces and brackets. */
function splitSources(inside: string): readonly string[] {
  const parts: string[] = [];
  let open = 0;
  let quote = '';
  let from = 0;
  for (let at = 0; at < inside.length; at += 1) {
    const char = inside[at] ?? '';
    if (quote !== '') {
      if (char === quote) quote = '';
    } else if (char === "'" || char === '"') quote = char;
    else if ('{('.includes(char)) open += 1;
    else if ('})'.includes(char)) open -= 1;
    else if (char === ',' && open === 0) {
      parts.push(inside.slice(from, at));
      from = at + 1;
    }
  }
  parts.push(inside.slice(from));
  return parts;
}
