import type { Event } from '../base/event.ts';
import type { Provider } from '../providers/provider.ts';
import type { LinkSource } from './link.ts';
import type { DefaultProvider } from './links.ts';
import type { ConfigFile } from './service.ts';

/** Changes of config files since the last event. */
export interface FileChanges {
  /** Absolute paths whose content changed. */
  readonly paths: readonly string[];
  /** Configs appeared or went, or workspace folders did: list again. */
  readonly relist: boolean;
}

/** The workspace's files, as discovery needs them. */
export interface WorkspaceFiles {
  /** All Serverless configs, in no particular order; folders the person excludes from the explorer are left out. */
  listConfigs(signal: AbortSignal): Promise<readonly ConfigFile[]>;
  /** The file's text, `undefined` when it is gone. Rejects when it cannot be read. */
  read(path: string): Promise<string | undefined>;
  /** Watching starts with the first listener. */
  readonly onDidChange: Event<FileChanges>;
}

/** One scope's value of a setting, unparsed. */
export interface SettingValue extends LinkSource {
  readonly value: unknown;
}

export interface LinkSettingValues {
  /** `awsProviders.stages`, every scope that sets it. */
  readonly links: readonly SettingValue[];
  /** `awsProviders.addedStages`, every scope that sets it. */
  readonly addedStages: readonly SettingValue[];
  /** `awsProviders.defaultProvider`, closest scope first. */
  readonly defaultProviders: readonly DefaultProvider[];
  /** Whether the person trusts the workspace, and so what its settings say. */
  readonly trusted: boolean;
}

/** The settings that say which stage goes with which provider. */
export interface LinkSettings {
  /** Cheap. */
  get(): LinkSettingValues;
  /** A setting above, or the trust, changed. */
  readonly onDidChange: Event<void>;
  /** Replaces `awsProviders.stages` of one scope by what `change` makes of its value. */
  editLinks(source: LinkSource, change: (value: unknown) => unknown): Promise<void>;
  /** Replaces `awsProviders.addedStages` of the workspace. */
  editAddedStages(change: (value: unknown) => unknown): Promise<void>;
}

/** The active stage of this workspace, remembered across windows closing. */
export interface ActiveStageMemory {
  /** Id of a stage, which may no longer exist. Cheap. */
  get(): string | undefined;
  set(stageId: string): Promise<void>;
}

/** The registered providers; `onDidChange` when any was added, edited or removed. */
export interface ProviderSource {
  readonly providers: readonly Provider[];
  readonly onDidChange: Event<unknown>;
  /** Start URL of a sign-in session, to tell links of different portals apart. */
  startUrlOf?(sessionId: string): string | undefined;
}
