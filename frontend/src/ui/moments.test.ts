import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readClock, readDay, showDay } from './moments.ts';

test('a day is read as it is written here, day before month', () => {
  for (const text of ['28/11/2026', '28-11-2026', '28.11.26', ' 28 11 2026 ', '28112026', '2026-11-28']) assert.equal(readDay(text), '2026-11-28', text);
  assert.equal(readDay('1/2/2027'), '2027-02-01');
  assert.equal(showDay('2027-02-01'), '01/02/2027');
  assert.equal(showDay(''), '');
});

test('what is no day is none: no month is guessed, no day carried over', () => {
  for (const text of ['', '11/28/2026', '31/02/2026', '29/02/2027', '28/11', '28/11/202', 'hôm nay']) assert.equal(readDay(text), null, text);
  assert.equal(readDay('29/02/2028'), '2028-02-29');
});

test('a time of day is read by 24 hours, as people say it too', () => {
  for (const text of ['8:30', '08:30', '8h30', '8g30', '0830', '8.30', '08:30:15']) assert.equal(readClock(text), '08:30', text);
  assert.equal(readClock('8h'), '08:00');
  assert.equal(readClock('23'), '23:00');
  assert.equal(readClock('8h30', true), '08:30:00');
  assert.equal(readClock('08:30:15', true), '08:30:15');
  assert.equal(readClock('083015', true), '08:30:15');
  for (const text of ['', '24:00', '8:60', '12:30 AM', '8:3x', '123']) assert.equal(readClock(text), null, text);
});
