import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Point, RuleSetting, Zone } from '../../api/types.ts';
import { inside, moved, polygonProblem } from './geometry.ts';
import { freshId, PURPOSES, zoneProblem as problem, type ZoneProblem } from './purposes.ts';
import { ruleChanges, settingsHold, typed, withSetting } from './rules.ts';

const square: Point[] = [[0.1, 0.1], [0.5, 0.1], [0.5, 0.5], [0.1, 0.5]];
const bow: Point[] = [[0.1, 0.1], [0.5, 0.5], [0.5, 0.1], [0.1, 0.5]];

const share: RuleSetting = { name: 'min_share', unit: 'share', default: 0.5, least: 0, most: 1 };
const wait: RuleSetting = { name: 'min_duration_s', unit: 'seconds', default: 3, least: 0, most: 86_400 };
const known = (): RuleSetting[] => [wait, share];
const zoneProblem = (one: Zone, all: Zone[]): ZoneProblem | null => problem(one, all, known);

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
  assert.equal(zoneProblem(zone({ rules: { intrusion: { min_duration_s: -1 } } }), []), 'setting');
  assert.equal(zoneProblem(zone({ rules: { intrusion: { min_share: 1.2 } } }), []), 'setting');
  assert.equal(zoneProblem(zone({ purpose: 'stop_line', polygon: null, line: [[0.1, 0.5], [0.1, 0.5]] }), []), 'flat');
  assert.equal(freshId('no_dumping', [zone({ id: 'no-dumping-1' })]), 'no-dumping-2');
});

test('a setting is typed in the unit that people use, and an empty one is the default', () => {
  assert.equal(typed(share, '35'), 0.35);
  assert.equal(typed(share, '7'), 0.07);
  assert.equal(typed(wait, '1,5'), 1.5);
  assert.equal(typed(wait, ' '), null);
  assert.deepEqual(withSetting({}, 'intrusion', 'min_share', 0.4), { intrusion: { min_share: 0.4 } });
  assert.deepEqual(withSetting({ intrusion: { min_share: 0.4 } }, 'intrusion', 'min_share', null), {});
  assert.deepEqual(withSetting({ fight: { enabled: false } }, 'fight', 'min_people', 3), { fight: { enabled: false, min_people: 3 } });
  assert.ok(settingsHold({ intrusion: { min_share: 1, enabled: false } }, known));
  assert.ok(!settingsHold({ intrusion: { min_share: Number.NaN } }, known));
});

test('a row of the trail tells which settings were changed', () => {
  assert.deepEqual(ruleChanges('via-he fight.min_people - → 4; via-he crowd.enabled - → false; …'), [
    { zone: 'via-he', rule: 'fight', setting: 'min_people', old: '-', new: '4' },
    { zone: 'via-he', rule: 'crowd', setting: 'enabled', old: '-', new: 'false' },
  ]);
  assert.equal(ruleChanges('otherwise'), null);
});

test('every setting of every rule has its words, and every purpose has the rules of the program', () => {
  const source = readFileSync(new URL('../../../../src/matpho/domain/camera.py', import.meta.url), 'utf8');
  const settings = source.split('RULE_SETTINGS')[1]?.split('CAMERA_RULES')[0] ?? '';
  const words = JSON.parse(readFileSync(new URL('../../strings/vi.json', import.meta.url), 'utf8')) as Record<string, string>;
  const names = new Set([...settings.matchAll(/"((?:min|max|times|grace)_\w+)"/g)].map((found) => found[1] ?? ''));
  assert.ok(names.size > 10);
  for (const name of names) assert.ok(words[`setting.name.${name}`] && words[`setting.hint.${name}`], name);
  const purposes = source.split('PURPOSE_RULES')[1]?.split('RULE_SETTINGS')[0] ?? '';
  for (const [purpose, info] of Object.entries(PURPOSES)) {
    const told = new RegExp(`Purpose\\.${purpose.toUpperCase()}: \\(([^)]*)\\)`).exec(purposes)?.[1] ?? '';
    assert.deepEqual([...told.matchAll(/"(\w+)"/g)].map((found) => found[1]), info.rules, purpose);
  }
});

test('a collection point needs the hours in which rubbish may be put out', () => {
  const point = zone({ purpose: 'collection_point' });
  assert.equal(zoneProblem(point, [point]), 'hours');
  const open = zone({ purpose: 'collection_point', permitted_hours: ['18:00-20:00'] });
  assert.equal(zoneProblem(open, [open]), null);
});
