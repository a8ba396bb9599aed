import type { Alias, Document, Node, Scalar, YAMLMap } from 'yaml';
import {
  LineCounter,
  YAMLParseError,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  parseDocument,
  visit,
} from 'yaml';

/** A key of a mapping with its value, own or merged in; `line` is 1-based. */
export interface Entry {
  readonly key: string;
  readonly line: number;
  readonly value: Node | undefined;
}

/** A parsed config, read node by node: aliases are followed on demand, so no document can blow up in memory. */
export interface YamlTree {
  readonly root: Node | undefined;
  /** The first thing that makes the text unreadable. */
  readonly error?: { readonly message: string; readonly line: number };
  /** Entries of a mapping as they stand in the file, own ones before `<<` merges; of a repeated key the last one. */
  entries(node: Node | undefined): readonly Entry[];
  /** The entry at a path of keys. */
  at(path: readonly string[]): Entry | undefined;
  /** The text of an untagged scalar as written (`3`, `true` and `nodejs22.x` alike); `undefined` for anything else. */
  text(node: Node | undefined): string | undefined;
}

/** Aliases that stand for aliases, and mappings merged by one key, that are followed. */
const maxHops = 32;
/** Merged mappings of one file that are followed; real configs have under ten. */
const maxMerges = 500;

/**
 * Parses YAML or JSON. Unknown tags (CloudFormation's `!Sub`, …) and repeated keys are fine; text that cannot be read
 * gives `error`, never an exception.
 */
export function parseYaml(text: string): YamlTree {
  const lines = new LineCounter();
  let document: Document.Parsed;
  try {
    document = parseDocument(text, {
      lineCounter: lines,
      strict: false,
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'error',
    });
  } catch (error) {
    return treeOf(undefined, lines, { message: reason(error), line: 1 });
  }
  const [first] = document.errors;
  const unknown = first ? undefined : unknownAlias(document, text);
  // "Something is missing at the end" belongs to the last line that has text.
  const position = Math.min(first?.pos[0] ?? unknown?.range?.[0] ?? 0, text.trimEnd().length);
  const message = first ? reason(first) : unknown && `The alias *${unknown.source} has no anchor above it`;
  const error = message === undefined ? undefined : { message, line: lines.linePos(position).line || 1 };
  return treeOf(document, lines, error);
}

/** The first alias that means nothing; the library only notices when it is resolved, the frameworks refuse it. */
function unknownAlias(document: Document.Parsed, text: string): Alias | undefined {
  if (!text.includes('*')) return undefined;
  const seen = new Set<string>();
  let unknown: Alias | undefined;
  visit(document, {
    Node(_key, node) {
      const { anchor } = node as { anchor?: string };
      if (anchor !== undefined) seen.add(anchor);
      if (!isAlias(node) || seen.has(node.source)) return undefined;
      unknown = node;
      return visit.BREAK;
    },
  });
  return unknown;
}

function reason(error: unknown): string {
  if (error instanceof YAMLParseError && error.code === 'MULTIPLE_DOCS') {
    return 'The file holds several YAML documents; the framework reads a single one';
  }
  const text = error instanceof Error ? error.message : String(error);
  return /call stack/i.test(text) ? 'Nested too deeply' : text;
}

function treeOf(
  document: Document.Parsed | undefined,
  lines: LineCounter,
  error: YamlTree['error'],
): YamlTree {
  let anchors: Map<string, Node[]> | undefined;
  let mergesLeft = maxMerges;
  const known = new Map<Node, ReadonlyMap<string, Entry>>();

  function deref(node: unknown, hops = maxHops): Node | undefined {
    if (!isNode(node)) return undefined;
    if (!isAlias(node)) return node;
    if (hops === 0 || !document) return undefined;
    anchors ??= anchorsOf(document);
    const before = node.range?.[0] ?? Infinity;
    // An anchor may be set again further down: an alias means the last one above it.
    const target = anchors.get(node.source)?.findLast((candidate) => (candidate.range?.[0] ?? 0) < before);
    return deref(target, hops - 1);
  }

  function lineOf(node: unknown): number {
    const start = isNode(node) ? node.range?.[0] : undefined;
    return start === undefined ? 1 : lines.linePos(start).line || 1;
  }

  function entriesOf(node: Node | undefined): ReadonlyMap<string, Entry> {
    const cached = node && known.get(node);
    if (cached) return cached;
    const into = new Map<string, Entry>();
    if (!isMap(node)) return into;
    // Known before it is complete: a mapping merged into itself then ends here.
    known.set(node, into);
    const merges: Node[] = [];
    for (const pair of node.items) {
      const key = keyOf(pair);
      const value = deref(pair.value);
      if (key === '<<')
        merges.push(
          ...(isSeq(value) ? value.items.slice(0, maxHops) : [value]).flatMap((item) => deref(item) ?? []),
        );
      else if (key !== undefined) into.set(key, { key, line: lineOf(pair.key), value });
    }
    for (const merge of merges) {
      if (mergesLeft === 0) break;
      mergesLeft -= 1;
      for (const [key, entry] of entriesOf(merge)) if (!into.has(key)) into.set(key, entry);
    }
    return into;
  }

  return {
    root: deref(document?.contents),
    ...(error && { error }),
    entries: (node) => [...entriesOf(node).values()],
    at(path) {
      let node = deref(document?.contents);
      let found: Entry | undefined;
      for (const key of path) {
        found = entriesOf(node).get(key);
        if (!found) return undefined;
        node = found.value;
      }
      return found;
    },
    text(node) {
      const scalar = deref(node);
      if (!isScalar(scalar) || isTagged(scalar)) return undefined;
      const { value, source } = scalar;
      if (value === null || value === undefined) return undefined;
      return typeof value === 'string' ? value : source;
    },
  };
}

function isTagged(scalar: Scalar): boolean {
  return scalar.tag !== undefined && scalar.tag !== '!' && !scalar.tag.startsWith('tag:yaml.org,2002:');
}

function keyOf(pair: YAMLMap['items'][number]): string | undefined {
  if (!isPair(pair) || !isScalar(pair.key) || isTagged(pair.key)) return undefined;
  const { value, source } = pair.key;
  return typeof value === 'string' ? value : value === null ? undefined : source;
}

function anchorsOf(document: Document.Parsed): Map<string, Node[]> {
  const anchors = new Map<string, Node[]>();
  visit(document, {
    Node(_key, node) {
      const { anchor } = node as { anchor?: string };
      if (!isAlias(node) && anchor !== undefined) anchors.set(anchor, [...(anchors.get(anchor) ?? []), node]);
    },
  });
  return anchors;
}
