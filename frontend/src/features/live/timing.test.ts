import assert from 'node:assert/strict';
import { test } from 'node:test';
import { age, behind, chase, columns, trim, type Ranges } from './timing.ts';

function ranges(...spans: [number, number][]): Ranges {
  return { length: spans.length, start: (i) => spans[i]?.[0] ?? NaN, end: (i) => spans[i]?.[1] ?? NaN };
}

test('a moving picture keeps its age, a standing one grows older', () => {
  const mark = { captured: 0, ageMs: 200, heard: 1000, edge: 50 };
  assert.equal(Math.round(age(mark, 49.8, 1000)), 400); // shown 0.2 s behind the newest
  assert.equal(Math.round(age(mark, 50.8, 2000)), 400); // a second later, moved by a second
  assert.equal(Math.round(age(mark, 49.8, 5000)), 4400); // stood still for four seconds
});

test('the player jumps when far behind or outside, hurries when a little behind', () => {
  const buffered = ranges([10, 20]);
  assert.deepEqual(chase(behind(buffered, 19.9), buffered, 19.9), { to: null, rate: 1 });
  assert.deepEqual(chase(behind(buffered, 19.3), buffered, 19.3), { to: null, rate: 1.1 });
  assert.deepEqual(chase(behind(buffered, 15), buffered, 15), { to: 19.85, rate: 1 });
  assert.deepEqual(chase(behind(buffered, 0), buffered, 0), { to: 19.85, rate: 1 }); // the first picture
});

test('a gap in the stream is jumped over to the newest stretch', () => {
  const buffered = ranges([10, 12], [15, 15.4]);
  assert.equal(chase(behind(buffered, 12), buffered, 12).to, 15.25);
});

test('the buffer is trimmed behind the picture only when it has grown long', () => {
  assert.equal(trim(ranges([10, 20]), 19), null);
  assert.equal(trim(ranges([10, 40]), 39), 33);
  assert.equal(trim(ranges(), 0), null);
});

test('tiles fill the wall: one column on a phone, more on a desk, never larger than the wall', () => {
  assert.equal(columns(6, 366, 700, 10).columns, 1);
  assert.equal(columns(6, 1696, 996, 10).columns, 3);
  for (const n of [1, 2, 3, 5, 6, 9, 16]) {
    const { columns: c, tile } = columns(n, 1696, 996, 10);
    const rows = Math.ceil(n / c);
    assert.ok(c * tile + (c - 1) * 10 <= 1696.5, `${n} tiles too wide`);
    assert.ok(rows * tile * (9 / 16) + (rows - 1) * 10 <= 996.5, `${n} tiles too high`);
  }
  assert.ok(columns(30, 1000, 700, 10).tile >= 300, 'thirty cameras scroll instead of shrinking away');
});
