import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rates } from './rates.ts';

const stream = (link: string, kbit_s: number) => ({ state: { link, kbit_s } });
const path = { forwards: [{ camera_ip: '', camera_port: 554, address: '', cameras: ['a'] }, { camera_ip: '', camera_port: 554, address: '', cameras: ['b'] }] };

test('the heaviest stream that arrives through the path counts', () => {
  const cameras = [
    { id: 'a', main: stream('live', 900.4), sub: stream('lost', 5000) },
    { id: 'b', main: stream('live', 2100), sub: { state: null } },
    { id: 'elsewhere', main: stream('live', 9000), sub: stream('live', 700) },
  ];
  assert.deepEqual(rates(path, cameras), { main: 2100, sub: null });
});

test('before any camera is added nothing is known', () => {
  assert.deepEqual(rates(path, []), { main: null, sub: null });
});
