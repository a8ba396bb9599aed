import type { CredentialState } from '../../../src/core/credentials/credentialStore.ts';
import type { Provider } from '../../../src/core/providers/provider.ts';
import type { SettingValue } from '../../../src/core/stages/ports.ts';
import type { DiscoveredStage, Service } from '../../../src/core/stages/service.ts';
import { stageInstances } from '../../../src/core/stages/stageInstances.ts';
import type { StageSnapshot } from '../../../src/core/stages/stageStore.ts';
import type { Row, RowContext } from '../../../src/ui/tree/row.ts';

export const now = Date.UTC(2026, 0, 1);
const minute = 60_000;

export const inMinutes = (minutes: number): number => now + minutes * minute;

export function contextWith(states: Readonly<Record<string, CredentialState>> = {}): RowContext {
  return { now, credentialState: (id) => states[id] ?? { state: 'idle' } };
}

export function service(name: string, stages: readonly string[], more: Partial<Service> = {}): Service {
  const folder = `/w/${name}`;
  return {
    id: folder,
    folder,
    workspaceFolder: '/w',
    configFile: `${folder}/serverless.yml`,
    name,
    region: 'eu-west-1',
    stages: stages.map((stage, index): DiscoveredStage => ({
      name: stage,
      origins: [{ source: 'stages', file: `${folder}/serverless.yml`, line: index + 2 }],
    })),
    ...more,
  };
}

/** A ready snapshot of what the store would make of this. */
export function snapshotOf(
  services: readonly Service[],
  providers: readonly Provider[] = [],
  links?: unknown,
  active?: string,
): StageSnapshot {
  const values: readonly SettingValue[] = links === undefined ? [] : [{ scope: 'workspace', value: links }];
  return {
    state: 'ready',
    services,
    ...stageInstances({
      services,
      providers,
      settings: { links: values, addedStages: [], defaultProviders: [], trusted: true },
      rememberedStage: active,
    }),
  };
}

export function flatten(rows: readonly Row[]): readonly Row[] {
  return rows.flatMap((row) => [row, ...flatten(row.children)]);
}
