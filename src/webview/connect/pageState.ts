import type { ConnectIntent, ConnectView } from '../../protocol/connect.ts';
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

/** Everything the templates read. `view` is the host's, the rest lives and dies with the page and holds no secret. */
export interface PageState {
  readonly view: ConnectView;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly keys: KeysState;
  /** The text copied last, until the mark on its button goes away. */
  readonly copied: string | undefined;
}

/** What the templates can do. */
export interface PageActions {
  readonly send: (intent: ConnectIntent) => void;
  /** Sends a change of a text field once typing pauses, and before anything else is sent. */
  readonly edit: (field: 'alias' | 'region', value: string) => void;
  readonly copy: (text: string) => void;
  readonly setKeys: (change: Partial<KeysState>) => void;
}

const nothingTyped: FormatCheck = { state: 'empty', message: '' };

export const emptyKeys: KeysState = {
  accessKeyId: nothingTyped,
  secretAccessKey: nothingTyped,
  shown: false,
  pasted: '',
};
