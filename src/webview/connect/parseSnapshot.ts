import type {
  Check,
  ConnectIntent,
  ConnectMethod,
  ConnectSnapshot,
  ConnectView,
  CreateStep,
  DoneStep,
  IdentityChoice,
  IdentityStep,
  MethodChoice,
  Notice,
  RoleStep,
  StackEventRow,
  Step,
  Who,
} from '../../protocol/connect.ts';
import { flag, list, number, oneOf, optional, read, shape, text, texts, type Reader } from '../shape.ts';

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

const who = shape<Who>({ accountId: text, arn: text, description: text });

const identity = shape<IdentityStep>({
  choices: list(shape<IdentityChoice>({ id: text, label: text, detail: text })),
  selected: optional(text),
  checking: flag,
  who: optional(who),
});

const role = shape<RoleStep>({
  alias: text,
  region: text,
  regions: list(text),
  roleName: text,
  stackName: text,
  stages: list(shape<RoleStep['stages'][number]>({ id: text, label: text, linked: flag })),
  trust: text,
  permissions: text,
  problems: texts,
});

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
  state: oneOf('starting', 'creating', 'cancelling', 'deleting', 'failed', 'cancelled', 'created'),
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
