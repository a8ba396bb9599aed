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
  /** What this identity means for what comes next, e.g. that root gets a user of its own; shown beside it. */
  readonly note: string | undefined;
  /** Offer to use the identity itself as provider instead of making a role. */
  readonly canUseAsItIs: boolean;
}

export type Step = 'method' | 'identity' | 'role' | 'create' | 'verify' | 'done';

export interface IdentityStep {
  readonly choices: readonly IdentityChoice[];
  readonly selected: string | undefined;
  /** A check against AWS is running. */
  readonly checking: boolean;
  readonly who: Who | undefined;
}

/** How the role comes into being. */
export type RoleWay =
  /** The extension calls CloudFormation. */
  | 'create'
  /** The person creates the stack in the AWS console; it is found by itself. */
  | 'console'
  /** The role exists already; its ARN is given. */
  | 'existing';

export type PermissionKind = 'administrator' | 'policies' | 'limited';

/** Text fields of the role step, by name. */
export type RoleField =
  | 'alias'
  | 'region'
  | 'accountId'
  | 'roleName'
  | 'policyArns'
  | 'services'
  | 'passTo'
  | 'boundaryArn'
  | 'sessionHours'
  | 'roleArn';

export interface RoleStep {
  readonly way: RoleWay;
  readonly ways: readonly { readonly id: RoleWay; readonly label: string; readonly description: string }[];
  /** Advanced shows every field; simple shows alias, region and stages. */
  readonly mode: 'simple' | 'advanced';
  /** Values of all text fields; `policyArns`, `services` and `passTo` hold one entry per line. */
  readonly fields: Readonly<Record<RoleField, string>>;
  readonly regions: readonly string[];
  readonly stackName: string;
  readonly permissionKind: PermissionKind;
  readonly permissionKinds: readonly {
    readonly id: PermissionKind;
    readonly label: string;
    readonly description: string;
  }[];
  /** Narrow the trust to this person's sessions; absent where it makes no difference. */
  readonly onlyMe: boolean | undefined;
  /** Stages that exist in the workspace and whether the new provider will be linked to them. */
  readonly stages: readonly { readonly id: string; readonly label: string; readonly linked: boolean }[];
  /** Who may assume the role, in a sentence. */
  readonly trust: string;
  /** What the role may do, in a sentence. */
  readonly permissions: string;
  /** Things to know before going on, e.g. that a chained session lasts an hour at most. */
  readonly notes: readonly string[];
  /** Per field a message; empty when everything is valid. */
  readonly problems: Readonly<Partial<Record<RoleField, string>>>;
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

/** What to do in the AWS console; the panel goes on by itself when it sees the stack or the role. */
export interface ConsoleStep {
  /** `link`: one click opens the review page with everything filled in. `template`: save the template, upload it there. */
  readonly kind: 'link' | 'template';
  /** How the stack is looked for, in a sentence. */
  readonly detection: string;
}

export interface CreateStep {
  readonly stackName: string;
  readonly region: string;
  /** When the work began, in milliseconds since the epoch; the page shows what has elapsed since. */
  readonly startedAt: number;
  /** Oldest first. */
  readonly events: readonly StackEventRow[];
  readonly state:
    | 'starting'
    | 'awaiting'
    | 'creating'
    | 'updating'
    | 'cancelling'
    | 'deleting'
    | 'failed'
    | 'cancelled'
    | 'created';
  /** Set while the person creates the stack in the AWS console. */
  readonly console: ConsoleStep | undefined;
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
  /** Take the identity itself as provider. */
  | { readonly type: 'useAsItIs' }
  | { readonly type: 'setWay'; readonly way: RoleWay }
  | { readonly type: 'setMode'; readonly mode: 'simple' | 'advanced' }
  | { readonly type: 'setRole'; readonly field: RoleField; readonly value: string }
  | { readonly type: 'setPermissionKind'; readonly kind: PermissionKind }
  | { readonly type: 'setOnlyMe'; readonly onlyMe: boolean }
  | { readonly type: 'setStageLinked'; readonly id: string; readonly linked: boolean }
  | { readonly type: 'viewTemplate' }
  | { readonly type: 'create' }
  /** The existing role's ExternalId travels once, towards the host only; empty = none. */
  | { readonly type: 'useExisting'; readonly externalId: string }
  /** Opens the console page (and saves the template where it must be uploaded). */
  | { readonly type: 'openConsole' }
  /** While the console is used: the ARN of the role, pasted. */
  | { readonly type: 'submitRoleArn'; readonly roleArn: string }
  /** Take over the stack of ours that has the name already. */
  | { readonly type: 'adopt' }
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
