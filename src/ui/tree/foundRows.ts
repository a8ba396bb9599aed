import type { FoundCredential, Inquiry } from '../../core/signIn/foundCredentials.ts';
import { isRoot } from '../../core/signIn/foundCredentials.ts';
import { describeCaller } from '../../core/signIn/identity.ts';
import type { ProfileOrigin } from '../../core/signIn/localProfile.ts';
import { commands } from '../manifest.ts';
import type { Row, RowIcon } from './row.ts';
import { contextValue, dotted, tooltipLines } from './row.ts';

/** In words, where a found credential comes from. */
export const originNames: Readonly<Record<ProfileOrigin, string | undefined>> = {
  keys: 'access keys',
  'temporary-keys': 'temporary keys',
  role: 'role',
  'web-identity': 'web identity',
  process: 'credential process',
  sso: 'IAM Identity Center',
  console: 'AWS console sign-in',
  unknown: undefined,
};

/** What a person calls a found credential, in messages. */
export function foundLabel({ kind, name }: Pick<FoundCredential, 'kind' | 'name'>): string {
  return kind === 'profile' ? name : `Environment (${name})`;
}

/**
 * The group of credentials that are on this machine already; `[]` without any.
 *
 * @param alone whether no provider exists: then the group also leads to the other ways, which the welcome would
 */
export function foundRows(found: readonly FoundCredential[], alone: boolean): readonly Row[] {
  if (found.length === 0) return [];
  return [
    {
      id: 'found',
      label: 'Found on this machine',
      description: 'use these?',
      tooltip: tooltipLines('Found on this machine', [
        ['Where', 'profiles of your AWS files, and access keys in the environment of this editor'],
        ['Used', 'never by itself: AWS is asked who they are when you click one'],
      ]),
      icon: { id: 'search' },
      contextValue: contextValue('foundGroup'),
      children: [...found.map(foundRow), ...(alone ? [otherWayRow] : [])],
      expanded: true,
    },
  ];
}

const otherWayRow: Row = {
  id: 'found/other',
  label: 'Connect another way…',
  icon: { id: 'add' },
  contextValue: contextValue('foundOther'),
  children: [],
  command: { title: 'Connect AWS Provider', command: commands.connect },
};

const inquiryIcons: Readonly<Record<Inquiry['state'], RowIcon>> = {
  'not-asked': { id: 'question' },
  asking: { id: 'loading~spin' },
  known: { id: 'account' },
  failed: { id: 'warning', color: 'list.warningForeground' },
};

function foundRow(found: FoundCredential): Row {
  const { id, kind, origin, region, inquiry } = found;
  const identity = inquiry.state === 'known' ? inquiry.identity : undefined;
  const root = identity !== undefined && isRoot(identity);
  const label = kind === 'profile' ? found.name : 'Environment';
  const usable = identity !== undefined && !root && !(kind === 'environment' && origin === 'temporary-keys');
  return {
    id: `found/${id}`,
    label,
    description: inquiryText(found),
    tooltip: tooltipLines(foundLabel(found), [
      ['Where', kind === 'environment' ? 'AWS_ACCESS_KEY_ID of the environment of this editor' : undefined],
      ['Kind', originNames[origin]],
      ['Region', region],
      ['Account', identity?.accountId],
      ['ARN', identity?.arn],
      [
        'Problem',
        inquiry.state === 'failed' ? dotted(inquiry.failure.message, inquiry.failure.hint) : undefined,
      ],
      ['Click', identity ? 'say again who this is' : 'ask AWS who this is'],
    ]),
    icon: root ? { id: 'warning', color: 'list.warningForeground' } : inquiryIcons[inquiry.state],
    contextValue: contextValue('found', { [kind]: true, known: identity !== undefined, usable }),
    children: [],
    command: { title: 'Who Is This?', command: commands.identifyFound, args: [{ foundId: id }] },
    foundId: id,
  };
}

function inquiryText({ kind, name, origin, inquiry }: FoundCredential): string {
  switch (inquiry.state) {
    case 'not-asked':
      return dotted(kind === 'environment' && name, originNames[origin], 'who is this?');
    case 'asking':
      return 'asking AWS…';
    case 'known':
      return dotted(inquiry.identity.accountId, describeCaller(inquiry.identity));
    case 'failed':
      return inquiry.failure.message;
  }
}
