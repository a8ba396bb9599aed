/** A value of a template: plain data, an intrinsic function in its short form, or data with a comment above it. */
export type Node =
  | string
  | number
  | readonly Node[]
  | Intrinsic
  | Commented
  | { readonly [key: string]: Node | undefined };

/** `!Ref x`, `!GetAtt x.y`, `!If [..]`: text is written as it is. */
export interface Intrinsic {
  readonly tag: '!Ref' | '!GetAtt' | '!If' | '!Not' | '!Equals';
  readonly argument: string | readonly Node[];
}

export interface Commented {
  readonly comment: string;
  readonly node: Node;
}

export const ref = (name: string): Intrinsic => ({ tag: '!Ref', argument: name });
export const getAtt = (name: string): Intrinsic => ({ tag: '!GetAtt', argument: name });
export const commented = (comment: string, node: Node): Commented => ({ comment, node });

/** Writes a template as YAML. Strings are written as JSON strings, which YAML reads the same way. */
export function toYaml(node: Node): string {
  return `${lines(node).join('\n')}\n`;
}

const isIntrinsic = (node: Node): node is Intrinsic =>
  typeof node === 'object' && 'tag' in node && 'argument' in node;
const isCommented = (node: Node): node is Commented =>
  typeof node === 'object' && 'comment' in node && 'node' in node;

function lines(node: Node): readonly string[] {
  if (isCommented(node)) return lines(node.node);
  if (typeof node !== 'object' || isIntrinsic(node)) return [scalar(node)];
  if (isList(node)) return node.flatMap(listItem);
  return Object.entries(node).flatMap(([key, value]) => (value === undefined ? [] : entry(key, value)));
}

function isList(node: Node): node is readonly Node[] {
  return Array.isArray(node);
}

function entry(key: string, value: Node): readonly string[] {
  const name = /^[A-Za-z][\w:]*$/.test(key) ? key : JSON.stringify(key);
  const comment = commentLines(value);
  const inner = isCommented(value) ? value.node : value;
  if (typeof inner !== 'object' || isIntrinsic(inner)) return [...comment, `${name}: ${scalar(inner)}`];
  return [...comment, `${name}:`, ...lines(inner).map((line) => `  ${line}`)];
}

function listItem(item: Node): readonly string[] {
  const [first = '', ...rest] = lines(item);
  return [...commentLines(item), `- ${first}`, ...rest.map((line) => `  ${line}`)];
}

function commentLines(node: Node): readonly string[] {
  return isCommented(node) ? node.comment.split('\n').map((line) => `# ${line}`) : [];
}

function scalar(node: string | number | Intrinsic): string {
  if (typeof node === 'number') return String(node);
  if (typeof node === 'string') return JSON.stringify(node);
  const { tag, argument } = node;
  return typeof argument === 'string' ? `${tag} ${argument}` : `${tag} [${argument.map(flow).join(', ')}]`;
}

function flow(node: Node): string {
  if (isCommented(node)) return flow(node.node);
  if (typeof node !== 'object' || isIntrinsic(node)) return scalar(node);
  if (isList(node)) return `[${node.map(flow).join(', ')}]`;
  const pairs = Object.entries(node).flatMap(([key, value]) =>
    value === undefined ? [] : [`${JSON.stringify(key)}: ${flow(value)}`],
  );
  return `{ ${pairs.join(', ')} }`;
}
