import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromQuery, midnight, toRequest } from './filter.ts';
import { unitOf } from './figures.ts';

test('an address without a filter, or with nonsense, asks for what is open', () => {
  const filter = fromQuery(new URLSearchParams('state=banana&period=ever'));
  assert.deepEqual(filter, { tab: 'open', kind: '', camera: '', period: '' });
  assert.deepEqual(toRequest(filter, 0, 'UTC')['state'], ['suspected', 'in_review']);
});

test('"today" begins at the midnight of the ward, not of the browser', () => {
  const now = Date.parse('2026-11-23T18:30:15.250Z'); // 01:30 on the 24th in Vietnam
  assert.equal(new Date(midnight(now, 'Asia/Ho_Chi_Minh')).toISOString(), '2026-11-23T17:00:00.000Z');
  const filter = fromQuery(new URLSearchParams('state=rejected&period=today'));
  const request = toRequest(filter, now, 'Asia/Ho_Chi_Minh');
  assert.equal(request['from'], '2026-11-23T17:00:00.000Z');
  assert.deepEqual(request['state'], ['rejected']);
});

test('the unit of a figure is in its name', () => {
  assert.deepEqual(unitOf('owner_left_s'), { stem: 'owner_left', unit: 's' });
  assert.deepEqual(unitOf('area_share'), { stem: 'area', unit: 'share' });
  assert.deepEqual(unitOf('objects'), { stem: 'objects', unit: 'count' });
});
