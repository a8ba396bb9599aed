import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import type { ConnectIntent } from '../../../src/protocol/connect.ts';
import { createEdits } from '../../../src/webview/connect/edits.ts';

void test('sends the last value once typing pauses, and at once when something else is sent', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const sent: ConnectIntent[] = [];
    const edits = createEdits((intent) => sent.push(intent));
    edits.edit('alias', 'd');
    mock.timers.tick(100);
    edits.edit('alias', 'de');
    mock.timers.tick(100);
    assert.deepEqual(sent, []);
    mock.timers.tick(100);
    assert.deepEqual(sent, [{ type: 'setRole', field: 'alias', value: 'de' }]);
    edits.edit('region', 'eu-west-1');
    edits.flush();
    mock.timers.tick(1000);
    assert.deepEqual(sent.slice(1), [{ type: 'setRole', field: 'region', value: 'eu-west-1' }]);
  } finally {
    mock.timers.reset();
  }
});
