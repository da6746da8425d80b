import type { Box, ClipBox } from '../../api/types.ts';

const HOLD_S = 0.7; // after its last box a thing is shown this much longer
const BRIDGE_S = 4; // between two boxes no further apart than this, the place is interpolated

export type Shown = { id: string; group: string; box: Box };

/** The boxes of each thing in the order of time, so that a frame can be looked up quickly. */
export function things(boxes: readonly ClipBox[]): Map<string, ClipBox[]> {
  const all = new Map<string, ClipBox[]>();
  for (const one of boxes) {
    const list = all.get(one.id);
    if (list) list.push(one);
    else all.set(one.id, [one]);
  }
  for (const list of all.values()) list.sort((a, b) => a.t_s - b.t_s);
  return all;
}

function mix(a: Box, b: Box, share: number): Box {
  const at = (i: 0 | 1 | 2 | 3): number => a[i] + (b[i] - a[i]) * share;
  return [at(0), at(1), at(2), at(3)];
}

/** Where each thing is on the picture at `t` seconds of the clip. */
export function boxesAt(all: ReadonlyMap<string, readonly ClipBox[]>, t: number): Shown[] {
  const shown: Shown[] = [];
  for (const [id, list] of all) {
    const next = list.findIndex((one) => one.t_s > t);
    const before = list[next < 0 ? list.length - 1 : next - 1];
    const after = next < 0 ? undefined : list[next];
    if (!before) continue;
    if (after && after.t_s - before.t_s <= BRIDGE_S) {
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
