import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byDay, keptDays } from './ahead.ts';

test('days come in order, with all their cameras and bytes', () => {
  const going = [
    { day: '2026-11-25T00:00:00.000Z', camera_id: 'b', bytes: 2 },
    { day: '2026-11-24T00:00:00.000Z', camera_id: 'a', bytes: 1 },
    { day: '2026-11-25T00:00:00.000Z', camera_id: 'a', bytes: 3 },
  ];
  assert.deepEqual(byDay(going), [
    { day: '2026-11-24T00:00:00.000Z', bytes: 1, cameras: ['a'] },
    { day: '2026-11-25T00:00:00.000Z', bytes: 5, cameras: ['b', 'a'] },
  ]);
  assert.deepEqual(byDay([]), []);
});

test('how many days are kept', () => {
  assert.equal(keptDays({ oldest: '2026-11-01T00:00:00.000Z', newest: '2026-11-03T12:00:00.000Z' }), 2.5);
  assert.equal(keptDays({ oldest: '2026-11-03T00:00:00.000Z', newest: '2026-11-01T00:00:00.000Z' }), 0);
});
