import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gathered } from './history.ts';

const row = (action: string, at: string, who: string | null = null) => ({ at, who, action, reason: null, note: '' });

test('what was joined in a row is one line with its number and the last time', () => {
  const told = gathered([row('opened', '1'), row('joined', '2'), row('joined', '3'), row('note', '4', 'Lan'), row('joined', '5')]);
  assert.deepEqual(
    told.map((one) => [one.action, one.at, one.times]),
    [['opened', '1', 1], ['joined', '3', 2], ['note', '4', 1], ['joined', '5', 1]],
  );
});

test('what people did is never gathered', () => {
  assert.equal(gathered([row('note', '1', 'Lan'), row('note', '2', 'Lan')]).length, 2);
});
