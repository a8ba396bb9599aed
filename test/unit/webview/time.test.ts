import assert from 'node:assert/strict';
import { test } from 'node:test';
import { elapsed, timeOfDay } from '../../../src/webview/connect/time.ts';

void test('a span reads like a stopwatch', () => {
  const spans = [-1, 0, 999, 7_000, 60_000, 754_000, 3_600_000, 3_723_000].map(elapsed);
  assert.deepEqual(spans, ['0:00', '0:00', '0:00', '0:07', '1:00', '12:34', '1:00:00', '1:02:03']);
});

void test('a time of day has seconds', () => {
  assert.match(timeOfDay(new Date(2025, 0, 15, 14, 3, 7), 'de-DE'), /^14:03:07$/);
});
