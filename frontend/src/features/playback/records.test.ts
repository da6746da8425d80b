import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecordReader } from './records.ts';

function record(header: object, content = ''): number[] {
  const text = new TextEncoder().encode(JSON.stringify({ ...header, bytes: content.length }));
  return [0, 0, text.length >> 8, text.length & 255, ...text, ...new TextEncoder().encode(content)];
}

const WHOLE = [...record({ type: 'init' }, 'abc'), ...record({ type: 'gap' }), ...record({ type: 'part' }, 'de'), ...record({ type: 'end', next: '7' })];

function read(sizes: number): { types: string[]; content: string } {
  const reader = new RecordReader();
  const types: string[] = [];
  const content: number[] = [];
  for (let at = 0; at < WHOLE.length; at += sizes) {
    for (const event of reader.take(new Uint8Array(WHOLE.slice(at, at + sizes)))) {
      if ('header' in event) types.push(event.header.type);
      else content.push(...event.bytes);
    }
  }
  return { types, content: new TextDecoder().decode(new Uint8Array(content)) };
}

test('records come out whole however the network cuts them', () => {
  for (const size of [1, 2, 3, 7, 50, WHOLE.length]) {
    assert.deepEqual(read(size), { types: ['init', 'gap', 'part', 'end'], content: 'abcde' }, `in pieces of ${size}`);
  }
});
