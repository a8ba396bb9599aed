import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expectArrival, takeArrival } from '../../../src/core/newService/arrival.ts';
import { MemoryState } from '../../fakes/memory.ts';

const hour = 60 * 60 * 1000;

void test('the window that opens the folder goes on there, once, and no other window does', async () => {
  const state = new MemoryState();
  await state.update((current) => ({
    ...current,
    pendingWork: [{ id: 'q', kind: 'other', data: undefined }],
  }));
  await expectArrival(state, 'a', '/w/shop', 0);
  assert.equal(await takeArrival(state, ['/w/else'], 1), undefined);
  assert.equal(await takeArrival(state, [], 1), undefined);
  assert.equal(await takeArrival(state, ['/w/else', '/w/shop'], 1), '/w/shop');
  assert.equal(await takeArrival(state, ['/w/shop'], 1), undefined);
  assert.deepEqual(
    state.state.pendingWork.map(({ id }) => id),
    ['q'],
  );
});

void test('one that did not come, or makes no sense, is forgotten', async () => {
  const state = new MemoryState();
  await expectArrival(state, 'a', '/w/shop', 0);
  await state.update((current) => ({
    ...current,
    pendingWork: [...current.pendingWork, { id: 'b', kind: 'new-service', data: undefined }],
  }));
  assert.equal(await takeArrival(state, ['/w/shop'], 2 * hour), undefined);
  assert.deepEqual(state.state.pendingWork, []);
});

void test('nothing is written where nothing is expected', async () => {
  const state = new MemoryState();
  await takeArrival(state, ['/w/shop'], 0);
  assert.equal(state.history.length, 1);
});
