import type { Box, ClipBox } from '../../api/types.ts';

const HOLD_S = 0.7; // after its last box a thing is shown this much longer
const USUAL = 2.2; // times a thing's usual wait between two boxes: longer, it was lost in between and perhaps mistaken
const BRIDGE_S = [1.5, 4] as const; // at least and at most so far apart, the place between two boxes is interpolated
const STANDS_S = 70; // what stands is looked at once a minute
const SAME = 0.5; // intersection over union of where it stood before and after

export type Shown = { id: string; group: string; box: Box };
/** The boxes of one thing in the order of time; up to `bridge_s` apart it went straight from one to the next. */
export type Way = { boxes: readonly ClipBox[]; bridge_s: number };

/** The boxes of each thing in the order of time, so that a frame can be looked up quickly. */
export function things(boxes: readonly ClipBox[]): Map<string, Way> {
  const all = new Map<string, ClipBox[]>();
  for (const one of boxes) {
    const list = all.get(one.id);
    if (list) list.push(one);
    else all.set(one.id, [one]);
  }
  const ways = new Map<string, Way>();
  for (const [id, list] of all) {
    list.sort((a, b) => a.t_s - b.t_s);
    ways.set(id, { boxes: list, bridge_s: bridge(list) });
  }
  return ways;
}

function bridge(list: readonly ClipBox[]): number {
  const waits = list.slice(1).map((one, n) => one.t_s - list[n]!.t_s).sort((a, b) => a - b);
  return Math.min(Math.max(USUAL * (waits[waits.length >> 1] ?? 0), BRIDGE_S[0]), BRIDGE_S[1]);
}

/** Whether a thing was on its way from one box to the other, or stood there all the time. */
function goesOn(a: ClipBox, b: ClipBox, bridge_s: number): boolean {
  const wait = b.t_s - a.t_s;
  return wait <= bridge_s || (a.group !== 'hit' && wait <= STANDS_S && overlap(a.box, b.box) >= SAME);
}

function overlap(a: Box, b: Box): number {
  const side = (i: 0 | 1): number => Math.max(0, Math.min(a[i] + a[i + 2]!, b[i] + b[i + 2]!) - Math.max(a[i], b[i]));
  const both = side(0) * side(1);
  return both / (a[2] * a[3] + b[2] * b[3] - both || 1);
}

function mix(a: Box, b: Box, share: number): Box {
  const at = (i: 0 | 1 | 2 | 3): number => a[i] + (b[i] - a[i]) * share;
  return [at(0), at(1), at(2), at(3)];
}

/** Where each thing is on the picture at `t` seconds of the clip. */
export function boxesAt(all: ReadonlyMap<string, Way>, t: number): Shown[] {
  const shown: Shown[] = [];
  for (const [id, { boxes, bridge_s }] of all) {
    const next = boxes.findIndex((one) => one.t_s > t);
    const before = boxes[next < 0 ? boxes.length - 1 : next - 1];
    const after = next < 0 ? undefined : boxes[next];
    if (!before) continue;
    if (after && goesOn(before, after, bridge_s)) {
      const share = (t - before.t_s) / (after.t_s - before.t_s);
      shown.push({ id, group: before.group, box: mix(before.box, after.box, share) });
    } else if (t - before.t_s <= HOLD_S) shown.push({ id, group: before.group, box: before.box });
  }
  return shown;
}

/** Where a stretch of wall-clock time lies on a clip's bar: left and width, 0..1, or null when outside. */
export function onBar(
  clip: { start: number; end: number },
  from: number,
  to: number,
): { left: number; width: number } | null {
  const length = clip.end - clip.start;
  if (length <= 0 || to < clip.start || from > clip.end) return null;
  const left = Math.max(0, (from - clip.start) / length);
  const right = Math.min(1, (to - clip.start) / length);
  return { left, width: Math.max(0.004, right - left) };
}
