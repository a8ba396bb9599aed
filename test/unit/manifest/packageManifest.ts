/** The parts of package.json that the contract is about. */
export interface PackageManifest {
  readonly activationEvents: readonly string[];
  readonly extensionKind: readonly string[];
  readonly engines: { readonly vscode: string };
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly capabilities: {
    readonly virtualWorkspaces: { readonly supported: boolean };
    readonly untrustedWorkspaces: {
      readonly supported: string;
      readonly restrictedConfigurations: readonly string[];
    };
  };
  readonly contributes: Contributions;
}

interface Contributions {
  readonly commands: readonly {
    readonly command: string;
    readonly title: string;
    readonly category?: string;
  }[];
  readonly configuration: { readonly properties: Readonly<Record<string, SettingSchema>> };
  readonly viewsContainers: { readonly activitybar: readonly { readonly id: string }[] };
  readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
  readonly taskDefinitions: readonly { readonly type: string }[];
  readonly terminal?: { readonly profiles?: readonly { readonly id: string }[] };
  readonly menus: Readonly<Record<'view/title' | 'view/item/context', readonly MenuItem[]>>;
}

interface MenuItem {
  readonly command: string;
  readonly when: string;
  readonly group: string;
}

interface SettingSchema {
  readonly type: string;
  readonly enum?: readonly string[];
  readonly scope?: string;
  readonly default?: unknown;
  readonly markdownDescription?: string;
}

/** Every `when` and `enablement` clause below a value. */
export function whenClauses(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, field]) => {
    return typeof field === 'string' && (name === 'when' || name === 'enablement')
      ? [field]
      : whenClauses(field);
  });
}

/** The names in a `when` clause; regular expressions, quoted texts, numbers and booleans are no names. */
export function whenKeys(clause: string): readonly string[] {
  const plain = clause.replaceAll(/=~ \/(?:[^/\\]|\\.)*\/\w*|'[^']*'/g, ' ');
  const words = plain.match(/[A-Za-z][\w.:-]*/g) ?? [];
  return words.filter((word) => !['true', 'false', 'not', 'in'].includes(word));
}

/**
 * Kinds and flags of rows by the list in the comment of the function that makes them: `- \`kind;\` with \`flag;\` …`.
 *
 * @param sources text of the files that make rows
 * @returns flags by kind
 */
export function flagsOfRows(sources: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const flags = new Map<string, Set<string>>();
  for (const source of sources) {
    const list =
      /Kinds and flags in `contextValue`:(?<items>[\s\S]*?)\*\//.exec(source)?.groups?.['items'] ?? '';
    for (const item of list.split(/^ \* - /m)) {
      const words = [...item.matchAll(/`(?<word>[\w-]+(?:;[\w-]+)*);`/g)].map(({ groups }) => {
        return (groups?.['word'] ?? '').split(';');
      });
      const kinds = new Set(
        words.filter((word, index) => index === 0 || word.length > 1).map(([kind = '']) => kind),
      );
      for (const kind of kinds) {
        const known = flags.get(kind) ?? new Set();
        for (const word of words) for (const flag of word) if (!kinds.has(flag)) known.add(flag);
        flags.set(kind, known);
      }
    }
  }
  return flags;
}
