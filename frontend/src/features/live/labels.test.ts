import assert from 'node:assert/strict';
import { test } from 'node:test';
import { named, nameOf } from './labels.ts';

const at = (id: number, group: string, x: number, y: number) => ({ id, group, box: [x, y, 0.2, 0.2] as [number, number, number, number] });

test('of several boxes of one name at one place one carries it', () => {
  assert.deepEqual([...named([at(1, 'hit', 0.1, 0.1), at(2, 'hit', 0.15, 0.12), at(3, 'hit', 0.6, 0.1)])], [1, 3]);
});

test('different names stand side by side, and so do equal ones further apart', () => {
  assert.deepEqual([...named([at(1, 'person', 0.1, 0.1), at(2, 'vehicle', 0.1, 0.1), at(3, 'person', 0.1, 0.3)])], [1, 2, 3]);
});

test('what a small detector cannot be trusted to name is a thing', () => {
  assert.equal(nameOf('person'), 'person');
  assert.equal(nameOf('animal'), 'thing');
  assert.equal(nameOf('bag'), 'thing');
});
