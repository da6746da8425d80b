import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closer, dragged, WHOLE } from './closer.ts';

const shown = (at: number, scale: number, shift: number): number => (at - shift) / scale;

test('the point that is zoomed at stays where it is', () => {
  const once = closer(WHOLE, 2, 0.25, 0.5);
  assert.equal(shown(0.25, once.scale, once.x), 0.25);
  const before = shown(0.6, once.scale, once.x);
  const twice = closer(once, 1.5, 0.6, 0.5);
  assert.ok(Math.abs(shown(0.6, twice.scale, twice.x) - before) < 1e-9);
});

test('the picture never leaves its frame, and its whole is where it began', () => {
  const corner = dragged(closer(WHOLE, 4, 0.5, 0.5), 5, -5);
  assert.deepEqual([corner.x, corner.y], [0, -3]);
  assert.deepEqual(closer(corner, 0.01, 0.9, 0.1), WHOLE);
  assert.equal(closer(WHOLE, 100, 0, 0).scale, 8);
});
