import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bars, decided } from './weeks.ts';

const tally = (confirmed: number, rejected: number) => ({
  confirmed,
  rejected,
  not_reviewed: 3,
  waiting: 1,
  set_aside: 2,
  precision: null,
  low: null,
  high: null,
});

test('weeks without a decision keep their place on the axis', () => {
  const weeks = [
    { kind: 'intrusion', start: '2026-11-09T00:00:00Z', tally: tally(3, 1) },
    { kind: 'intrusion', start: '2026-11-23T00:00:00Z', tally: tally(2, 0) },
    { kind: 'crowd', start: '2026-11-16T00:00:00Z', tally: tally(9, 9) },
  ];
  const shown = bars(weeks, 'intrusion', Date.parse('2026-11-27T09:00:00Z'), 4);
  assert.deepEqual(
    shown.map((bar) => [bar.start.slice(0, 10), bar.confirmed, bar.rejected]),
    [
      ['2026-11-02', 0, 0],
      ['2026-11-09', 3, 1],
      ['2026-11-16', 0, 0],
      ['2026-11-23', 2, 0],
    ],
  );
});

test('only confirmed and rejected ones are decided', () => {
  assert.equal(decided(tally(3, 4)), 7);
});
