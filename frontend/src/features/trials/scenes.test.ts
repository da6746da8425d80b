import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SceneChoice, Trial } from '../../api/types.ts';
import { again, byCamera, left, score, TONES } from './scenes.ts';

const scene = (camera_id: string, id: string): SceneChoice => ({ id, camera_id, zone_id: null, act: 'x', says: { vi: 'a', en: 'b' }, kind: null, wait_s: 80, undecided: false });

test('scenes stand under their cameras, in the order of the cameras', () => {
  const shown = byCamera([scene('b', 'b.1'), scene('a', 'a.1'), scene('b', 'b.2')], ['a', 'b', 'c']);
  assert.deepEqual(shown.map(([id, own]) => [id, own.map((one) => one.id)]), [['a', ['a.1']], ['b', ['b.1', 'b.2']]]);
});

test('a scene acted again is named by its first', () => {
  assert.equal(again('cho.via-he.illegal_dumping.2'), 'cho.via-he.illegal_dumping');
  assert.equal(again('cho.via-he-2.illegal_dumping'), 'cho.via-he-2.illegal_dumping');
});

test('only what was judged counts', () => {
  const counts = { not_acted: 2, waiting: 1, found: 3, missed: 1, quiet: 1, false: 1 } as Trial['counts'];
  assert.deepEqual(score(counts), { well: 4, judged: 6 });
  assert.deepEqual(score({} as Trial['counts']), { well: 0, judged: 0 });
  assert.equal(Object.keys(TONES).length, 6);
});

test('a scene has so long to be found', () => {
  const acted = '2026-11-23T05:00:00Z';
  const noon = Date.parse(acted);
  assert.equal(left({ acted, wait_s: 80 }, noon + 30_000), 50);
  assert.equal(left({ acted, wait_s: 80 }, noon + 90_000), 0);
  assert.equal(left({ acted: null, wait_s: 80 }, noon), 0);
});
