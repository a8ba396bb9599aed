import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Provider } from '../../../src/core/providers/provider.ts';
import type { Link, LinkLevel, LinkSource, ResolvedLink } from '../../../src/core/stages/link.ts';
import { linkSettingFor, parseLinks, withoutLink } from '../../../src/core/stages/linkSetting.ts';
import type { LinkOptions, LinkTarget } from '../../../src/core/stages/links.ts';
import { resolveLink } from '../../../src/core/stages/links.ts';
import { accessKey, accessRole, ssoRole } from './providers.ts';

const account = (digit: number): string => String(digit).repeat(12);
/** One provider per account, named after its digit. */
const providers = [1, 2, 3, 4, 5, 6].map((digit) => accessRole(`p${digit}`, account(digit)));

function linksOf(...scopes: readonly (readonly [LinkSource, unknown])[]): readonly Link[] {
  return scopes.flatMap(([source, value]) => parseLinks(value, source).links);
}
const user: LinkSource = { scope: 'user' };
const workspace: LinkSource = { scope: 'workspace' };
const folder: LinkSource = { scope: 'folder', folder: '/w' };

function resolve(
  links: readonly Link[],
  target: Partial<LinkTarget> = {},
  options: Partial<LinkOptions> = {},
  among: readonly Provider[] = providers,
): ResolvedLink {
  return resolveLink(
    { service: 'shop', stage: 'prod', region: 'eu-west-1', workspaceFolder: '/w', ...target },
    links,
    among,
    { trusted: true, ...options },
  );
}

const to = (digit: number): { account: string } => ({ account: account(digit) });

const everyLevel = {
  'shop/prod@eu-west-1': to(1),
  'shop/prod': to(2),
  prod: to(3),
  'pro*': to(4),
  '*': to(5),
};
const levels: readonly { without: number; provider: string | undefined; level: LinkLevel }[] = [
  { without: 0, provider: 'p1', level: 'service-stage-region' },
  { without: 1, provider: 'p2', level: 'service-stage' },
  { without: 2, provider: 'p3', level: 'workspace-stage' },
  { without: 3, provider: 'p4', level: 'pattern' },
  { without: 4, provider: 'p5', level: 'pattern' },
  { without: 5, provider: 'p6', level: 'default-provider' },
];
for (const { without, provider, level } of levels) {
  void test(`precedence: ${level}, ${5 - without} links left`, () => {
    const setting = Object.fromEntries(Object.entries(everyLevel).slice(without));
    const resolved = resolve(
      linksOf([user, setting]),
      {},
      { defaultProvider: { provider: 'p6', scope: 'user' } },
    );
    assert.equal(resolved.level, level);
    assert.equal(resolved.provider?.id, provider);
    assert.notEqual(resolved.explanation, '');
  });
}

void test('precedence: nothing applies', () => {
  const resolved = resolve(
    linksOf([user, { uat: to(1), 'other/prod': to(1), 'shop/prod@us-east-1': to(1) }]),
  );
  assert.equal(resolved.level, 'none');
  assert.equal(resolved.provider, undefined);
  assert.equal(resolved.problem, undefined);
});

const scopes: readonly { name: string; links: readonly Link[]; provider: string }[] = [
  {
    name: 'folder before workspace before user at the same level',
    links: linksOf([user, { prod: to(1) }], [workspace, { prod: to(2) }], [folder, { prod: to(3) }]),
    provider: 'p3',
  },
  {
    name: 'workspace before user at the same level',
    links: linksOf([user, { prod: to(1) }], [workspace, { prod: to(2) }]),
    provider: 'p2',
  },
  {
    name: 'a stronger level of the user before a weaker of the folder',
    links: linksOf([user, { 'shop/prod': to(1) }], [folder, { prod: to(3) }]),
    provider: 'p1',
  },
  {
    name: 'settings of another folder do not count',
    links: linksOf([user, { prod: to(1) }], [{ scope: 'folder', folder: '/x' }, { prod: to(2) }]),
    provider: 'p1',
  },
  {
    name: 'the more literal pattern, whatever the scope',
    links: linksOf([user, { 'pro?': to(1) }], [folder, { 'p*': to(2) }]),
    provider: 'p1',
  },
  {
    name: 'of equally literal patterns the one for the service',
    links: linksOf([folder, { 'pro?': to(1) }], [user, { 'shop/pro*': to(2) }]),
    provider: 'p2',
  },
];
for (const { name, links, provider } of scopes) {
  void test(`scopes: ${name}`, () => assert.equal(resolve(links).provider?.id, provider));
}

const sso = ssoRole('sso', account(1), 'Admin');
const keys = accessKey('keys', account(1));
const refused: readonly {
  name: string;
  value: unknown;
  among?: readonly Provider[];
  code: string;
  message: RegExp;
}[] = [
  {
    name: 'no provider for the account',
    value: { prod: to(9) },
    code: 'no-provider',
    message: /999999999999/,
  },
  {
    name: 'the named provider is for another account',
    value: { prod: { ...to(1), provider: 'p2' } },
    code: 'account-mismatch',
    message: /p2.*222222222222.*111111111111/,
  },
  {
    name: 'several providers reach the account',
    value: { prod: to(1) },
    among: [sso, keys],
    code: 'ambiguous-provider',
    message: /sso.*keys/,
  },
  {
    name: 'a name nobody has, though the account is reachable',
    value: { prod: { ...to(1), provider: 'gone' } },
    code: 'no-provider',
    message: /gone.*p1/,
  },
  {
    name: 'another role',
    value: { prod: { ...to(1), role: 'ReadOnly' } },
    code: 'no-provider',
    message: /ReadOnly/,
  },
  {
    name: 'an account that is none',
    value: { prod: { account: '12' } },
    code: 'invalid-entry',
    message: /12-digit/,
  },
  {
    name: 'an account as number',
    value: { prod: { account: 111111111111 } },
    code: 'invalid-entry',
    message: /quotes/,
  },
  {
    name: 'an entry that is none',
    value: { prod: '111111111111' },
    code: 'invalid-entry',
    message: /object/,
  },
];
for (const { name, value, among, code, message } of refused) {
  void test(`refused, with no weaker link taking over: ${name}`, () => {
    const links = linksOf([user, { '*': to(5), ...(value as object) }]);
    const resolved = resolve(links, {}, { defaultProvider: { provider: 'p6', scope: 'user' } }, among);
    assert.equal(resolved.problem?.code, code);
    assert.match(resolved.problem?.message ?? '', message);
    assert.equal(resolved.provider, undefined);
  });
}

const chosen: readonly { name: string; entry: object; provider: string; options?: Partial<LinkOptions> }[] = [
  { name: 'by name', entry: { provider: 'keys' }, provider: 'keys' },
  { name: 'by role', entry: { role: 'Admin' }, provider: 'sso' },
  { name: 'by role ARN', entry: { role: 'arn:aws:iam::111111111111:role/x/Admin' }, provider: 'sso' },
  { name: 'by start URL', entry: { startUrl: 'https://x.awsapps.com/start' }, provider: 'sso' },
  {
    name: 'by start URL, however it is written',
    entry: { startUrl: 'https://X.awsapps.com/start/#/' },
    provider: 'sso',
    options: { startUrlOf: () => 'https://x.awsapps.com/start' },
  },
];
for (const { name, entry, provider, options } of chosen) {
  void test(`of several providers: ${name}`, () => {
    const resolved = resolve(linksOf([user, { prod: { ...to(1), ...entry } }]), {}, options, [sso, keys]);
    assert.equal(resolved.provider?.id, provider);
  });
}

void test('a provider of another portal is not the one', () => {
  const links = linksOf([user, { prod: { ...to(1), startUrl: 'https://x.awsapps.com/start' } }]);
  const options = { startUrlOf: () => 'https://y.awsapps.com/start' };
  assert.equal(resolve(links, {}, options, [sso]).problem?.code, 'no-provider');
});

void test('untrusted: what the workspace supplies is inert, what the user says counts', () => {
  const options = { trusted: false, defaultProvider: { provider: 'p6', scope: 'user' } } as const;
  const inert = resolve(linksOf([workspace, { prod: to(1) }]), {}, options);
  assert.equal(inert.problem?.code, 'untrusted');
  assert.equal(inert.provider, undefined);
  const own = resolve(linksOf([workspace, { 'shop/prod': to(1) }], [user, { '*': to(2) }]), {}, options);
  assert.equal(own.provider?.id, 'p2');
  const byWorkspace = resolve(
    [],
    {},
    { trusted: false, defaultProvider: { provider: 'p6', scope: 'workspace' } },
  );
  assert.equal(byWorkspace.problem?.code, 'untrusted');
});

const protection: readonly { name: string; links: readonly Link[]; expect: boolean }[] = [
  { name: 'by the link', links: linksOf([user, { prod: { ...to(1), protected: true } }]), expect: true },
  { name: 'not by default', links: linksOf([user, { prod: to(1) }]), expect: false },
  {
    name: 'by a weaker link that applies',
    links: linksOf([user, { prod: to(1), 'p*': { ...to(2), protected: true } }]),
    expect: true,
  },
  {
    name: 'taken back by the stronger link',
    links: linksOf([user, { prod: { ...to(1), protected: false }, 'p*': { ...to(2), protected: true } }]),
    expect: false,
  },
  {
    name: 'of the user, not taken back by a workspace',
    links: linksOf(
      [user, { 'p*': { ...to(2), protected: true } }],
      [workspace, { prod: { ...to(1), protected: false } }],
    ),
    expect: true,
  },
  {
    name: 'whatever was meant',
    links: linksOf([user, { prod: { ...to(1), protected: 'yes' } }]),
    expect: true,
  },
];
for (const { name, links, expect } of protection) {
  void test(`protected: ${name}`, () => assert.equal(resolve(links).protected, expect));
}

void test('default provider: by name or id, unknown or ambiguous names said', () => {
  const twins = [accessRole('a', account(1), 'twin'), accessRole('b', account(2), 'twin')];
  const by = (provider: string): ResolvedLink =>
    resolve([], {}, { defaultProvider: { provider, scope: 'user' } }, twins);
  assert.equal(by('b').provider?.id, 'b');
  assert.equal(by('twin').problem?.code, 'ambiguous-provider');
  assert.equal(by('gone').problem?.code, 'no-provider');
});

void test('parseLinks: keys that mean nothing are problems, not links', () => {
  const keysWithoutMeaning = [
    'default',
    'shop/default',
    '/prod',
    'a b',
    'prod@eu-west-1',
    'shop/p*@eu-west-1',
    '-x',
    '',
    'shop/prod@',
  ];
  for (const key of keysWithoutMeaning) {
    const { links, problems } = parseLinks({ [key]: to(1) }, user);
    assert.deepEqual(links, [], key);
    assert.equal(problems.length, 1, key);
  }
  assert.equal(parseLinks([], user).problems.length, 1);
  assert.deepEqual(parseLinks(undefined, user), { links: [], problems: [] });
});

void test('linkSettingFor writes what singles the provider out, and keeps everything else', () => {
  const before = {
    uat: { account: account(2), own: 1 },
    prod: { account: account(2), provider: 'x', region: 'eu-west-1', own: 2 },
    junk: 7,
  };
  const after = linkSettingFor(before, { stage: 'prod' }, sso, {
    providers: [sso, keys],
    startUrl: 'https://x.awsapps.com/start',
    protected: true,
  });
  assert.deepEqual(after, {
    ...before,
    prod: {
      region: 'eu-west-1',
      own: 2,
      account: account(1),
      role: 'Admin',
      startUrl: 'https://x.awsapps.com/start',
      protected: true,
    },
  });
  assert.deepEqual(
    linkSettingFor('nonsense', { service: 'shop', stage: 'prod', region: 'eu-west-1' }, keys, {
      providers: [sso, keys],
    }),
    {
      'shop/prod@eu-west-1': { account: account(1), provider: 'keys' },
    },
  );
  assert.deepEqual(withoutLink(before, 'prod'), { uat: before.uat, junk: 7 });
});
