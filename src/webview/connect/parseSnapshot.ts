import type {
  Check,
  ConnectIntent,
  ConnectMethod,
  ConnectSnapshot,
  ConnectView,
  ConsoleStep,
  CreateStep,
  DoneStep,
  IdentityChoice,
  IdentityStep,
  MethodChoice,
  Notice,
  PermissionKind,
  RoleField,
  RoleStep,
  RoleWay,
  StackEventRow,
  Step,
  Who,
} from '../../protocol/connect.ts';
import { flag, list, number, oneOf, optional, read, shape, text, type Reader } from '../shape.ts';

const method = oneOf<ConnectMethod>('access-role', 'sso', 'console', 'access-key', 'profile');
const step = oneOf<Step>('method', 'identity', 'role', 'create', 'verify', 'done');

const methodChoice = shape<MethodChoice>({
  id: method,
  label: text,
  description: text,
  recommended: flag,
  preview: flag,
});

/** An intent on a button goes back to the host as it came; the host reads it like any other. */
const intent: Reader<ConnectIntent> = (value) => {
  shape<{ type: string }>({ type: text })(value);
  return value as ConnectIntent;
};

const notice = shape<Notice>({
  severity: oneOf('error', 'warning', 'info'),
  message: text,
  hint: optional(text) as Reader<string>,
  actions: list(shape<Notice['actions'][number]>({ title: text, intent })),
});

const who = shape<Who>({
  accountId: text,
  arn: text,
  description: text,
  note: optional(text),
  canUseAsItIs: flag,
});

const identity = shape<IdentityStep>({
  choices: list(shape<IdentityChoice>({ id: text, label: text, detail: text })),
  selected: optional(text),
  checking: flag,
  who: optional(who),
});

const way = oneOf<RoleWay>('create', 'console', 'existing');
const permissionKind = oneOf<PermissionKind>('administrator', 'policies', 'limited');

const role = shape<RoleStep>({
  way,
  ways: list(shape<RoleStep['ways'][number]>({ id: way, label: text, description: text })),
  mode: oneOf('simple', 'advanced'),
  fields: shape<RoleStep['fields']>(perField(text)),
  regions: list(text),
  stackName: text,
  permissionKind,
  permissionKinds: list(
    shape<RoleStep['permissionKinds'][number]>({ id: permissionKind, label: text, description: text }),
  ),
  onlyMe: optional(flag),
  stages: list(shape<RoleStep['stages'][number]>({ id: text, label: text, linked: flag })),
  trust: text,
  permissions: text,
  notes: list(text),
  problems: shape<RoleStep['problems']>(perField(optional(text) as Reader<string>)),
});

function perField<T>(reader: Reader<T>): Readonly<Record<RoleField, Reader<T>>> {
  return {
    alias: reader,
    region: reader,
    accountId: reader,
    roleName: reader,
    policyArns: reader,
    services: reader,
    passTo: reader,
    boundaryArn: reader,
    sessionHours: reader,
    roleArn: reader,
  };
}

const create = shape<CreateStep>({
  stackName: text,
  region: text,
  startedAt: number,
  events: list(
    shape<StackEventRow>({
      id: text,
      at: number,
      resource: text,
      type: text,
      status: text,
      tone: oneOf('progress', 'good', 'bad'),
      reason: optional(text) as Reader<string>,
    }),
  ),
  state: oneOf(
    'starting',
    'awaiting',
    'creating',
    'updating',
    'cancelling',
    'deleting',
    'failed',
    'cancelled',
    'created',
  ),
  console: optional(shape<ConsoleStep>({ kind: oneOf('link', 'template'), detection: text })),
});

const check = shape<Check>({
  id: oneOf('assume', 'account', 'external-id'),
  label: text,
  state: oneOf('waiting', 'running', 'passed', 'failed'),
  detail: optional(text) as Reader<string>,
});

const done = shape<DoneStep>({
  providerName: text,
  accountId: text,
  roleArn: optional(text),
  stages: list(text),
  canDeploy: flag,
  deployStage: optional(text),
});

const snapshot = shape<ConnectSnapshot>({
  type: oneOf('snapshot'),
  view: shape<ConnectView>({
    methods: list(methodChoice),
    method,
    step,
    identity: optional(identity),
    role: optional(role),
    create: optional(create),
    checks: list(check),
    done: optional(done),
    notice: optional(notice),
    busy: flag,
  }),
});

/** Reads a message of the host; `undefined` for anything that is not a snapshot this page understands. */
export function parseConnectSnapshot(message: unknown): ConnectSnapshot | undefined {
  return read(snapshot, message);
}
