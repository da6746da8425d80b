import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LiveBox } from '../../api/types.ts';
import { boxesAt } from './seen.ts';

const box = (id: number, x: number): LiveBox => ({ id, group: 'person', box: [x, 0.2, 0.1, 0.3] });
const told = [
  { at: 1000, boxes: [box(1, 0.1), box(2, 0.5)] },
  { at: 1200, boxes: [] },
  { at: 2000, boxes: [box(1, 0.2)] },
];
const places = (shown: number): [number, number][] =>
  boxesAt(told, shown).map((one) => [one.id, Math.round(one.box[0] * 1000) / 1000]);

test('a thing is followed between two sightings, and stays where it was when seen only once', () => {
  assert.deepEqual(places(1500), [[1, 0.15], [2, 0.5]]);
});

test('beyond its last sighting a thing goes on a little, then stops, then is gone', () => {
  assert.deepEqual(places(2200), [[1, 0.22], [2, 0.5]]);
  assert.deepEqual(places(3000), [[1, 0.27]]);
  assert.deepEqual(places(3200), [[1, 0.27]]);
  assert.deepEqual(places(3400), []);
});

test('what comes later than the picture on the screen is not shown yet', () => {
  assert.deepEqual(places(800), []);
});
