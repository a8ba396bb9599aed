/**
 * As much of CloudFormation's template language as the emulator needs to foresee names and to compare documents.
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */
import { parseDocument, type ScalarTag, type CollectionTag, type YAMLMap, type YAMLSeq } from 'yaml';
import { validationError } from './wire.ts';

export interface TemplateParameter {
  readonly Type?: string;
  readonly Default?: string | number | boolean;
  readonly NoEcho?: boolean | string;
  readonly Description?: string;
}

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DependsOn?: string | readonly string[];
  readonly Condition?: string;
  readonly DeletionPolicy?: string;
}

export interface Template {
  readonly Description?: string;
  readonly Parameters?: Readonly<Record<string, TemplateParameter>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Mappings?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  readonly Resources: Readonly<Record<string, TemplateResource>>;
}

/** Values a template is resolved with. `physicalIds` and `arns` are by logical id, as far as known. */
export interface Scope {
  readonly parameters: Readonly<Record<string, string>>;
  readonly accountId: string;
  readonly region: string;
  readonly stackName: string;
  readonly stackId: string;
  readonly physicalIds: Readonly<Record<string, string>>;
}

const SHORT = [
  'Base64',
  'Cidr',
  'And',
  'Equals',
  'If',
  'Not',
  'Or',
  'FindInMap',
  'GetAtt',
  'GetAZs',
  'ImportValue',
];
const FUNCTIONS = [...SHORT, 'Join', 'Select', 'Split', 'Sub', 'Transform', 'Ref', 'Condition'];

const TAGS: (ScalarTag | CollectionTag)[] = FUNCTIONS.flatMap((name) => {
  const long = name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`;
  const split = (value: string): unknown => (name === 'GetAtt' ? value.split(/\.(.*)/s).slice(0, 2) : value);
  return [
    { tag: `!${name}`, resolve: (value: string) => ({ [long]: split(value) }) },
    {
      tag: `!${name}`,
      collection: 'seq' as const,
      resolve: (node: YAMLMap.Parsed | YAMLSeq.Parsed) => ({ [long]: node.toJSON() as unknown }) as never,
    },
    {
      tag: `!${name}`,
      collection: 'map' as const,
      resolve: (node: YAMLMap.Parsed | YAMLSeq.Parsed) => ({ [long]: node.toJSON() as unknown }) as never,
    },
  ];
});

/** Text → template. Throws ValidationError as CloudFormation words it. */
export function parseTemplate(source: string): Template {
  const document = parseDocument(source, { customTags: TAGS, schema: 'core' });
  const [error] = document.errors;
  if (error !== undefined)
    throw validationError(`Template format error: YAML not well-formed. (${error.code})`);
  const template = plain(document.toJS()) as Template | null;
  if (template === null || typeof template !== 'object')
    throw validationError('Template format error: unsupported structure.');
  if (Object.keys(template.Resources ?? {}).length === 0)
    throw validationError('Template format error: At least one Resources member must be defined.');
  return template;
}

/** Tagged nodes inside tagged nodes come out as documents; this makes plain data of everything. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null)) as unknown;
}

const NOTHING = Symbol('AWS::NoValue');

/** Resolves intrinsic functions. What cannot be known yet stays as it is written. */
export function resolve(value: unknown, template: Template, scope: Scope): unknown {
  if (Array.isArray(value))
    return value.map((item) => resolve(item, template, scope)).filter((item) => item !== NOTHING);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [first] = entries;
  if (entries.length === 1 && first !== undefined) {
    const call = FUNCTIONS_BY_NAME[first[0]];
    if (call !== undefined) return call(first[1], template, scope) ?? value;
  }
  return Object.fromEntries(
    entries
      .map(([key, item]) => [key, resolve(item, template, scope)] as const)
      .filter(([, item]) => item !== NOTHING),
  );
}

type Intrinsic = (argument: unknown, template: Template, scope: Scope) => unknown;

const FUNCTIONS_BY_NAME: Readonly<Record<string, Intrinsic>> = {
  Ref: (name, template, scope) => reference(String(name), template, scope),
  'Fn::GetAtt': (argument, template, scope) => attribute([argument].flat().join('.'), template, scope),
  'Fn::Sub': (argument, template, scope) => {
    const [source, extra = {}] = [argument].flat() as [string, Record<string, unknown>?];
    return source.replaceAll(/\$\{(!?)([^}]+)\}/g, (whole, literal: string, name: string) => {
      if (literal === '!') return `\${${name}}`;
      const known = name in extra ? resolve(extra[name], template, scope) : undefined;
      const value =
        known ?? (name.includes('.') ? attribute(name, template, scope) : reference(name, template, scope));
      return typeof value === 'string' ? value : whole;
    });
  },
  'Fn::Join': (argument, template, scope) => {
    const [separator, parts] = argument as [string, unknown];
    const resolved = resolve(parts, template, scope);
    return Array.isArray(resolved) && resolved.every((part) => typeof part !== 'object')
      ? resolved.join(separator)
      : undefined;
  },
  'Fn::If': (argument, template, scope) => {
    const [condition, yes, no] = argument as [string, unknown, unknown];
    return resolve(holds(condition, template, scope) ? yes : no, template, scope);
  },
  'Fn::Equals': (argument, template, scope) => {
    const [a, b] = resolve(argument, template, scope) as unknown[];
    return JSON.stringify(a) === JSON.stringify(b) || String(a) === String(b);
  },
  'Fn::Not': (argument, template, scope) => (resolve(argument, template, scope) as unknown[])[0] !== true,
  'Fn::And': (argument, template, scope) =>
    (resolve(argument, template, scope) as unknown[]).every((v) => v === true),
  'Fn::Or': (argument, template, scope) =>
    (resolve(argument, template, scope) as unknown[]).some((v) => v === true),
  Condition: (name, template, scope) => (typeof name === 'string' ? holds(name, template, scope) : undefined),
  'Fn::Select': (argument, template, scope) => {
    const [index, from] = resolve(argument, template, scope) as [number | string, unknown];
    return Array.isArray(from) ? (from as unknown[])[Number(index)] : undefined;
  },
  'Fn::Split': (argument, template, scope) => {
    const [separator, whole] = resolve(argument, template, scope) as [string, unknown];
    return typeof whole === 'string' ? whole.split(separator) : undefined;
  },
};

/** Whether a named condition of the template holds. */
export function holds(name: string, template: Template, scope: Scope): boolean {
  return resolve(template.Conditions?.[name], template, scope) === true;
}

function reference(name: string, template: Template, scope: Scope): unknown {
  switch (name) {
    case 'AWS::AccountId':
      return scope.accountId;
    case 'AWS::Region':
      return scope.region;
    case 'AWS::Partition':
      return 'aws';
    case 'AWS::URLSuffix':
      return 'amazonaws.com';
    case 'AWS::StackName':
      return scope.stackName;
    case 'AWS::StackId':
      return scope.stackId;
    case 'AWS::NoValue':
      return NOTHING;
    default: {
      const parameter = template.Parameters?.[name];
      if (parameter === undefined) return scope.physicalIds[name];
      const value = scope.parameters[name] ?? String(parameter.Default ?? '');
      return /^(CommaDelimitedList|List<)/.test(parameter.Type ?? '')
        ? value.split(',').map((s) => s.trim())
        : value;
    }
  }
}

/** ARNs of IAM resources; other attributes are not known here. */
function attribute(path: string, template: Template, scope: Scope): unknown {
  const [logicalId = '', name] = path.split('.');
  const resource = template.Resources[logicalId];
  const physicalId = scope.physicalIds[logicalId];
  if (resource === undefined || physicalId === undefined || name !== 'Arn') return undefined;
  const kind = /^AWS::IAM::(Role|User|Group)$/.exec(resource.Type)?.[1]?.toLowerCase();
  if (kind === undefined) return undefined;
  const properties = resolve(resource.Properties ?? {}, template, scope) as { Path?: string };
  return `arn:aws:iam::${scope.accountId}:${kind}${properties.Path ?? '/'}${physicalId}`;
}

/** The resources that will be made, in an order in which each comes after what it refers to. */
export function orderedResources(
  template: Template,
  scope: Scope,
): readonly (TemplateResource & { logicalId: string })[] {
  const wanted = new Map(
    Object.entries(template.Resources).filter(
      ([, { Condition }]) => Condition === undefined || holds(Condition, template, scope),
    ),
  );
  const ordered: (TemplateResource & { logicalId: string })[] = [];
  const seen = new Set<string>();
  const visit = (logicalId: string): void => {
    const resource = wanted.get(logicalId);
    if (resource === undefined || seen.has(logicalId)) return;
    seen.add(logicalId);
    for (const needed of [resource.DependsOn ?? []].flat()) visit(needed);
    const source = JSON.stringify(resource.Properties ?? {});
    for (const other of wanted.keys()) {
      if (source.includes(`"${other}"`) || source.includes(`\${${other}}`) || source.includes(`\${${other}.`))
        visit(other);
    }
    ordered.push({ ...resource, logicalId });
  };
  for (const logicalId of wanted.keys()) visit(logicalId);
  return ordered;
}
