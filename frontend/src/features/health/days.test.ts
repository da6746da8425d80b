import assert from 'node:assert/strict';
import { test } from 'node:test';
import { causes, level, percent } from './days.ts';

test('a day that lacks a minute is not called full', () => {
  assert.equal(level(1), 'full');
  assert.equal(level(1 - 90 / 86400), 'good');
  assert.equal(level(0.95), 'poor');
  assert.equal(level(0.5), 'bad');
  assert.equal(level(null), 'none');
});

test('a percentage is never rounded up to a hundred', () => {
  assert.equal(percent(1), 100);
  assert.equal(percent(0.99999), 99.99);
  assert.equal(percent(0.8759), 87.5);
});

test('the longest cause comes first, and what is under a second is left out', () => {
  assert.deepEqual(causes({ camera: 5, network: 60, disk: 0.2 }), [
    ['network', 60],
    ['camera', 5],
  ]);
});
