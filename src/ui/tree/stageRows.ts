import type { LinkProblem, StageInstance } from '../../core/stages/link.ts';
import { roleOf } from '../../core/stages/links.ts';
import type { Origin, Service } from '../../core/stages/service.ts';
import type { StageSnapshot } from '../../core/stages/stageStore.ts';
import { providerKindNames } from '../../core/providers/provider.ts';
import { commands, settings } from '../manifest.ts';
import type { Row, RowContext, RowIcon } from './row.ts';
import { contextValue, dotted, healthNames, healthOf, markdownText, timeLeft, tooltipLines } from './row.ts';

/**
 * The Stages view. Kinds and flags in `contextValue`:
 *
 * - `service;` with `problem;`
 * - `stage;` with `linked;` (has a provider) or `unlinked;`, and `problem;`, `active;`, `protected;`, `added;` (by hand)
 * - `detail;provider;` `detail;account;` `detail;role;` `detail;region;` `detail;link;` `detail;origin;`
 *   `detail;problem;`
 * - `problem;` for what concerns no stage
 */
export function stageRows(snapshot: StageSnapshot, context: RowContext): readonly Row[] {
  if (snapshot.state !== 'ready') return [];
  const byService = Map.groupBy(snapshot.stages, ({ serviceId }) => serviceId);
  const services = snapshot.services.map((service) => ({
    service,
    children: [
      ...(service.problem ? [serviceProblemRow(service)] : []),
      ...(byService.get(service.id) ?? []).map((stage) => stageRow(stage, context)),
    ],
  }));
  const [only, second] = services;
  return [
    ...(snapshot.problem === undefined ? [] : [searchProblemRow(snapshot.problem)]),
    ...snapshot.linkProblems.map(linkProblemRow),
    ...(only && !second
      ? only.children
      : services.map(({ service, children }) => serviceRow(service, children, snapshot.active))),
  ];
}

function serviceRow(service: Service, children: readonly Row[], active: StageInstance | undefined): Row {
  return {
    id: `service:${service.id}`,
    label: service.name,
    description: dotted(relativeFolder(service), service.problem && 'cannot be read'),
    tooltip: tooltipLines(service.name, [
      ['Config', service.configFile],
      ['Framework version', service.frameworkVersion],
      ['Problem', service.problem?.message],
    ]),
    icon: service.problem ? warning : { id: 'package' },
    contextValue: contextValue('service', { problem: service.problem !== undefined }),
    children,
    expanded: active?.serviceId === service.id,
    serviceId: service.id,
  };
}

/** Where the service lies, which tells services of the same name apart. */
function relativeFolder({ folder, workspaceFolder }: Service): string | undefined {
  if (folder === workspaceFolder || !folder.startsWith(workspaceFolder)) return undefined;
  return folder.slice(workspaceFolder.length).replace(/^[\\/]/, '');
}

const warning: RowIcon = { id: 'warning', color: 'list.warningForeground' };
const failed: RowIcon = { id: 'error', color: 'list.errorForeground' };

function stageRow(stage: StageInstance, context: RowContext): Row {
  const { link } = stage;
  const credentials = link.provider && context.credentialState(link.provider.id);
  const health = credentials && healthOf(credentials);
  const left = credentials && timeLeft(credentials.expiresAt, context.now);
  const id = `stage:${stage.id}`;
  return {
    id,
    label: stage.name,
    description: dotted(
      stage.active && 'active',
      link.problem ? problemNames[link.problem.code] : (link.provider?.name ?? 'not linked'),
      link.accountId,
      stage.region,
      left ?? (health && healthNames[health]),
    ),
    get tooltip() {
      return stageTooltip(stage, context);
    },
    icon: stageIcon(stage),
    contextValue: contextValue('stage', {
      linked: link.provider !== undefined,
      unlinked: link.provider === undefined,
      problem: link.problem !== undefined,
      active: stage.active,
      protected: link.protected,
      added: stage.origins.some(({ source }) => source === 'added by hand'),
    }),
    get children() {
      return detailRows(id, stage);
    },
    stageId: stage.id,
    serviceId: stage.serviceId,
    ...(link.provider && { providerId: link.provider.id }),
  };
}

/** A few words for each problem; the whole sentence is in the row's details. */
export const problemNames: Readonly<Record<NonNullable<StageInstance['link']['problem']>['code'], string>> = {
  'no-provider': 'no provider yet',
  'account-mismatch': 'wrong account',
  'ambiguous-provider': 'several providers',
  untrusted: 'workspace not trusted',
  'invalid-entry': 'invalid link',
};

/** The whole identity of a stage and where it comes from, as Markdown. */
export function stageTooltip(stage: StageInstance, context: RowContext): string {
  const { link } = stage;
  const credentials = link.provider && context.credentialState(link.provider.id);
  return tooltipLines(`${stage.serviceName} / ${stage.name}`, [
    ['Provider', link.provider && `${link.provider.name} (${providerKindNames[link.provider.kind]})`],
    ['Account', link.accountId],
    ['Role', link.provider && roleOf(link.provider)],
    ['Region', stage.region],
    [
      'Credentials',
      credentials && (timeLeft(credentials.expiresAt, context.now) ?? healthNames[healthOf(credentials)]),
    ],
    ['Protected', link.protected ? 'asks before it is changed' : undefined],
    ['Link', link.explanation],
    ['Found in', stage.origins.map(originText).join(', ')],
    ['Problem', link.problem?.message ?? credentials?.failure?.message],
  ]);
}

function stageIcon({ link, active }: StageInstance): RowIcon {
  if (link.problem) return link.problem.code === 'account-mismatch' ? failed : warning;
  const color = active ? { color: 'charts.green' } : {};
  if (link.protected) return { id: 'shield', ...color };
  if (active) return { id: 'circle-filled', ...color };
  return { id: link.provider ? 'circle-large-outline' : 'circle-slash' };
}

function detailRows(parent: string, stage: StageInstance): readonly Row[] {
  const { link } = stage;
  const detail = (
    kind: string,
    label: string,
    description: string | undefined,
    icon: RowIcon,
    more: Partial<Row> = {},
  ): readonly Row[] => {
    if (description === undefined) return [];
    return [
      {
        id: `${parent}/${kind}`,
        label,
        description,
        tooltip: `**${label}**  \n${markdownText(description)}`,
        icon,
        contextValue: contextValue('detail', { [kind]: true }),
        children: [],
        ...more,
      },
    ];
  };
  const { provider } = link;
  const linkStage = {
    command: { title: 'Link Stage to Provider', command: commands.linkStage, args: [{ stageId: stage.id }] },
  };
  return [
    ...detail(
      'problem',
      'Problem',
      link.problem?.message,
      warning,
      link.problem?.code === 'untrusted' ? {} : linkStage,
    ),
    ...detail(
      'provider',
      'Provider',
      provider && `${provider.name} (${providerKindNames[provider.kind]})`,
      { id: 'plug' },
      provider && { providerId: provider.id },
    ),
    ...detail('account', 'Account', link.accountId, { id: 'organization' }),
    ...detail('role', 'Role', provider && roleOf(provider), { id: 'person' }),
    ...detail('region', 'Region', stage.region, { id: 'globe' }),
    ...detail('link', 'Link', link.explanation, { id: 'link' }, link.link ? { command: openSetting } : {}),
    ...stage.origins.map((origin, index) => originRow(parent, origin, index)),
  ];
}

const openSetting = {
  title: 'Open Settings',
  command: 'workbench.action.openSettings',
  args: [settings.stages],
};

function originRow(parent: string, origin: Origin, index: number): Row {
  return {
    id: `${parent}/origin/${index}`,
    label: 'Found in',
    description: originText(origin),
    icon: { id: 'file' },
    contextValue: contextValue('detail', { origin: true }),
    children: [],
    ...(origin.file !== undefined && {
      tooltip: tooltipLines('Found in', [['File', origin.file]]),
      open: { file: origin.file, ...(origin.line !== undefined && { line: origin.line }) },
    }),
  };
}

function originText({ source, file, line }: Origin): string {
  const name = file?.split(/[\\/]/).at(-1);
  if (name === undefined) return source;
  return `${source}, ${name}${line === undefined ? '' : `:${line}`}`;
}

function serviceProblemRow({ id, configFile, problem }: Service): Row {
  const line = problem?.line;
  const file = configFile.split(/[\\/]/).at(-1) ?? configFile;
  return {
    id: `service:${id}/problem`,
    label: line === undefined ? file : `${file}:${line}`,
    description: problem?.message ?? '',
    tooltip: tooltipLines(configFile, [['Problem', problem?.message]]),
    icon: failed,
    contextValue: contextValue('problem'),
    children: [],
    open: { file: configFile, ...(line !== undefined && { line }) },
    serviceId: id,
  };
}

function linkProblemRow({ key, message, scope, folder }: LinkProblem): Row {
  return {
    id: `problem:link:${scope}:${folder ?? ''}:${key}`,
    label: key === '' ? settings.stages : key,
    description: message,
    tooltip: tooltipLines(`${settings.stages} (${scope} settings)`, [
      ['Entry', key],
      ['Problem', message],
    ]),
    icon: warning,
    contextValue: contextValue('problem'),
    children: [],
    command: openSetting,
  };
}

function searchProblemRow(message: string): Row {
  return {
    id: 'problem:search',
    label: 'The workspace could not be searched',
    description: message,
    tooltip: tooltipLines('The workspace could not be searched', [['Problem', message]]),
    icon: failed,
    contextValue: contextValue('problem'),
    children: [],
    command: { title: 'Try Again', command: commands.refresh },
  };
}
