import type { Provider } from '../providers/provider.ts';
import type { Link, LinkProblem, StageInstance } from './link.ts';
import { parseLinks } from './linkSetting.ts';
import { linkResolver } from './links.ts';
import type { LinkSettingValues, SettingValue } from './ports.ts';
import type { DiscoveredStage, Origin, Service } from './service.ts';
import { frameworkDefaultStage, isStageName } from './service.ts';

/** Region that every Serverless CLI uses when nothing names one (osls `aws/provider.js`, `getRegion`). */
const frameworkDefaultRegion = 'us-east-1';

export interface StageInputs {
  readonly services: readonly Service[];
  readonly providers: readonly Provider[];
  readonly settings: LinkSettingValues;
  readonly startUrlOf?: (sessionId: string) => string | undefined;
  /** Id of the stage last made active. */
  readonly rememberedStage: string | undefined;
}

export interface StageList {
  readonly stages: readonly StageInstance[];
  readonly active: StageInstance | undefined;
  readonly linkProblems: readonly LinkProblem[];
}

/** Combines services, settings and providers into the rows of the Stages view, in the order of the services. */
export function stageInstances(inputs: StageInputs): StageList {
  const { settings, providers } = inputs;
  const parsed = settings.links.map(({ value, ...source }) => parseLinks(value, source));
  const links = parsed.flatMap((one) => one.links);
  const defaults = settings.defaultProviders;
  const defaultProvider = defaults.find(({ scope }) => settings.trusted || scope === 'user') ?? defaults[0];
  const resolve = linkResolver(links, providers, {
    trusted: settings.trusted,
    ...(defaultProvider && { defaultProvider }),
    ...(inputs.startUrlOf && { startUrlOf: inputs.startUrlOf }),
  });
  const named = namedStages(links, settings.addedStages);

  const inactive: StageInstance[] = [];
  for (const service of inputs.services) {
    for (const stage of withNamed(service, named.get(service.name) ?? [])) {
      const region = stage.region ?? service.region;
      const link = resolve({
        service: service.name,
        stage: stage.name,
        workspaceFolder: service.workspaceFolder,
        ...(region !== undefined && { region }),
      });
      inactive.push({
        id: stageId(service.id, stage.name),
        serviceId: service.id,
        serviceName: service.name,
        name: stage.name,
        region: link.region ?? region ?? link.provider?.region ?? frameworkDefaultRegion,
        origins: stage.origins,
        link,
        active: false,
      });
    }
  }
  return {
    ...withActive(inactive, inputs.rememberedStage),
    linkProblems: parsed.flatMap((one) => one.problems),
  };
}

/** Marks the active stage: the remembered one, else the first `dev`, else the first. */
export function withActive(
  stages: readonly StageInstance[],
  remembered: string | undefined,
): Pick<StageList, 'stages' | 'active'> {
  const chosen =
    stages.find(({ id }) => id === remembered) ??
    stages.find(({ name }) => name === frameworkDefaultStage) ??
    stages[0];
  const marked = stages.map((stage) =>
    stage.active === (stage.id === chosen?.id) ? stage : { ...stage, active: stage.id === chosen?.id },
  );
  return { stages: marked, active: marked.find(({ active }) => active) };
}

export function stageId(serviceId: string, stage: string): string {
  return `${serviceId}#${stage}`;
}

interface NamedStage {
  readonly name: string;
  readonly origin: Origin;
  /** Only for services of this workspace folder. */
  readonly folder?: string;
}

/** Stages that settings name for a service: added by hand, or linked by an exact `service/stage` key. */
function namedStages(
  links: readonly Link[],
  added: readonly SettingValue[],
): ReadonlyMap<string, readonly NamedStage[]> {
  const named = new Map<string, NamedStage[]>();
  const add = (service: string, stage: NamedStage): void => {
    if (isStageName(stage.name)) named.set(service, [...(named.get(service) ?? []), stage]);
  };
  for (const { value, folder } of added) {
    for (const [service, names] of Object.entries(parseAddedStages(value))) {
      for (const name of names) add(service, { name, origin: { source: 'added by hand' }, ...only(folder) });
    }
  }
  for (const { service, pattern, folder } of links) {
    // A pattern is no stage's name, so it is not added.
    if (service !== undefined) {
      add(service, { name: pattern, origin: { source: 'awsProviders.stages' }, ...only(folder) });
    }
  }
  return named;
}

function only(folder: string | undefined): { readonly folder?: string } {
  return folder === undefined ? {} : { folder };
}

function withNamed(service: Service, named: readonly NamedStage[]): readonly DiscoveredStage[] {
  const stages = new Map(service.stages.map((stage) => [stage.name, stage]));
  for (const { name, origin, folder } of named) {
    if (folder !== undefined && folder !== service.workspaceFolder) continue;
    const known = stages.get(name);
    if (!known) stages.set(name, { name, origins: [origin] });
    else if (!known.origins.some(({ source }) => source === origin.source)) {
      stages.set(name, { ...known, origins: [...known.origins, origin] });
    }
  }
  return [...stages.values()];
}

/** `awsProviders.addedStages`: service name → stage names. What has another form is left out. */
export function parseAddedStages(value: unknown): Readonly<Record<string, readonly string[]>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(
    Object.entries(value).map(([service, names]: [string, unknown]) => [
      service,
      Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [],
    ]),
  );
}

/** The value of `awsProviders.addedStages` with `stage` added to, or taken from, `service`; the rest stays. */
export function addedStagesWith(
  value: unknown,
  service: string,
  stage: string,
  present: boolean,
): Readonly<Record<string, unknown>> {
  const current = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  const others = (parseAddedStages(value)[service] ?? []).filter((name) => name !== stage);
  const names = present ? [...others, stage] : others;
  const kept = Object.entries(current).filter(([name]) => name !== service);
  return Object.fromEntries(names.length > 0 ? [...kept, [service, names]] : kept);
}
