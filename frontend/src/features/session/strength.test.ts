import assert from 'node:assert/strict';
import { test } from 'node:test';
import { slug } from '../cameras/slug.ts';
import { strength } from './strength.ts';

test('short, repeated and familiar passwords are weak; a long sentence is strong', () => {
  assert.equal(strength('').score, 0);
  assert.equal(strength('abc').score, 1);
  assert.equal(strength('aaaaaaaaaaaaaa').score, 1);
  assert.equal(strength('matkhau12345').score, 1);
  assert.equal(strength('nguyenlan-2026', ['Lan', 'nguyenlan']).score, 1);
  assert.equal(strength('mua xuan den').score, 2);
  assert.equal(strength('chợ họp sớm tinh mơ').score, 3);
});

test('a Vietnamese name becomes a plain id', () => {
  assert.equal(slug('Ngã ba chợ Đồng Xuân'), 'nga-ba-cho-dong-xuan');
  assert.equal(slug('  —  '), '');
  assert.ok(slug('đường '.repeat(20)).length <= 40);
});
