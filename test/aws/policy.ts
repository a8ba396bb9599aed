/**
 * IAM policy evaluation: pure, without knowledge of requests or of stored state.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 * Not supported: policy variables (`${aws:username}`), date, numeric and IP operators beyond those listed in OPERATORS.
 */

export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Principal?: PrincipalElement;
  readonly NotPrincipal?: PrincipalElement;
  readonly Condition?: Conditions;
}

export type PrincipalElement = '*' | Readonly<Record<string, string | readonly string[]>>;
export type Conditions = Readonly<Record<string, Readonly<Record<string, ConditionValue>>>>;
type ConditionValue = string | boolean | number | readonly (string | boolean | number)[];

export interface PolicyDocument {
  readonly Version?: string;
  readonly Statement: Statement | readonly Statement[];
}

/** Request context: key → value(s). Keys are compared without regard to case. An absent key is absent, not empty. */
export type Context = Readonly<Record<string, string | readonly string[]>>;

/** Who calls, as a resource policy sees it. `ids` are all names that mean exactly this caller (ARNs, unique id). */
export interface Caller {
  readonly accountId: string;
  readonly ids: readonly string[];
  readonly service?: string;
}

export interface PolicyRequest {
  readonly action: string;
  readonly resource: string;
  readonly context: Context;
}

export type Verdict = 'allow' | 'explicitDeny' | 'implicitDeny';

/** How a resource policy let the caller in: by name, or by trusting the caller's whole account. */
export type ResourceVerdict =
  | { readonly verdict: 'allow'; readonly via: 'principal' | 'account' }
  | { readonly verdict: 'explicitDeny' | 'implicitDeny' };

/** Evaluates identity-based documents (no Principal): any matching Deny wins, then any Allow. */
export function evaluate(documents: readonly PolicyDocument[], request: PolicyRequest): Verdict {
  let allowed = false;
  for (const statement of documents.flatMap(statements)) {
    if (!matchesRequest(statement, request)) continue;
    if (statement.Effect === 'Deny') return 'explicitDeny';
    allowed = true;
  }
  return allowed ? 'allow' : 'implicitDeny';
}

/**
 * Evaluates a resource-based document such as a role's trust policy. A trust policy has no Resource element;
 * its statements apply to the role that carries it.
 */
export function evaluateResourcePolicy(
  document: PolicyDocument,
  caller: Caller,
  request: PolicyRequest,
): ResourceVerdict {
  let via: 'principal' | 'account' | undefined;
  for (const statement of statements(document)) {
    const match = principalMatch(statement, caller);
    if (match === undefined || !matchesRequest(statement, request)) continue;
    if (statement.Effect === 'Deny') return { verdict: 'explicitDeny' };
    if (via !== 'principal') via = match;
  }
  return via === undefined ? { verdict: 'implicitDeny' } : { verdict: 'allow', via };
}

/** The document's statements, whether written as one object or as a list. */
export function statements(document: PolicyDocument): readonly Statement[] {
  return Array.isArray(document.Statement)
    ? (document.Statement as readonly Statement[])
    : [document.Statement as Statement];
}

/** The AWS principals a document names: ARNs, account ids, unique ids, `*`. */
export function awsPrincipals(document: PolicyDocument): readonly string[] {
  return statements(document).flatMap(({ Principal }) =>
    Principal === undefined ? [] : Principal === '*' ? ['*'] : list(Principal['AWS']),
  );
}

function principalMatch(statement: Statement, caller: Caller): 'principal' | 'account' | undefined {
  if (statement.NotPrincipal !== undefined)
    return matchElement(statement.NotPrincipal, caller) === undefined ? 'principal' : undefined;
  return statement.Principal === undefined ? undefined : matchElement(statement.Principal, caller);
}

function matchElement(element: PrincipalElement, caller: Caller): 'principal' | 'account' | undefined {
  if (element === '*') return 'principal';
  if (caller.service !== undefined)
    return list(element['Service']).includes(caller.service) ? 'principal' : undefined;
  const named = list(element['AWS']);
  if (named.some((id) => id === '*' || caller.ids.includes(id))) return 'principal';
  const root = new RegExp(`^arn:aws[\\w-]*:iam::${caller.accountId}:root$`);
  return named.some((id) => id === caller.accountId || root.test(id)) ? 'account' : undefined;
}

function matchesRequest(statement: Statement, { action, resource, context }: PolicyRequest): boolean {
  const actions = (patterns: string | readonly string[]): boolean =>
    list(patterns).some((pattern) => like(pattern.toLowerCase(), action.toLowerCase()));
  if (statement.Action !== undefined && !actions(statement.Action)) return false;
  if (statement.NotAction !== undefined && actions(statement.NotAction)) return false;
  const resources = (patterns: string | readonly string[]): boolean =>
    list(patterns).some((pattern) => like(pattern, resource));
  if (statement.Resource !== undefined && !resources(statement.Resource)) return false;
  if (statement.NotResource !== undefined && resources(statement.NotResource)) return false;
  return Object.entries(statement.Condition ?? {}).every(([operator, tests]) =>
    Object.entries(tests).every(([key, expected]) => holds(operator, expected, lookUp(context, key))),
  );
}

const OPERATORS: Readonly<Record<string, (expected: string, actual: string) => boolean>> = {
  StringEquals: (expected, actual) => expected === actual,
  StringEqualsIgnoreCase: (expected, actual) => expected.toLowerCase() === actual.toLowerCase(),
  StringLike: like,
  ArnEquals: arnLike,
  ArnLike: arnLike,
  Bool: (expected, actual) => expected.toLowerCase() === actual.toLowerCase(),
  NumericEquals: (expected, actual) => Number(expected) === Number(actual),
  NumericLessThan: (expected, actual) => Number(actual) < Number(expected),
  NumericLessThanEquals: (expected, actual) => Number(actual) <= Number(expected),
  NumericGreaterThan: (expected, actual) => Number(actual) > Number(expected),
  NumericGreaterThanEquals: (expected, actual) => Number(actual) >= Number(expected),
  DateLessThan: (expected, actual) => Date.parse(actual) < Date.parse(expected),
  DateGreaterThan: (expected, actual) => Date.parse(actual) > Date.parse(expected),
};

/** Negated operators: true when none of the listed values match. */
const NEGATED: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
  NumericNotEquals: 'NumericEquals',
};

/**
 * One condition test. Throws on an operator it does not know: a silently ignored condition would let a test pass
 * for the wrong reason.
 */
function holds(operator: string, expected: ConditionValue, actual: readonly string[] | undefined): boolean {
  const values = listOf(expected).map(String);
  const [, set, ifExists] = /^(?:(ForAnyValue|ForAllValues):)?\w+?(IfExists)?$/.exec(operator) ?? [];
  const name = operator.replace(/^For(Any|All)Values?:/, '').replace(/IfExists$/, '');
  if (name === 'Null')
    return values.some((value) => (value.toLowerCase() === 'true') === (actual === undefined));
  const negated = NEGATED[name];
  const test = OPERATORS[negated ?? name];
  if (test === undefined)
    throw new Error(`Condition operator ${operator} is not supported by this evaluator.`);
  const one = (value: string): boolean =>
    values.some((pattern) => test(pattern, value)) === (negated === undefined);
  if (actual === undefined) {
    if (ifExists !== undefined || set === 'ForAllValues') return true;
    return negated !== undefined && set === undefined;
  }
  if (set === 'ForAllValues') return actual.every(one);
  if (set === 'ForAnyValue') return actual.some(one);
  return negated === undefined ? actual.some(one) : actual.every(one);
}

function lookUp(context: Context, key: string): readonly string[] | undefined {
  const wanted = key.toLowerCase();
  const found = Object.entries(context).find(([name]) => name.toLowerCase() === wanted);
  return found === undefined ? undefined : list(found[1]);
}

/** Wildcard match: `*` any text, `?` one character; the whole value must match. */
export function like(pattern: string, value: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(value);
}

/** ArnEquals and ArnLike are the same: each of the six parts is matched on its own, so `*` in one never spans `:`. */
function arnLike(pattern: string, value: string): boolean {
  const split = (arn: string): string[] => {
    const parts = arn.split(':');
    return [...parts.slice(0, 5), parts.slice(5).join(':')];
  };
  const wanted = split(pattern);
  const actual = split(value);
  return wanted.every((part, i) => like(part, actual[i] ?? ''));
}

function list(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
}

function listOf(value: ConditionValue): readonly (string | boolean | number)[] {
  return Array.isArray(value) ? (value as readonly (string | boolean | number)[]) : [value as string];
}
