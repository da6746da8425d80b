import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stretch } from './quiet.ts';

test('a stretch over midnight lasts until the next morning', () => {
  assert.deepEqual(stretch('22:00-06:00'), { from: '22:00', to: '06:00', minutes: 480, overnight: true });
  assert.deepEqual(stretch('12:30-13:45'), { from: '12:30', to: '13:45', minutes: 75, overnight: false });
});

test('the end of the day reads as midnight', () => {
  assert.deepEqual(stretch('20:00-24:00'), { from: '20:00', to: '00:00', minutes: 240, overnight: false });
  assert.equal(stretch('00:00-24:00')?.minutes, 1440);
});

test('nothing is none, and equal ends have no length', () => {
  assert.equal(stretch(''), null);
  assert.equal(stretch('22:00-22:00')?.minutes, 0);
});
