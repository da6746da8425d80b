import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boxesAt, onBar, things } from './overlay.ts';

const boxes = things([
  { id: 'track:1', group: 'person', t_s: 2, box: [0.2, 0, 0.1, 0.1] },
  { id: 'track:1', group: 'person', t_s: 0, box: [0, 0, 0.1, 0.1] },
  { id: 'hit:1', group: 'hit', t_s: 5, box: [0.5, 0.5, 0.1, 0.1] },
  { id: 'hit:1', group: 'hit', t_s: 30, box: [0.5, 0.5, 0.1, 0.1] },
]);

test('each thing is where it was at that moment, between two boxes too', () => {
  assert.deepEqual(boxesAt(boxes, 1), [{ id: 'track:1', group: 'person', box: [0.1, 0, 0.1, 0.1] }]);
});

test('nothing is shown before its first box, long after its last, or across a long silence', () => {
  assert.deepEqual(boxesAt(boxes, -0.1), []);
  assert.deepEqual(boxesAt(boxes, 4), []);
  assert.equal(boxesAt(boxes, 5.5).length, 1);
  assert.deepEqual(boxesAt(boxes, 15), []);
  assert.equal(boxesAt(boxes, 30.5).length, 1);
});

const walked = (...path: [number, number][]) =>
  things(path.map(([t_s, x]) => ({ id: 'track:2', group: 'person', t_s, box: [x, 0, 0.1, 0.4] })));

test('who was lost for longer than usual is not drawn on the way to where somebody was found', () => {
  const found = walked([0, 0.6], [1, 0.5], [2, 0.4], [3, 0.3], [7, 0]);
  assert.equal(boxesAt(found, 1.5).length, 1);
  assert.equal(boxesAt(found, 3.5).length, 1, 'for a moment it is held where it was');
  assert.deepEqual(boxesAt(found, 5), []);
  assert.equal(boxesAt(walked([0, 0.6], [1, 0.5], [3, 0.3], [4, 0.2]), 2).length, 1, 'one look missed it');
});

test('a long path, of which every few seconds are kept, is drawn as one', () => {
  assert.equal(boxesAt(walked([0, 0.8], [3, 0.6], [6, 0.4], [9, 0.2]), 4.5).length, 1);
});

test('what stands is drawn between two rare looks', () => {
  assert.equal(boxesAt(walked([0, 0.3], [4, 0.3], [36, 0.31]), 20).length, 1);
  assert.deepEqual(boxesAt(walked([0, 0.3], [4, 0.3], [36, 0.6]), 20), []);
});

test('a hit lies on the bar where it happened, cut at the ends of the clip', () => {
  const clip = { start: 1000, end: 2000 };
  assert.deepEqual(onBar(clip, 1250, 1500), { left: 0.25, width: 0.25 });
  assert.deepEqual(onBar(clip, 0, 5000), { left: 0, width: 1 });
  assert.equal(onBar(clip, 2500, 3000), null);
  assert.equal(onBar({ start: 5, end: 5 }, 5, 5), null);
});
