import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Provider } from '../../../src/core/providers/provider.ts';
import { matchesGlob } from '../../../src/core/stages/glob.ts';
import type { LinkScope } from '../../../src/core/stages/link.ts';
import { linkSettingFor, parseLinks } from '../../../src/core/stages/linkSetting.ts';
import { resolveLink } from '../../../src/core/stages/links.ts';
import { accessKey, accessRole, ssoRole } from './providers.ts';

/** The definition, without any cleverness. */
function naive(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  const rest = pattern.slice(1);
  if (pattern[0] === '*') return naive(rest, text) || (text !== '' && naive(pattern, text.slice(1)));
  return text !== '' && (pattern[0] === '?' || pattern[0] === text[0]) && naive(rest, text.slice(1));
}

void test('property: glob matching is what its definition says', () => {
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '.'), maxLength: 8 });
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 10 });
  fc.assert(
    fc.property(pattern, text, (pattern, text) => {
      assert.equal(matchesGlob(pattern, text), naive(pattern, text));
    }),
    { numRuns: 3000 },
  );
});

void test('a pattern made to be slow is not', { timeout: 2000 }, () => {
  assert.equal(matchesGlob(`${'*a'.repeat(60)}b`, 'a'.repeat(20_000)), false);
  assert.equal(matchesGlob('*'.repeat(1000), 'a'), false, 'too long a pattern matches nothing');
});

const accounts = ['111111111111', '222222222222', '333333333333'];
const provider: fc.Arbitrary<Provider> = fc
  .tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom(...accounts), fc.constantFrom(0, 1, 2))
  .map(([id, account, kind]) =>
    kind === 0
      ? accessRole(id, account)
      : kind === 1
        ? ssoRole(id, account, 'Admin')
        : accessKey(id, account),
  );
const providers = fc.uniqueArray(provider, { selector: ({ id }) => id, maxLength: 4 });
const entry = fc.record(
  {
    account: fc.oneof(fc.constantFrom(...accounts, '1', ''), fc.anything()),
    provider: fc.constantFrom('a', 'b', 'c', 'nobody'),
    role: fc.constantFrom('Admin', 'a', 'x'),
    protected: fc.boolean(),
  },
  { requiredKeys: [] },
);
const key = fc.constantFrom(
  'prod',
  'shop/prod',
  'shop/prod@eu-west-1',
  'p*',
  '*',
  'shop/*',
  'default',
  'uat',
);
const setting = fc.dictionary(
  key,
  fc.oneof({ weight: 9, arbitrary: entry }, { weight: 1, arbitrary: fc.anything() }),
);
const settings = fc.array(fc.tuple(fc.constantFrom<LinkScope>('user', 'workspace', 'folder'), setting), {
  maxLength: 3,
});

void test('property: a provider is only given where its account is the link’s, and never with a problem', () => {
  fc.assert(
    fc.property(
      settings,
      providers,
      fc.boolean(),
      fc.option(fc.constantFrom('a', 'nobody')),
      (settings, providers, trusted, preferred) => {
        const links = settings.flatMap(
          ([scope, value]) => parseLinks(value, { scope, ...(scope === 'folder' && { folder: '/w' }) }).links,
        );
        const resolved = resolveLink(
          { service: 'shop', stage: 'prod', region: 'eu-west-1', workspaceFolder: '/w' },
          links,
          providers,
          {
            trusted,
            ...(preferred !== null && { defaultProvider: { provider: preferred, scope: 'user' } }),
          },
        );
        if (resolved.link && resolved.provider)
          assert.equal(resolved.provider.accountId, resolved.link.entry.account);
        if (resolved.provider) assert.equal(resolved.accountId, resolved.provider.accountId);
        if (resolved.problem) assert.equal(resolved.provider, undefined);
        if (!trusted && resolved.provider) assert.ok(!resolved.link || resolved.link.scope === 'user');
        assert.notEqual(resolved.explanation, '');
      },
    ),
    { numRuns: 2000 },
  );
});

void test('property: a link that was written is found again', () => {
  fc.assert(
    fc.property(setting, providers, fc.nat(3), (before, providers, index) => {
      const provider = providers[index];
      fc.pre(provider !== undefined);
      const value = linkSettingFor(before, { service: 'shop', stage: 'new' }, provider, { providers });
      const { links } = parseLinks(value, { scope: 'user' });
      const resolved = resolveLink({ service: 'shop', stage: 'new' }, links, providers, { trusted: true });
      assert.equal(resolved.provider?.id, provider.id, JSON.stringify(resolved));
    }),
  );
});
