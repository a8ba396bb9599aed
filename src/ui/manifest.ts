/**
 * The typed side of `package.json`'s contributions. A test holds the two against each other, both ways: a command,
 * view, setting or context key exists in both or in neither.
 */

const prefix = 'awsProviders';

/** Command ids as {@link FailureAction.command} and `executeCommand` use them. */
export const commands = {
  connect: `${prefix}.connect`,
  switchStage: `${prefix}.switchStage`,
  addStage: `${prefix}.addStage`,
  linkStage: `${prefix}.linkStage`,
  openTerminal: `${prefix}.openTerminal`,
  deployStage: `${prefix}.deployStage`,
  testProvider: `${prefix}.testProvider`,
  renameProvider: `${prefix}.renameProvider`,
  setDefaultProvider: `${prefix}.setDefaultProvider`,
  removeProvider: `${prefix}.removeProvider`,
  checkRole: `${prefix}.checkRole`,
  updateRole: `${prefix}.updateRole`,
  rotateExternalId: `${prefix}.rotateExternalId`,
  copyLink: `${prefix}.copyLink`,
  continueWork: `${prefix}.continueWork`,
  createService: `${prefix}.createService`,
  installFramework: `${prefix}.installFramework`,
  importProfiles: `${prefix}.importProfiles`,
  identifyFound: `${prefix}.identifyFound`,
  useFound: `${prefix}.useFound`,
  hideFound: `${prefix}.hideFound`,
  removeAllData: `${prefix}.removeAllData`,
  refresh: `${prefix}.refresh`,
  showLog: `${prefix}.showLog`,
} as const;

export type CommandName = keyof typeof commands;
export type CommandId = (typeof commands)[CommandName];

export const viewContainer = prefix;

export const views = {
  stages: `${prefix}.stages`,
  providers: `${prefix}.providers`,
} as const;

/** Context keys that `when` clauses in package.json use; set only through `setContext`. */
export const contextKeys = {
  /** At least one provider exists. */
  hasProviders: `${prefix}.hasProviders`,
  /** At least one service was found. */
  hasServices: `${prefix}.hasServices`,
  /** Stages and providers have been read once; before, no welcome is shown. */
  loaded: `${prefix}.loaded`,
} as const;

/** Settings, with their section prefix. */
export const settings = {
  stages: `${prefix}.stages`,
  addedStages: `${prefix}.addedStages`,
  defaultProvider: `${prefix}.defaultProvider`,
  deployCommand: `${prefix}.deployCommand`,
  templateUrl: `${prefix}.templateUrl`,
  protectedConfirmation: `${prefix}.protectedConfirmation`,
} as const;

export const panels = {
  connect: `${prefix}.connectPanel`,
} as const;

/** Type of the deploy task. */
export const taskType = 'serverless';
