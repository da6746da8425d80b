import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Problem } from '../../api/types.ts';
import { together } from './groups.ts';

const problem = (id: string, trouble: string, camera_id: string | null): Problem => ({ id, trouble, camera_id, severity: 'urgent' }) as Problem;
const ids = (groups: Problem[][]): string[] => groups.map((group) => group.map((one) => one.id).join(''));

test('many cameras with one trouble are told together, in the place of the first', () => {
  const list = [problem('a', 'offline', '1'), problem('b', 'frozen', '2'), problem('c', 'offline', '3'), problem('d', 'offline', '4')];
  assert.deepEqual(ids(together(list)), ['acd', 'b']);
});

test('a few stay apart, and so does what is no camera', () => {
  assert.deepEqual(ids(together([problem('a', 'offline', '1'), problem('b', 'offline', '2')])), ['a', 'b']);
  const machine = ['a', 'b', 'c'].map((id) => problem(id, 'process', null));
  assert.deepEqual(ids(together(machine)), ['a', 'b', 'c']);
});
