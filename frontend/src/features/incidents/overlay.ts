import type { ClipBox } from '../../api/types.ts';

const HOLD_S = 0.6; // a box is shown until the next one, at most this long

/** The boxes that belong to the picture at `t` seconds of the clip: those of the newest moment not after it. */
export function boxesAt(boxes: readonly ClipBox[], t: number): ClipBox[] {
  let best = -Infinity;
  for (const one of boxes) if (one.t_s <= t + 0.02 && one.t_s > best) best = one.t_s;
  return t - best > HOLD_S ? [] : boxes.filter((one) => one.t_s === best);
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
