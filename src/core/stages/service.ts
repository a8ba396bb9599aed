/** Where in the workspace a stage (or its link) was found; `line` is 1-based. */
export interface Origin {
  /** What kind of source, in words a person reads: "stages", "params", "provider.stage", "added by hand" … */
  readonly source: string;
  /** Absolute path, absent for settings. */
  readonly file?: string;
  readonly line?: number;
}

export interface DiscoveredStage {
  readonly name: string;
  readonly region?: string;
  readonly origins: readonly Origin[];
}

/** A folder with a Serverless config, as its files describe it. */
export interface Service {
  /** Stable: the absolute path of the service's folder. */
  readonly id: string;
  readonly folder: string;
  /** Absolute path of the workspace folder it lies in; folder settings of other workspace folders don't apply to it. */
  readonly workspaceFolder: string;
  readonly configFile: string;
  /** The config's `service`, else the folder's name. */
  readonly name: string;
  readonly frameworkVersion?: string;
  /** `provider.region` where it is literal or has a literal fallback. */
  readonly region?: string;
  /** `provider.profile` where it is literal. */
  readonly profile?: string;
  readonly stages: readonly DiscoveredStage[];
  /** Why the config could not be read (then `stages` is what other sources gave). */
  readonly problem?: { readonly message: string; readonly line?: number };
}

/** A Serverless config found in the workspace; all paths absolute. */
export interface ConfigFile {
  readonly path: string;
  /** The folder it lies in: the service. */
  readonly folder: string;
  readonly workspaceFolder: string;
}

/** The key of `stages` and `params` that holds what every stage shares; never a stage itself. */
export const reservedStageName = 'default';

/** The stage every Serverless CLI deploys to when neither the config nor the command line names one. */
export const frameworkDefaultStage = 'dev';

/**
 * Whether `text` can be a stage. A little wider than osls (`^[A-Za-z0-9-]+$`, lib/utils/stage-pattern.js) because older
 * frameworks took `_` and `.`; never a leading `-`, so that a name from a file cannot become a command-line option.
 */
export function isStageName(text: string): boolean {
  return text !== reservedStageName && /^[A-Za-z0-9][\w.-]{0,127}$/.test(text);
}
