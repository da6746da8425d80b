import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Point, Zone } from '../../api/types.ts';
import { inside, moved, polygonProblem } from './geometry.ts';
import { DWELL, freshId, PURPOSES, zoneProblem } from './purposes.ts';

const square: Point[] = [[0.1, 0.1], [0.5, 0.1], [0.5, 0.5], [0.1, 0.5]];
const bow: Point[] = [[0.1, 0.1], [0.5, 0.5], [0.5, 0.1], [0.1, 0.5]];

function zone(change: Partial<Zone> = {}): Zone {
  return {
    id: 'via-he',
    purpose: 'sidewalk',
    polygon: square,
    line: null,
    direction: null,
    lamp: null,
    permitted_hours: [],
    closed_hours: [],
    rules: {},
    permitted: [],
    ...change,
  };
}

test('a polygon has three points, an area, does not cross itself and stays in the frame', () => {
  assert.equal(polygonProblem(square), null);
  assert.equal(polygonProblem(square.slice(0, 2)), 'few');
  assert.equal(polygonProblem(bow), 'crossing');
  assert.equal(polygonProblem([[0, 0], [0.5, 0.5], [1, 1]]), 'flat');
  assert.equal(polygonProblem([[-0.1, 0], [0.5, 0], [0.5, 0.5]]), 'outside');
});

test('moving a zone stops at the edge and keeps its shape', () => {
  const there = moved(square, 2, -2);
  assert.deepEqual(there, [[0.6, 0], [1, 0], [1, 0.4], [0.6, 0.4]]);
  assert.deepEqual(inside([1.2, -3]), [1, 0]);
});

test('each thing wrong with a zone has its own word', () => {
  const good = zone();
  assert.equal(zoneProblem(good, [good]), null);
  assert.equal(zoneProblem(zone({ polygon: bow }), []), 'crossing');
  assert.equal(zoneProblem(zone({ id: 'Vỉa hè' }), []), 'id');
  assert.equal(zoneProblem(good, [zone(), good]), 'twice');
  assert.equal(zoneProblem(zone({ rules: { intrusion: { min_duration_s: 0 } } }), []), 'duration');
  assert.equal(zoneProblem(zone({ purpose: 'stop_line', polygon: null, line: [[0.1, 0.5], [0.1, 0.5]] }), []), 'flat');
  assert.equal(freshId('no_dumping', [zone({ id: 'no-dumping-1' })]), 'no-dumping-2');
});

test('the page says what the rules do: same rules, same waits as the program', () => {
  const folder = new URL('../../../../src/matpho/rules/', import.meta.url);
  const zoneRules = readFileSync(new URL('table.py', folder), 'utf8').split('ZONE_RULES')[1]?.split('CAMERA_RULES')[0] ?? '';
  for (const [rule, wait] of Object.entries(DWELL)) {
    assert.match(zoneRules, new RegExp(`\\b${rule}\\.KIND`), `${rule} runs`);
    const text = readFileSync(new URL(`${rule}.py`, folder), 'utf8');
    assert.equal(Number(/min_duration_s: float = ([\d.]+)/.exec(text)?.[1]), wait, rule);
  }
  const files = new Set(readdirSync(folder).map((name) => name.replace(/\.py$/, '')));
  for (const rule of new Set(Object.values(PURPOSES).flatMap((one) => one.rules))) {
    assert.equal(files.has(rule), rule in DWELL, `${rule}: found automatically or not`);
  }
});
