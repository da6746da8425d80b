import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayStart, fromQuery, toQuery, toRequest } from './question.ts';

const NOW = Date.parse('2026-11-23T05:00:00Z');
const HANOI = 'Asia/Ho_Chi_Minh';
const ask = (text: string) => fromQuery(new URLSearchParams(text));

test('a question survives the way into the address and back', () => {
  const text = 'camera=cong-cho&box=0.1%2C0.2%2C0.3%2C0.4&period=days&first=2026-11-01&last=2026-11-03&begin=22%3A00&end=05%3A00&groups=person%2Cvehicle&weekdays=56';
  const back = new URLSearchParams();
  for (const [key, value] of Object.entries(toQuery(ask(text)))) if (value) back.set(key, value);
  assert.equal(back.toString(), text);
});

test('nonsense in the address is left out', () => {
  const asked = ask('box=1,x,2,3&period=ever&groups=faces&weekdays=9a&begin=late');
  assert.deepEqual(asked, { camera: '', box: null, period: '24h', first: '', last: '', begin: '', end: '', groups: [], weekdays: [] });
});

test('days are the ward\'s, the last one included and never beyond now', () => {
  assert.equal(new Date(dayStart('2026-11-20', HANOI)).toISOString(), '2026-11-19T17:00:00.000Z');
  const past = toRequest(ask('period=days&first=2026-11-20&last=2026-11-21'), NOW, HANOI);
  assert.equal(past.from, '2026-11-19T17:00:00.000Z');
  assert.equal(past.to, '2026-11-21T17:00:00.000Z');
  assert.equal(toRequest(ask('period=days&first=2026-11-20&last=2026-11-30'), NOW, HANOI).to, '2026-11-23T05:00:00.000Z');
});

test('hours count only in pairs; no camera means all', () => {
  assert.equal(toRequest(ask('begin=22:00'), NOW, HANOI).hours, null);
  const request = toRequest(ask('begin=22:00&end=05:00&groups=person&box=0.1,0.2,0.3,0.4'), NOW, HANOI);
  assert.equal(request.hours, '22:00-05:00');
  assert.equal(request.box, '0.1,0.2,0.3,0.4');
  assert.deepEqual(request.camera, []);
  assert.equal(request.from, '2026-11-22T05:00:00.000Z');
});
