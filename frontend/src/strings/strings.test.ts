import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const here = new URL('./', import.meta.url);
const read = (name: string): Record<string, string> => JSON.parse(readFileSync(new URL(name, here), 'utf8'));
const vi = read('vi.json');
const en = read('en.json');
const src = fileURLToPath(new URL('../', here));
const code = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(svelte|ts)$/.test(name) && !/\.(test|d)\.ts$/.test(name))
  .map((name) => readFileSync(`${src}/${name}`, 'utf8'))
  .join('\n');
const slots = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1] ?? '').sort();

test('both languages say the same things, with the same blanks to fill', () => {
  assert.deepEqual(Object.keys(en), Object.keys(vi));
  for (const [key, text] of Object.entries(vi)) {
    assert.ok(text.trim() && en[key]?.trim(), `${key} is empty`);
    assert.deepEqual(slots(en[key] ?? ''), slots(text), `${key}: blanks differ`);
  }
});

test('every sentence is used', () => {
  const whole = new Set([...code.matchAll(/['"`]([a-z][a-z0-9_.]*)['"`]/g)].map((found) => found[1]));
  const starts = [...code.matchAll(/`([a-z][a-z0-9_.]*\.)\$\{/g)].map((found) => found[1] ?? '');
  const unused = Object.keys(vi).filter((key) => !whole.has(key) && !starts.some((start) => key.startsWith(start)));
  assert.deepEqual(unused, []);
});

test('Vietnamese is written with its letters, in one normal form', () => {
  for (const [key, text] of Object.entries(vi)) assert.equal(text, text.normalize('NFC'), key);
  const plain = Object.values(vi).filter((text) => text.length > 30 && !/[^\u0000-\u007f“”…·–]/.test(text));
  assert.deepEqual(plain, []);
});

test('nobody is accused', () => {
  const accusing = /thủ phạm|tội phạm|kẻ gian|đối tượng vi phạm|người vi phạm|culprit|offender|criminal|suspect\b|violator/i;
  for (const [key, text] of [...Object.entries(vi), ...Object.entries(en)]) assert.doesNotMatch(text, accusing, key);
});
