import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from '../../../src/core/base/clock.ts';
import { Failure } from '../../../src/core/base/errors.ts';
import { Emitter } from '../../../src/core/base/event.ts';
import type { Provider } from '../../../src/core/providers/provider.ts';
import type { LinkSource } from '../../../src/core/stages/link.ts';
import type { FileChanges, LinkSettingValues, SettingValue } from '../../../src/core/stages/ports.ts';
import type { StageSnapshot } from '../../../src/core/stages/stageStore.ts';
import { StageStore } from '../../../src/core/stages/stageStore.ts';
import { accessRole } from './providers.ts';

const clock: Clock = { now: () => Date.now(), wait: () => new Promise((resolve) => setImmediate(resolve)) };

/** A workspace in memory, whose reads are counted. */
function workspace(files: Record<string, string>, remembered?: string) {
  const changed = new Emitter<FileChanges>();
  const settingsChanged = new Emitter<void>();
  const providersChanged = new Emitter<void>();
  const state = {
    files: { ...files },
    reads: [] as string[],
    lists: 0,
    subscribed: 0,
    remembered,
    providers: [] as readonly Provider[],
    links: [] as readonly SettingValue[],
    added: undefined as unknown,
    unreadable: new Set<string>(),
    listing: undefined as Error | undefined,
  };
  const store = new StageStore({
    clock,
    files: {
      onDidChange: (listener) => {
        state.subscribed += 1;
        return changed.event(listener);
      },
      async listConfigs() {
        state.lists += 1;
        if (state.listing) throw state.listing;
        return Object.keys(state.files).map((path) => ({
          path,
          folder: path.slice(0, path.lastIndexOf('/')),
          workspaceFolder: '/w',
        }));
      },
      async read(path) {
        state.reads.push(path);
        if (state.unreadable.has(path)) throw new Error('no permission');
        return state.files[path];
      },
    },
    settings: {
      get: (): LinkSettingValues => ({
        links: state.links,
        addedStages: state.added === undefined ? [] : [{ scope: 'workspace', value: state.added }],
        defaultProviders: [],
        trusted: true,
      }),
      onDidChange: settingsChanged.event,
      async editLinks(source: LinkSource, change) {
        const before = state.links.find(({ scope }) => scope === source.scope)?.value;
        state.links = [{ ...source, value: change(before) }];
        settingsChanged.fire();
      },
      async editAddedStages(change) {
        state.added = change(state.added);
      },
    },
    memory: {
      get: () => state.remembered,
      async set(id) {
        state.remembered = id;
      },
    },
    providers: {
      get providers() {
        return state.providers;
      },
      onDidChange: providersChanged.event,
    },
  });
  const events: StageSnapshot[] = [];
  store.onDidChange((snapshot) => events.push(snapshot));
  return { store, state, events, changed, settingsChanged, providersChanged };
}

/** Waits until readings set off by events are done. */
async function settle(store: StageStore): Promise<StageSnapshot> {
  await new Promise((resolve) => setImmediate(resolve));
  return store.load();
}

const names = ({ stages }: StageSnapshot): readonly string[] =>
  stages.map(({ serviceName, name, active }) => `${serviceName}/${name}${active ? '*' : ''}`);

const two = {
  '/w/a/serverless.yml': 'service: a\nstages: {prod: {}, uat: {}}\nprovider: {stage: uat}\n',
  '/w/b/serverless.yml': 'service: b\n',
};

void test('does nothing before it is needed', async () => {
  const { store, state } = workspace(two);
  assert.equal(store.snapshot.state, 'unloaded');
  assert.deepEqual([state.lists, state.reads.length, state.subscribed], [0, 0, 0]);
  await Promise.all([store.load(), store.load()]);
  assert.deepEqual([state.lists, state.reads.length, state.subscribed], [1, 2, 1]);
});

void test('the active stage: remembered, else dev, else the first', async () => {
  assert.deepEqual(names(await workspace(two).store.load()), ['a/prod', 'a/uat', 'b/dev*']);
  assert.deepEqual(names(await workspace(two, '/w/a#uat').store.load()), ['a/prod', 'a/uat*', 'b/dev']);
  assert.deepEqual(names(await workspace(two, 'gone').store.load()), ['a/prod', 'a/uat', 'b/dev*']);
  const one = { '/w/a/serverless.yml': two['/w/a/serverless.yml'] };
  assert.deepEqual(names(await workspace(one).store.load()), ['a/prod*', 'a/uat']);
  assert.deepEqual(names(await workspace({}).store.load()), []);
});

void test('setActive is remembered, gives one event and refuses what is not there', async () => {
  const { store, state, events } = workspace(two);
  await store.load();
  events.length = 0;
  await store.setActive('/w/a#prod');
  assert.equal(state.remembered, '/w/a#prod');
  assert.equal(events.length, 1);
  assert.deepEqual(names(store.snapshot), ['a/prod*', 'a/uat', 'b/dev']);
  await assert.rejects(
    store.setActive('/w/a#x'),
    (error) => error instanceof Failure && error.code === 'unknown-stage',
  );
});

void test('a burst of changes is one reading of the changed files', async () => {
  const { store, state, events, changed } = workspace(two);
  await store.load();
  state.reads.length = 0;
  events.length = 0;
  state.files['/w/b/serverless.yml'] = 'service: b\nstages: {x: {}}\n';
  for (let count = 0; count < 5; count += 1) changed.fire({ paths: ['/w/b/serverless.yml'], relist: false });
  assert.deepEqual(names(await settle(store)), ['a/prod', 'a/uat', 'b/x', 'b/dev*']);
  assert.deepEqual(state.reads, ['/w/b/serverless.yml']);
  assert.equal(events.length, 1);
  assert.equal(state.lists, 1);
});

void test('a change that arrives just as a reading ends is read', async () => {
  // One of these turns of the microtask queue lies behind the end of the reading.
  for (let turns = 0; turns < 12; turns += 1) {
    const { store, state, changed } = workspace(two);
    await store.load();
    const change = { paths: ['/w/b/serverless.yml'], relist: false };
    const first = store.onDidChange(() => {
      first.dispose();
      let left = turns;
      const wait = (): void => {
        left -= 1;
        if (left >= 0) return queueMicrotask(wait);
        state.files['/w/b/serverless.yml'] = 'service: b\nstages: {late: {}}\n';
        changed.fire(change);
      };
      wait();
    });
    changed.fire(change);
    assert.ok(names(await settle(store)).includes('b/late'), `after ${turns} turns`);
  }
});

void test('new and deleted configs', async () => {
  const { store, state, changed } = workspace(two);
  await store.load();
  state.reads.length = 0;
  delete state.files['/w/b/serverless.yml'];
  state.files['/w/c/serverless.json'] = '{"service": "c"}';
  changed.fire({ paths: ['/w/b/serverless.yml', '/w/c/serverless.json'], relist: true });
  assert.deepEqual(names(await settle(store)), ['a/prod', 'a/uat', 'c/dev*']);
  assert.deepEqual(state.reads, ['/w/c/serverless.json']);
});

void test('of several configs in a folder the one the CLI takes', async () => {
  const { store } = workspace({
    '/w/a/serverless.ts': '',
    '/w/a/serverless.json': '{"service": "json"}',
    '/w/a/serverless.yml': 'service: yml',
  });
  assert.deepEqual(names(await store.load()), ['yml/dev*']);
});

void test('a config broken in mid-edit keeps its stages and says why; others are not touched', async () => {
  const { store, state, changed } = workspace(two, '/w/a#uat');
  await store.load();
  state.files['/w/a/serverless.yml'] = 'service: a\nstages: [\n';
  changed.fire({ paths: ['/w/a/serverless.yml'], relist: false });
  const snapshot = await settle(store);
  assert.deepEqual(names(snapshot), ['a/prod', 'a/uat*', 'b/dev']);
  assert.equal(snapshot.services[0]?.problem?.line, 2);
  state.files['/w/a/serverless.yml'] = 'service: a\n';
  changed.fire({ paths: ['/w/a/serverless.yml'], relist: false });
  assert.deepEqual(names(await settle(store)), ['a/dev*', 'b/dev']);
});

void test('a file that cannot be read, and a workspace that cannot be searched, are problems', async () => {
  const { store, state } = workspace(two);
  state.unreadable.add('/w/a/serverless.yml');
  const snapshot = await store.load();
  assert.match(snapshot.services[0]?.problem?.message ?? '', /no permission/);
  assert.deepEqual(names(snapshot), ['b/dev*']);
  state.listing = new Error('search is broken');
  await store.refresh();
  assert.match(store.snapshot.problem ?? '', /search is broken/);
  assert.deepEqual(names(store.snapshot), ['b/dev*']);
  state.listing = undefined;
  state.unreadable.clear();
  await store.refresh();
  assert.equal(store.snapshot.problem, undefined);
  assert.deepEqual(names(store.snapshot), ['a/prod', 'a/uat', 'b/dev*']);
});

void test('stages added by hand, and taken back', async () => {
  const { store, state } = workspace(two);
  await store.load();
  const id = await store.addStage('/w/b', 'feature-42');
  assert.deepEqual(state.added, { b: ['feature-42'] });
  assert.deepEqual(names(store.snapshot), ['a/prod', 'a/uat', 'b/dev*', 'b/feature-42']);
  assert.equal(await store.addStage('/w/b', 'feature-42'), id);
  const refused = (code: string) => (error: unknown) => error instanceof Failure && error.code === code;
  await assert.rejects(store.addStage('/w/b', 'default'), refused('invalid-stage-name'));
  await assert.rejects(store.addStage('/w/b', '--force'), refused('invalid-stage-name'));
  await assert.rejects(store.addStage('/w/z', 'x'), refused('unknown-service'));
  await store.removeAddedStage(id);
  assert.deepEqual(state.added, {});
  assert.deepEqual(names(store.snapshot), ['a/prod', 'a/uat', 'b/dev*']);
});

void test('links, providers and settings are followed without reading a file', async () => {
  const { store, state, providersChanged } = workspace(two);
  await store.load();
  state.reads.length = 0;
  const provider = accessRole('p', '111111111111');
  state.providers = [provider];
  await store.link({ service: 'b', stage: 'dev' }, provider, { scope: 'workspace' });
  assert.equal(store.snapshot.active?.link.provider?.id, 'p');
  assert.equal(store.snapshot.active?.origins.at(-1)?.source, 'awsProviders.stages');
  state.providers = [];
  providersChanged.fire();
  assert.equal(store.snapshot.active?.link.problem?.code, 'no-provider');
  await store.unlink('b/dev', { scope: 'workspace' });
  assert.equal(store.snapshot.active?.link.level, 'none');
  assert.deepEqual(state.reads, []);
});

void test('after disposal nothing fires', async () => {
  const { store, events, changed } = workspace(two);
  await store.load();
  events.length = 0;
  changed.fire({ paths: ['/w/a/serverless.yml'], relist: true });
  store.dispose();
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(events.length, 0);
});
