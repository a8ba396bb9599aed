import type { ConnectIntent, ConnectView, RoleField } from '../../protocol/connect.ts';
import type { FormatCheck } from './keyFormat.ts';

/** What the page itself remembers about the keys form; the keys are in the input elements only. */
export interface KeysState {
  readonly accessKeyId: FormatCheck;
  readonly secretAccessKey: FormatCheck;
  /** The secret is readable. */
  readonly shown: boolean;
  /** What happened to the last paste. */
  readonly pasted: string;
}

/** What the page itself remembers about the fields of the step in sight. */
export interface FormState {
  /** Fields a person has changed; an empty field is not reproached before. */
  readonly touched: readonly RoleField[];
  /** The main button was pressed: from now on every problem is shown. */
  readonly attempted: boolean;
  /** The region is typed instead of chosen. */
  readonly otherRegion: boolean;
  /** The other ways to a role are in sight; `undefined`: as the way asks for. */
  readonly waysShown: boolean | undefined;
  /** What is wrong with the pasted role ARN. */
  readonly arnProblem: string | undefined;
}

/** Everything the templates read. `view` is the host's, the rest lives and dies with the page and holds no secret. */
export interface PageState {
  readonly view: ConnectView;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly keys: KeysState;
  readonly form: FormState;
  /** The text copied last, until the mark on its button goes away. */
  readonly copied: string | undefined;
}

/** What the templates can do. */
export interface PageActions {
  readonly send: (intent: ConnectIntent) => void;
  /** Sends a change of a text field once typing pauses, and before anything else is sent. */
  readonly edit: (field: RoleField, value: string) => void;
  readonly copy: (text: string) => void;
  readonly setKeys: (change: Partial<KeysState>) => void;
  readonly setForm: (change: Partial<FormState>) => void;
}

const nothingTyped: FormatCheck = { state: 'empty', message: '' };

export const emptyKeys: KeysState = {
  accessKeyId: nothingTyped,
  secretAccessKey: nothingTyped,
  shown: false,
  pasted: '',
};

export const emptyForm: FormState = {
  touched: [],
  attempted: false,
  otherRegion: false,
  waysShown: undefined,
  arnProblem: undefined,
};
