/**
 * Messages of the Connect panel. The host sends whole snapshots ({@link ConnectView}); the webview sends intents
 * ({@link ConnectIntent}). Types only: both sides parse what arrives.
 */

export type ConnectMethod = 'access-role' | 'sso' | 'console' | 'access-key' | 'profile';

export interface MethodChoice {
  readonly id: ConnectMethod;
  readonly label: string;
  readonly description: string;
  readonly recommended: boolean;
  readonly preview: boolean;
}

/** A problem shown in place: what happened, why and what next, with buttons that send intents. */
export interface Notice {
  readonly severity: 'error' | 'warning' | 'info';
  readonly message: string;
  readonly hint?: string;
  readonly actions: readonly { readonly title: string; readonly intent: ConnectIntent }[];
}

/** Who will create and later assume the role. */
export interface IdentityChoice {
  /** `provider:<id>`, `profile:<name>` or `keys` (enter access keys). */
  readonly id: string;
  readonly label: string;
  readonly detail: string;
}

export interface Who {
  readonly accountId: string;
  readonly arn: string;
  /** "IAM user deployer", "role session Admin" … */
  readonly description: string;
}

export type Step = 'method' | 'identity' | 'role' | 'create' | 'verify' | 'done';

export interface IdentityStep {
  readonly choices: readonly IdentityChoice[];
  readonly selected: string | undefined;
  /** A check against AWS is running. */
  readonly checking: boolean;
  readonly who: Who | undefined;
}

export interface RoleStep {
  readonly alias: string;
  readonly region: string;
  readonly regions: readonly string[];
  readonly roleName: string;
  readonly stackName: string;
  /** Stages that exist in the workspace and whether the new provider will be linked to them. */
  readonly stages: readonly { readonly id: string; readonly label: string; readonly linked: boolean }[];
  /** Who may assume the role, in a sentence. */
  readonly trust: string;
  /** What the role may do, in a sentence. */
  readonly permissions: string;
  /** Per field name a message; empty when everything is valid. */
  readonly problems: Readonly<Record<string, string>>;
}

export interface StackEventRow {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly resource: string;
  readonly type: string;
  readonly status: string;
  readonly tone: 'progress' | 'good' | 'bad';
  readonly reason?: string;
}

export interface CreateStep {
  readonly stackName: string;
  readonly region: string;
  /** When the work began, in milliseconds since the epoch; the page shows what has elapsed since. */
  readonly startedAt: number;
  /** Oldest first. */
  readonly events: readonly StackEventRow[];
  readonly state: 'starting' | 'creating' | 'cancelling' | 'deleting' | 'failed' | 'cancelled' | 'created';
}

export interface Check {
  readonly id: 'assume' | 'account' | 'external-id';
  readonly label: string;
  readonly state: 'waiting' | 'running' | 'passed' | 'failed';
  readonly detail?: string;
}

export interface DoneStep {
  readonly providerName: string;
  readonly accountId: string;
  /** Absent for providers without a role of their own, such as access keys. */
  readonly roleArn: string | undefined;
  readonly stages: readonly string[];
  /** True when there is a service to deploy. */
  readonly canDeploy: boolean;
  readonly deployStage: string | undefined;
}

/** Everything the panel shows. Never holds a secret. */
export interface ConnectView {
  readonly methods: readonly MethodChoice[];
  readonly method: ConnectMethod;
  /** `method` shows the choice alone; every later step shows the chosen method with a button that sends `back`. */
  readonly step: Step;
  /** `undefined` while the identities are still being listed. */
  readonly identity: IdentityStep | undefined;
  readonly role: RoleStep | undefined;
  readonly create: CreateStep | undefined;
  readonly checks: readonly Check[];
  readonly done: DoneStep | undefined;
  readonly notice: Notice | undefined;
  /** The host is at work on the last intent: the step's main button waits. */
  readonly busy: boolean;
}

/** What a person wants, from the webview. Keys travel here once, towards the host only. */
export type ConnectIntent =
  | { readonly type: 'ready' }
  /** Chosen and confirmed: the host goes on to `identity`. */
  | { readonly type: 'selectMethod'; readonly method: ConnectMethod }
  /** Starts the browser sign-in of the methods `sso` and `console`. */
  | { readonly type: 'signIn' }
  | { readonly type: 'selectIdentity'; readonly id: string }
  | { readonly type: 'submitKeys'; readonly accessKeyId: string; readonly secretAccessKey: string }
  | { readonly type: 'confirmIdentity' }
  | { readonly type: 'setRole'; readonly field: 'alias' | 'region'; readonly value: string }
  | { readonly type: 'setStageLinked'; readonly id: string; readonly linked: boolean }
  | { readonly type: 'viewTemplate' }
  | { readonly type: 'create' }
  | { readonly type: 'cancel' }
  | { readonly type: 'retry' }
  | { readonly type: 'deleteLeftover' }
  /** From `role` to `identity`, from `identity` to `method`. */
  | { readonly type: 'back' }
  | { readonly type: 'saveUnverified' }
  | { readonly type: 'deploy' }
  | { readonly type: 'openTerminal' }
  | { readonly type: 'copy'; readonly text: string }
  | { readonly type: 'startOver' }
  | { readonly type: 'showLog' };

/** Host → webview. */
export interface ConnectSnapshot {
  readonly type: 'snapshot';
  readonly view: ConnectView;
}
