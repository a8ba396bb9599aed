/** Which VS Code: the newest, or the oldest that is supported. */
export type Edition = 'newest' | 'oldest';

/** Absolute paths of everything the tests run. */
export interface Locations {
  repository: string;
  cache: string;
  /** Node 24. */
  node: string;
  /** The Node that runs this edition of VS Code. */
  vscodeNode: string;
  /** The folder that holds `out/server-main.js`. */
  vscodeRoot: string;
  vscodeVersion: string;
  /** Python that can import moto and boto3. Run modules with `-m`; its scripts do not work. */
  python: string;
  chromium: string;
}

export const repository: string;

/** The first of several programs on PATH. */
export function findProgram(names: string[], env?: NodeJS.ProcessEnv): string | undefined;

/** Paths of all that set-up made, without network. @throws Error naming what is missing and the command to run */
export function locations(edition?: Edition): Locations;

/** Path of the Python environment alone, for tiers that need neither VS Code nor a browser. @throws as above */
export function pythonLocation(): string;

/** Where set-up keeps its artefacts; it may not exist yet. */
export function cacheDirectory(env?: NodeJS.ProcessEnv): string;

/** The Node 24 that runs the `.ts` scripts; it may not be set up yet. */
export function nodeBinary(): string;

/** Absolute path of a program that an npm package of this repository brings. */
export function tool(name: string): string;
