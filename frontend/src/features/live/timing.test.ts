import assert from 'node:assert/strict';
import { test } from 'node:test';
import { age, behind, columns, jump, Pacer, trim, type Ranges } from './timing.ts';

function ranges(...spans: [number, number][]): Ranges {
  return { length: spans.length, start: (i) => spans[i]?.[0] ?? NaN, end: (i) => spans[i]?.[1] ?? NaN };
}

test('a moving picture keeps its age, a standing one grows older', () => {
  const mark = { captured: 0, ageMs: 200, heard: 1000, edge: 50 };
  assert.equal(Math.round(age(mark, 49.8, 1000)), 400); // shown 0.2 s behind the newest
  assert.equal(Math.round(age(mark, 50.8, 2000)), 400); // a second later, moved by a second
  assert.equal(Math.round(age(mark, 49.8, 5000)), 4400); // stood still for four seconds
});

test('the player jumps when far behind or outside, and stays otherwise', () => {
  const buffered = ranges([10, 20]);
  assert.equal(jump(behind(buffered, 19.9), buffered, 19.9), null);
  assert.equal(jump(behind(buffered, 19.3), buffered, 19.3), null);
  assert.equal(jump(behind(buffered, 15), buffered, 15), 19.9);
  assert.equal(jump(behind(buffered, 0), buffered, 0), 19.9); // the first picture
});

test('a gap in the stream is jumped over to the newest stretch', () => {
  const buffered = ranges([10, 12], [15, 15.4]);
  assert.equal(jump(behind(buffered, 12), buffered, 12), 15.4 - 0.1);
});

/** Plays a stream whose pictures come every `interval` s, some late; gives the last delays and how often it ran dry. */
function play(interval: number, late: (n: number) => number, start: number): { behind: number; dry: number } {
  const pacer = new Pacer();
  let edge = start;
  let place = 0;
  let now = 0;
  let dry = 0;
  let rate = 1;
  for (let n = 0; now < 60; n++) {
    const next = (n + 1) * interval + late(n);
    const passed = Math.max(0, next - now);
    now = Math.max(now, next);
    if (now > 40 && place + passed * rate > edge) dry += 1;
    place = Math.min(edge, place + passed * rate);
    pacer.note(edge - place, now * 1000);
    edge = start + (n + 1) * interval;
    rate = pacer.rate();
  }
  return { behind: edge - place, dry };
}

test('a regular stream is followed closely from wherever it began', () => {
  for (const start of [0.1, 0.4, 1.4]) {
    const slow = play(0.1, () => 0, start);
    assert.ok(slow.behind < 0.2 && slow.dry === 0, `10 pictures a second: ${JSON.stringify(slow)}`);
    const fast = play(0.04, () => 0, start);
    assert.ok(fast.behind < 0.14 && fast.dry === 0, `25 pictures a second: ${JSON.stringify(fast)}`);
  }
});

test('who began too far behind comes down to the room that is wanted, not to where hurrying would begin', () => {
  for (const start of [0.4, 1.4]) {
    for (const interval of [0.1, 0.04]) {
      const { behind: lag, dry } = play(interval, () => 0, start);
      assert.ok(lag - interval < 0.06 && lag - interval > 0.03 && dry === 0, `${interval} s: ${lag}`);
    }
  }
});

test('an irregular stream is given the room it needs and seldom runs dry', () => {
  const jittery = play(0.1, (n) => (n % 17 === 0 ? 0.15 : 0), 0.1);
  assert.ok(jittery.behind > 0.15 && jittery.behind < 0.6, JSON.stringify(jittery));
  assert.ok(jittery.dry <= 3, JSON.stringify(jittery));
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
  for (const [width, height] of [[1000, 716], [1160, 816], [1640, 996]] as const) {
    const { columns: c, tile } = columns(30, width, height, 10);
    assert.ok(Math.ceil(30 / c) * ((tile * 9) / 16 + 10) - 10 <= height + 0.5, `thirty on one screen of ${width} px`);
  }
  assert.ok(columns(30, 800, 500, 10).tile >= 180, 'where they would shrink away they scroll');
});
