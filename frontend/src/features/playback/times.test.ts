import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayOf, daySpan, following, instantOf, nextFootage, offset, ticks, toTime, toX, zoom } from './times.ts';

const WARD = 'Asia/Ho_Chi_Minh';
const NOON = Date.parse('2026-11-24T05:00:00Z'); // 12:00 in the ward
const HOUR = 3600_000;

test('pixels and instants are each other’s inverse', () => {
  const view = { start: NOON, end: NOON + HOUR };
  for (const x of [0, 1, 250.5, 999]) assert.ok(Math.abs(toX(toTime(x, view, 1000), view, 1000) - x) < 1e-6);
});

test('zooming keeps the instant under the pointer where it is, and stops at twenty seconds and a month', () => {
  const view = { start: NOON, end: NOON + HOUR };
  const at = NOON + 0.25 * HOUR;
  const closer = zoom(view, 0.5, at);
  assert.equal(closer.end - closer.start, HOUR / 2);
  assert.ok(Math.abs(toX(at, closer, 1000) - 250) < 1e-6);
  let far = view;
  for (let n = 0; n < 60; n += 1) far = zoom(far, 2, at);
  assert.equal(far.end - far.start, 31 * 24 * HOUR);
  for (let n = 0; n < 90; n += 1) far = zoom(far, 0.5, at);
  assert.equal(far.end - far.start, 20_000);
});

test('round times are round by the ward’s clock, wherever the browser is', () => {
  const day = daySpan('2026-11-24', WARD);
  assert.equal(new Date(day.start).toISOString(), '2026-11-23T17:00:00.000Z');
  const { step, list } = ticks(day, 1000, 80, WARD);
  assert.equal(step, 2 * HOUR);
  assert.equal(list.length, 13);
  assert.ok(list[0]?.day);
  assert.equal(dayOf(day.start, WARD), '2026-11-24');
  assert.equal(dayOf(day.start - 1, WARD), '2026-11-23');
});

test('a day that loses an hour to daylight saving is an hour shorter', () => {
  const zone = 'Europe/Berlin';
  const day = daySpan('2026-03-29', zone);
  assert.equal(day.end - day.start, 23 * HOUR);
  assert.equal(offset(zone, day.start), HOUR);
  assert.equal(offset(zone, day.end), 2 * HOUR);
  assert.equal(instantOf(Date.parse('2026-03-29T12:00:00Z'), zone), Date.parse('2026-03-29T10:00:00Z'));
  const { list } = ticks(day, 1200, 40, zone);
  assert.ok(list.every((tick) => (tick.at + offset(zone, tick.at)) % HOUR === 0));
});

test('the view follows a clock that runs out of it', () => {
  const view = { start: NOON, end: NOON + HOUR };
  assert.equal(following(view, NOON + 1), view);
  const moved = following(view, NOON + HOUR + 1);
  assert.ok(moved.start < NOON + HOUR + 1 && moved.end > NOON + HOUR + 1);
});

test('after a gap footage begins where the next stretch does', () => {
  const list = [{ start: 0, end: 10 }, { start: 20, end: 30 }];
  assert.equal(nextFootage(list, 5), 5);
  assert.equal(nextFootage(list, 12), 20);
  assert.equal(nextFootage(list, 31), null);
});
