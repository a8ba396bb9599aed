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
