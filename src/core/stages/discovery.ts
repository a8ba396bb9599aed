import type { ConfigFile, DiscoveredStage, Origin, Service } from './service.ts';
import { frameworkDefaultStage, isStageName } from './service.ts';
import type { Entry, YamlTree } from './yamlTree.ts';
import { parseYaml } from './yamlTree.ts';
import { resolveText } from './variables.ts';

/** Longer configs are not parsed; the largest real ones are some 100 KB. In UTF-16 units. */
export const maxConfigLength = 1024 * 1024;

/**
 * What a Serverless config says about its service. Never runs project code: a `serverless.ts` / `.js` is a service with
 * the framework's default stage. Never throws: what cannot be read is the service's `problem`.
 */
export function parseService(file: ConfigFile, text: string): Service {
  const base = {
    id: file.folder,
    folder: file.folder,
    workspaceFolder: file.workspaceFolder,
    configFile: file.path,
    name: lastSegment(file.folder),
  };
  const broken = (message: string, line?: number): Service => {
    return { ...base, stages: [], problem: { message, ...(line !== undefined && { line }) } };
  };
  if (/\.([cm]?js|ts)$/.test(file.path)) {
    return { ...base, stages: [assumedStage(file.path, 'default stage of the framework')] };
  }
  if (text.length > maxConfigLength) return broken('The file is larger than 1 MB, so it was not read.');
  const tree = parseYaml(text);
  if (tree.error) return broken(tree.error.message, tree.error.line);
  if (!tree.root) return broken('The file is empty.');
  if (tree.entries(tree.root).length === 0) return broken('The file is not a mapping of settings.', 1);
  const providerName = literal(tree, tree.at(['provider', 'name']) ?? tree.at(['provider']));
  if (providerName !== undefined && providerName !== 'aws') {
    return broken(`The provider is “${providerName}”, not AWS.`, tree.at(['provider'])?.line);
  }
  return { ...base, ...facts(tree), stages: stagesOf(tree, file.path) };
}

function facts(tree: YamlTree): Partial<Service> {
  const name = literal(tree, tree.at(['service', 'name']) ?? tree.at(['service']));
  const frameworkVersion = tree.text(tree.at(['frameworkVersion'])?.value);
  const region = regionOf(tree);
  const profile = literal(tree, tree.at(['provider', 'profile']));
  return {
    ...(name !== undefined && name !== '' && { name }),
    ...(frameworkVersion !== undefined && { frameworkVersion }),
    ...(region !== undefined && { region }),
    ...(profile !== undefined && profile !== '' && { profile }),
  };
}

function stagesOf(tree: YamlTree, file: string): readonly DiscoveredStage[] {
  const origins = new Map<string, Origin[]>();
  const add = (name: string, source: string, line: number | undefined): void => {
    if (!isStageName(name)) return;
    const origin: Origin = { source, file, ...(line !== undefined && { line }) };
    origins.set(name, [...(origins.get(name) ?? []), origin]);
  };
  for (const source of ['stages', 'params']) {
    for (const entry of tree.entries(tree.at([source])?.value)) add(entry.key, source, entry.line);
  }
  const stage = tree.at(['provider', 'stage']);
  const text = literal(tree, stage);
  if (text !== undefined) add(text, 'provider.stage', stage?.line);
  if (!stage || origins.size === 0) {
    add(frameworkDefaultStage, 'default stage of the framework', undefined);
  }
  const serviceRegion = regionOf(tree);
  return [...origins].map(([name, found]) => {
    const region = regionOf(tree, name);
    return { name, ...(region !== undefined && region !== serviceRegion && { region }), origins: found };
  });
}

/** `provider.region`, in general or for one stage; only a text that looks like a region is claimed. */
function regionOf(tree: YamlTree, stage?: string): string | undefined {
  const region = literal(tree, tree.at(['provider', 'region']), stage);
  return region !== undefined && /^[a-z]{2,5}(-[a-z]+)+-\d{1,2}$/.test(region) ? region : undefined;
}

/** The text an entry's value certainly has, see {@link resolveText}. */
function literal(tree: YamlTree, entry: Entry | undefined, stage?: string): string | undefined {
  const text = tree.text(entry?.value);
  if (text === undefined || !text.includes('${')) return text;
  return resolveText(text, {
    ...(stage !== undefined && { stage }),
    valueAt(path) {
      const entry = tree.at(path);
      return entry && (tree.text(entry.value) ?? null);
    },
  });
}

function assumedStage(file: string, source: string): DiscoveredStage {
  return { name: frameworkDefaultStage, origins: [{ source, file }] };
}

function lastSegment(path: string): string {
  return path.split(/[\\/]/).findLast((segment) => segment !== '') ?? path;
}
