import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Cancelled, Failure } from '../../../src/core/base/errors.ts';
import type { AwsCredentials } from '../../../src/core/providers/provider.ts';
import { removeProvider } from '../../../src/core/providers/registry.ts';
import { accessKeySecret } from '../../../src/core/providers/secretStore.ts';
import { FoundCredentials, type FoundMemory } from '../../../src/core/signIn/foundCredentials.ts';
import { importProfiles } from '../../../src/core/signIn/importProfiles.ts';
import type { LocalProfile } from '../../../src/core/signIn/localProfile.ts';
import { foundRows } from '../../../src/ui/tree/foundRows.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { MemorySecrets, MemoryState } from '../../fakes/memory.ts';

const account = '111111111111';
const environment = { AWS_ACCESS_KEY_ID: 'AKIAENVIRONMENT00001', AWS_SECRET_ACCESS_KEY: 's'.repeat(40) };

interface Machine {
  readonly profiles?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** ARN by access key id, or what asking fails with. */
  readonly answers?: Readonly<Record<string, string | Error>>;
}

/** A machine whose profiles have their own name as access key id. */
function machine({ profiles = [], env = {}, answers = {} }: Machine = {}) {
  const state = new MemoryState();
  const secrets = new MemorySecrets();
  const asked: string[] = [];
  const listed = new Set(profiles);
  let memory: FoundMemory = { hidden: [], used: {} };
  let ids = 0;
  const ports = {
    state,
    secrets,
    clock: new FakeClock(),
    newId: () => `id${++ids}`,
    env,
    loadProfiles: () =>
      Promise.resolve(
        [...listed].map((name): LocalProfile => ({ name, origin: 'keys', region: 'eu-west-1' })),
      ),
    loadProfile: (name: string): Promise<AwsCredentials> =>
      Promise.resolve({ accessKeyId: name, secretAccessKey: 's' }),
    callerIdentity: async ({ accessKeyId }: AwsCredentials, region: string) => {
      await Promise.resolve();
      asked.push(`${accessKeyId} in ${region}`);
      const arn = answers[accessKeyId] ?? `arn:aws:iam::${account}:user/${accessKeyId}`;
      if (arn instanceof Error) throw arn;
      return { accountId: account, arn, userId: 'U' };
    },
    foundMemory: {
      load: () => Promise.resolve(memory),
      save: (next: FoundMemory) => {
        memory = next;
        return Promise.resolve();
      },
    },
  };
  const open = (): FoundCredentials => new FoundCredentials(ports);
  const found = open();
  return { found, open, state, secrets, asked, listed };
}

const ids = (list: readonly { readonly id: string }[]): readonly string[] => list.map(({ id }) => id);
const failsWith = (code: string) => (error: unknown) => error instanceof Failure && error.code === code;
const none = new AbortController().signal;

void describe('credentials on this machine', () => {
  void test('are listed without asking AWS', async () => {
    const { found, asked } = machine({ profiles: ['work', 'home'], env: environment });
    assert.deepEqual(found.offered, []);
    await found.load();
    assert.deepEqual(ids(found.offered), [
      'profile:work',
      'profile:home',
      'environment:AKIAENVIRONMENT00001',
    ]);
    assert.deepEqual(asked, []);
  });

  void test('half of a key pair is none', async () => {
    const { found } = machine({ env: { AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: ' ' } });
    await found.load();
    assert.deepEqual(found.offered, []);
  });

  void test('say who they are when asked, and keep the answer', async () => {
    const { found, asked, state } = machine({ profiles: ['work'] });
    await found.load();
    let changes = 0;
    found.onDidChange(() => (changes += 1));
    const { inquiry } = await found.identify('profile:work');
    assert.ok(inquiry.state === 'known');
    assert.equal(inquiry.identity.arn, `arn:aws:iam::${account}:user/work`);
    assert.deepEqual(asked, ['work in eu-west-1']);
    assert.equal(changes, 2);
    assert.deepEqual(state.state.providers, []);
  });

  void test('a failure stays on the row; a cancelled question leaves none', async () => {
    const denied = new Failure('invalid-credentials', 'AWS does not know this access key.');
    const { found } = machine({ profiles: ['old', 'slow'], answers: { old: denied, slow: new Cancelled() } });
    await found.load();
    await assert.rejects(found.identify('profile:old'), failsWith('invalid-credentials'));
    await assert.rejects(found.identify('profile:slow'), Cancelled);
    assert.deepEqual(
      found.offered.map(({ inquiry }) => inquiry.state),
      ['failed', 'not-asked'],
    );
  });

  void test('a profile that is used by a provider is not offered, until that is removed', async () => {
    const { found, state, secrets } = machine({ profiles: ['work'] });
    await found.load();
    const provider = await found.use('profile:work');
    assert.ok(provider.kind === 'profile' && provider.profile === 'work');
    assert.deepEqual(found.offered, []);
    await removeProvider(state, secrets, provider.id);
    assert.deepEqual(ids(found.offered), ['profile:work']);
  });

  void test('keys of the environment are kept in the secret store, and known again in a new window', async () => {
    const { found, open, secrets } = machine({ env: environment });
    await found.load();
    const provider = await found.use('environment:AKIAENVIRONMENT00001');
    assert.equal(provider.kind, 'access-key');
    const secret = await secrets.load(accessKeySecret(provider.id));
    assert.deepEqual(JSON.parse(secret ?? ''), {
      accessKeyId: 'AKIAENVIRONMENT00001',
      secretAccessKey: 's'.repeat(40),
    });
    const next = open();
    await next.load();
    assert.deepEqual(next.offered, []);
  });

  void test('temporary keys of the environment can be asked, never kept', async () => {
    for (const env of [
      { ...environment, AWS_SESSION_TOKEN: 't' },
      { ...environment, AWS_ACCESS_KEY_ID: 'ASIAENVIRONMENT00001' },
    ]) {
      const { found, state, secrets } = machine({ env });
      await found.load();
      const id = found.offered[0]?.id ?? '';
      await found.identify(id);
      await assert.rejects(found.use(id), failsWith('temporary-keys'));
      assert.deepEqual([state.history.length, secrets.values.size], [1, 0]);
    }
  });

  void test('root never becomes a provider', async () => {
    const root = `arn:aws:iam::${account}:root`;
    const answers = { work: root, AKIAENVIRONMENT00001: root };
    const { found, state, secrets } = machine({ profiles: ['work'], env: environment, answers });
    await found.load();
    for (const { id } of found.offered) await assert.rejects(found.use(id), failsWith('root-identity'));
    assert.deepEqual([state.history.length, secrets.values.size], [1, 0]);
  });

  void test('what is hidden stays hidden, and can still be imported', async () => {
    const { found, open } = machine({ profiles: ['work', 'home'] });
    await found.load();
    await found.hide(['profile:work']);
    const next = open();
    await next.load();
    assert.deepEqual(ids(next.offered), ['profile:home']);
    assert.deepEqual(ids(next.unused), ['profile:work', 'profile:home']);
    await next.forget();
    assert.deepEqual(ids(next.offered), ['profile:work', 'profile:home']);
  });

  void test('reading anew follows the files', async () => {
    const { found, listed } = machine({ profiles: ['work'] });
    await found.load();
    listed.delete('work');
    listed.add('new');
    await found.load();
    assert.deepEqual(ids(found.offered), ['profile:work']);
    await found.reload();
    assert.deepEqual(ids(found.offered), ['profile:new']);
    await assert.rejects(found.identify('profile:work'), failsWith('found-gone'));
  });
});

void describe('importing profiles', () => {
  void test('saves those that AWS confirms, with the reason for each other', async () => {
    const denied = new Failure('invalid-credentials', 'AWS does not know this access key.');
    const answers = { old: denied, root: `arn:aws:iam::${account}:root` };
    const { found, state } = machine({ profiles: ['a', 'old', 'root', 'b'], answers });
    await found.load();
    const told: string[] = [];
    const outcome = await importProfiles(['a', 'old', 'root', 'b'], found, (name) => told.push(name), none);
    assert.deepEqual(
      outcome.saved.map(({ name }) => name),
      ['a', 'b'],
    );
    assert.deepEqual(
      outcome.failed.map(({ profile, failure }) => [profile, failure.code]),
      [
        ['old', 'invalid-credentials'],
        ['root', 'root-identity'],
      ],
    );
    assert.deepEqual(told, ['a', 'old', 'root', 'b']);
    assert.equal(state.state.providers.length, 2);
  });

  void test('ends when it is cancelled; what was saved stays', async () => {
    const { found, state } = machine({ profiles: ['a', 'b'], answers: { b: new Cancelled() } });
    await found.load();
    await assert.rejects(
      importProfiles(['a', 'b'], found, () => undefined, none),
      Cancelled,
    );
    assert.equal(state.state.providers.length, 1);
  });
});

void describe('rows', () => {
  void test('only with something to offer; other ways only where no provider leads on', async () => {
    const { found } = machine({ profiles: ['work'], env: environment });
    await found.load();
    assert.deepEqual(foundRows([], true), []);
    const labels = (alone: boolean) =>
      foundRows(found.offered, alone).flatMap(({ children }) => children.map(({ label }) => label));
    assert.deepEqual(labels(false), ['work', 'Environment']);
    assert.deepEqual(labels(true), ['work', 'Environment', 'Connect another way…']);
  });

  void test('what can be done follows from the answer', async () => {
    const answers = { root: `arn:aws:iam::${account}:root` };
    const { found } = machine({ profiles: ['work', 'root', 'new'], answers });
    await found.load();
    await found.identify('profile:work');
    await found.identify('profile:root');
    const rows = foundRows(found.offered, false)[0]?.children ?? [];
    assert.deepEqual(
      rows.map(({ contextValue }) => contextValue),
      ['found;profile;known;usable;', 'found;profile;known;', 'found;profile;'],
    );
    assert.equal(rows[0]?.description, `${account} · IAM user work`);
  });
});
