import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyDraft, probeForm, withLogin } from './draft.ts';

test('a login goes into an address that has none, whatever its characters', () => {
  assert.equal(withLogin(' rtsp://10.0.0.5:554/1 ', 'xem', 'a@b/c:đ'), 'rtsp://xem:a%40b%2Fc%3A%C4%91@10.0.0.5:554/1');
  assert.equal(withLogin('rtsps://10.0.0.5?x=a@b', 'u', 'p'), 'rtsps://u:p@10.0.0.5?x=a@b');
});

test('an address with a login of its own, or without one to give, stays', () => {
  assert.equal(withLogin('rtsp://khac:x@10.0.0.5/1', 'xem', 'p'), 'rtsp://khac:x@10.0.0.5/1');
  assert.equal(withLogin('rtsp://10.0.0.5/1', '', 'p'), 'rtsp://10.0.0.5/1');
  assert.equal(withLogin('', 'xem', 'p'), '');
});

test('an upload speed is asked in Mbit/s and sent in kbit/s', () => {
  assert.equal(probeForm({ ...emptyDraft(), uplink: 2.5 }).uplink_kbit_s, 2500);
  assert.equal(probeForm(emptyDraft()).uplink_kbit_s, null);
});
