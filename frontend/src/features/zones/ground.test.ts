import assert from 'node:assert/strict';
import { test } from 'node:test';
import { grid, groundProblem, projector, type Corners } from './ground.ts';

const corners: Corners = [[0, 1], [1, 1], [0.65, 0.5], [0.35, 0.5]];
const near = (found: readonly number[] | null, wanted: readonly number[]): void => {
  assert.ok(found);
  found.forEach((one, i) => assert.ok(Math.abs(one - (wanted[i] ?? NaN)) < 1e-9, `${found} is not ${wanted}`));
};

test('the corners of the rectangle are where they were drawn', () => {
  const at = projector(corners, [6, 10]);
  near(at(0, 0), [0, 1]);
  near(at(6, 0), [1, 1]);
  near(at(6, 10), [0.65, 0.5]);
  near(at(0, 10), [0.35, 0.5]);
});

test('straight on the ground is straight on the picture, and the far half looks smaller', () => {
  const at = projector(corners, [6, 10]);
  const middle = at(3, 5);
  assert.ok(middle);
  assert.ok(Math.abs(middle[0] - 0.5) < 1e-9);
  assert.ok(middle[1] < 0.75 && middle[1] > 0.5, `${middle}`);
  assert.equal(at(3, -100), null, 'behind the camera');
});

test('what is no rectangle on the ground is told', () => {
  assert.equal(groundProblem(corners, [6, 10]), null);
  assert.equal(groundProblem([[0, 1], [1, 1], [0.5, 0.9], [0.35, 0.5]], [6, 10]), 'shape');
  assert.equal(groundProblem([[0, 1], [0.65, 0.5], [1, 1], [0.35, 0.5]], [6, 10]), 'shape');
  assert.equal(groundProblem(corners.slice(0, 3), [6, 10]), 'shape');
  assert.equal(groundProblem(corners, [0, 10]), 'size');
  assert.equal(groundProblem(corners, [6, 900]), 'large');
});

test('the grid has a line for each metre, fewer where it is large', () => {
  assert.equal(grid(corners, [4, 4]).filter((one) => one.every5).length > 0, true);
  assert.ok(grid(corners, [100, 100]).length < 80);
});
