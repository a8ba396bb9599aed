import type { Check, ConnectMethod, CreateStep, RoleWay, Step } from '../../protocol/connect.ts';

/** Every fixed text of the Connect page, in one place so that it can be translated. */
export const text = {
  title: 'Connect AWS Provider',
  lead: 'Give your deployment stages their own way into an AWS account. Everything runs on this machine; nothing is sent to anyone but AWS.',
  loading: 'Loading…',
  back: 'Back',
  continue: 'Continue',
  change: 'Change',
  changeSpoken: 'Change the connection method',
  recommended: 'Recommended',
  preview: 'Preview',
  progress: 'Progress',
  stepDone: 'done',
  copy: 'Copy',
  copied: 'Copied',

  stepLabels: {
    method: 'Method',
    identity: 'Who are you?',
    role: 'What role?',
    create: 'Create',
    verify: 'Verify',
    done: 'Done',
  } satisfies Record<Step, string>,

  headings: {
    method: 'How do you want to connect?',
    identity: 'Who are you?',
    role: 'What role?',
    create: 'Creating the access role',
    verify: 'Verifying the access role',
    done: 'Connected',
  } satisfies Record<Step, string>,

  createHeadings: {
    starting: 'Creating the access role',
    awaiting: 'Create the stack in the AWS console',
    creating: 'Creating the access role',
    updating: 'Updating the access role',
    cancelling: 'Cancelling',
    deleting: 'Deleting the stack',
    failed: 'The access role was not created',
    cancelled: 'Cancelled',
    created: 'The access role was created',
  } satisfies Record<CreateStep['state'], string>,
  verifyFailed: 'The access role did not pass',

  /** Heading of the identity step for methods whose identity becomes the provider. */
  identityHeadings: {
    'access-role': 'Who are you?',
    sso: 'Sign in to IAM Identity Center',
    console: 'Sign in with the AWS console',
    'access-key': 'Enter access keys',
    profile: 'Choose a local profile',
  } satisfies Record<ConnectMethod, string>,

  identityLeads: {
    'access-role':
      'Choose the identity that creates the role now and assumes it later. Nothing is used before you choose it.',
    sso: 'Your browser opens for the sign-in. Then choose accounts and roles.',
    console: 'Your browser opens for the sign-in you use for the AWS console. No key is created.',
    'access-key':
      'The keys are checked with AWS first, then kept in the editor’s secret storage and nowhere else.',
    profile: 'Profiles are read from your AWS configuration files, which are never changed.',
  } satisfies Record<ConnectMethod, string>,

  identityConfirm: {
    'access-role': 'Continue',
    sso: 'Continue',
    console: 'Save provider',
    'access-key': 'Save provider',
    profile: 'Import profile',
  } satisfies Record<ConnectMethod, string>,

  method: {
    legend: 'Method',
  },

  identity: {
    legend: 'Identity',
    loading: 'Looking for identities on this machine…',
    none: 'Nothing was found on this machine.',
    checking: 'Asking AWS who this is…',
    whoTitle: 'AWS says you are',
    account: 'Account',
    arn: 'ARN',
    signIn: 'Sign in with the browser',
    signInAgain: 'Sign in again',
    useAsItIs: 'Use it as it is',
  },

  keys: {
    legend: 'Access keys',
    hint: 'Paste both at once into either field: from the AWS console, a CSV file, aws configure, export lines or JSON.',
    warning:
      'Access keys stay valid until somebody deletes them. An access role hands out credentials that end by themselves.',
    useRole: 'Use an access role instead',
    accessKeyId: 'Access key ID',
    secretAccessKey: 'Secret access key',
    show: 'Show secret',
    check: 'Check keys',
    checkAgain: 'Check other keys',
    filled: 'Both fields were filled from the pasted text.',
    filledWithoutToken:
      'Both fields were filled. The session token was left out: temporary keys cannot be kept.',
    looksRight: 'The format is right.',
    required: 'This field is empty.',
    progress: (length: number, of: number): string => `${length} of ${of} characters`,
    idStart: 'An access key ID begins with AKIA.',
    idTemporary:
      'Keys that begin with ASIA are temporary and end within hours. Sign in with IAM Identity Center or use a local profile instead.',
    idIsSecret: 'This looks like the secret access key. It belongs into the other field.',
    secretIsId: 'This looks like the access key ID. It belongs into the other field.',
    idCharacters: 'Only capital letters and digits follow AKIA.',
    secretCharacters: 'A secret access key has only letters, digits, + and /.',
    length: (length: number, of: number): string => `It has ${of} characters; this one has ${length}.`,
  },

  role: {
    leads: {
      create: 'Everything is filled in. One CloudFormation stack makes the role in your account.',
      console:
        'You create the CloudFormation stack yourself in the AWS console, with everything filled in. This page notices when it is there.',
      existing: 'Give the ARN of a role this identity may assume. Nothing in your account is changed.',
    } satisfies Record<RoleWay, string>,
    anotherWay: 'Another way',
    ways: 'How the role comes into being',
    mode: 'How much to decide',
    modes: { simple: 'Simple', advanced: 'Advanced' },
    notes: 'Good to know',
    trust: 'Who can use it',
    permissions: 'What it can do',
    assumedBy: 'Assumed by',
    alias: 'Provider name',
    aliasHint: 'Shown wherever this provider is used.',
    region: 'Region',
    regionHint: 'Where the stack is made and where stages deploy unless they name another.',
    regionHintExisting: 'Where stages deploy unless they name another.',
    otherRegion: 'Another region…',
    otherRegionName: 'Name of the other region',
    accountId: 'Account ID',
    accountIdHint: 'The account you sign in to in the AWS console. The role is looked for there.',
    stages: 'Link to stages',
    noStages: 'No stages were found in this workspace. You can link stages later.',
    roleName: 'Role',
    roleNameField: 'Role name',
    roleNameHint: 'As it will be called in IAM.',
    stackName: 'Stack',
    permissionKind: 'Permissions',
    policyArns: 'Managed policy ARNs',
    policyArnsHint: 'One per line, of AWS or of your own, such as arn:aws:iam::aws:policy/PowerUserAccess.',
    services: 'Services it may deploy',
    servicesHint:
      'Names of Serverless services, one per line. Only their IAM roles may be created or changed.',
    passTo: 'AWS services that may receive their roles',
    passToHint: 'Service principals, one per line, such as lambda.amazonaws.com or states.amazonaws.com.',
    boundaryArn: 'Permissions boundary ARN',
    boundaryHint: 'A managed policy the role can never exceed. Some organizations ask for one.',
    sessionHours: 'Session length',
    sessionHint: 'How long credentials of the role last before they are renewed.',
    sessionHintExisting: 'At most what the role’s own maximum session duration allows.',
    hours: (hours: string): string => `${hours} ${hours === '1' ? 'hour' : 'hours'}`,
    onlyMeLegend: 'Trust',
    onlyMe: 'Only me',
    onlyMeHint: 'Others who sign in the same way cannot use the role, only sessions under your name.',
    roleArn: 'Role ARN',
    roleArnHint: 'Such as arn:aws:iam::111122223333:role/deploy.',
    arnShape: 'This is not the ARN of a role, such as arn:aws:iam::111122223333:role/deploy.',
    externalId: 'ExternalId',
    externalIdHint:
      'If the trust policy of the role asks for one. It is kept in the editor’s secret storage.',
    optional: '(optional)',
    showFields: 'Show all fields',
    viewTemplate: 'View template',
    submit: {
      create: 'Create access role',
      console: 'Open AWS console',
      existing: 'Verify role',
    } satisfies Record<RoleWay, string>,
  },

  wait: {
    stepsTitle: 'What to do there',
    signIn: (account: string): string =>
      account === '' ? 'Sign in if the console asks for it.' : `Sign in to account ${account}.`,
    link: [
      'Look through the values: everything is filled in.',
      'Tick the box about IAM resources and choose Create stack.',
    ],
    template: [
      'Choose “Upload a template file”, take the file that was saved, and enter the stack name below.',
      'Keep every other value, tick the box about IAM resources and choose Submit.',
    ],
    openAgain: 'Open AWS console again',
    manualTitle: 'Done, and nothing happens here?',
    manualHint: 'Paste the role’s ARN from the Outputs of the stack.',
    useArn: 'Use this ARN',
    leave: 'You may close this panel and come back to it later.',
  },

  create: {
    stack: 'Stack',
    region: 'Region',
    elapsed: 'Elapsed',
    events: 'Stack events',
    noEvents: 'Waiting for the first event from CloudFormation…',
    leave: 'You may close this panel: the work goes on, and you can come back to it.',
    cancel: 'Cancel',
    cancelling: 'Cancelling…',
    startOver: 'Start again',
    states: {
      starting: 'Starting',
      awaiting: 'Waiting for the stack',
      creating: 'Creating the stack',
      updating: 'Updating the stack',
      cancelling: 'Cancelling',
      deleting: 'Deleting the stack',
      failed: 'Failed',
      cancelled: 'Cancelled: nothing was left in your account',
      created: 'Created',
    } satisfies Record<CreateStep['state'], string>,
  },

  verify: {
    lead: 'A new role takes some seconds until AWS knows it everywhere.',
    checks: 'Checks',
    states: {
      waiting: 'Waiting',
      running: 'Checking…',
      passed: 'Passed',
      failed: 'Failed',
    } satisfies Record<Check['state'], string>,
  },

  done: {
    lead: (name: string): string => `${name} is ready to use.`,
    provider: 'Provider',
    account: 'Account',
    roleArn: 'Role ARN',
    stages: 'Linked stages',
    noStages: 'None yet',
    deploy: 'Deploy now',
    openTerminal: 'Open terminal',
    another: 'Connect another',
  },

  announce: {
    step: (at: number, of: number, label: string): string => `Step ${at} of ${of}: ${label}`,
    who: (description: string, account: string): string => `You are ${description} in account ${account}.`,
    event: (resource: string, status: string): string => `${resource}: ${status}`,
    check: (label: string, state: string): string => `${label}: ${state}`,
  },
} as const;
