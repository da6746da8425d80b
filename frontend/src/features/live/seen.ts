import type { Box, LiveBox } from '../../api/types.ts';

export type SeenBoxes = { at: number; boxes: readonly LiveBox[] };

/** The detector looks at a camera about once a second: a thing is shown this long after it was last seen. */
const HOLD_MS = 1300;
/** How far its last movement is carried on at most. */
const AHEAD_MS = 700;
/** Two sightings further apart than this tell nothing about the movement between them. */
const BRIDGE_MS = 2500;

type Sight = { at: number; box: LiveBox };

function between(a: Sight, b: Sight, at: number): LiveBox {
  const share = (at - a.at) / (b.at - a.at);
  const side = (i: 0 | 1 | 2 | 3): number => a.box.box[i] + (b.box.box[i] - a.box.box[i]) * share;
  const box: Box = [side(0), side(1), Math.max(0, side(2)), Math.max(0, side(3))];
  return { ...b.box, box };
}

/**
 * Where each thing is on the picture taken at `shown` (ms): between two sightings, or a little beyond the last one
 * along its movement. `told` is in the order of time.
 */
export function boxesAt(told: readonly SeenBoxes[], shown: number): LiveBox[] {
  const sights = new Map<number, Sight[]>();
  for (const { at, boxes } of told) {
    for (const box of boxes) {
      const list = sights.get(box.id);
      if (list) list.push({ at, box });
      else sights.set(box.id, [{ at, box }]);
    }
  }
  const result: LiveBox[] = [];
  for (const list of sights.values()) {
    const next = list.findIndex((one) => one.at > shown);
    const last = list[next < 0 ? list.length - 1 : next - 1];
    if (!last) continue;
    const later = next < 0 ? undefined : list[next];
    if (later && later.at - last.at <= BRIDGE_MS) result.push(between(last, later, shown));
    else if (shown - last.at <= HOLD_MS) {
      const before = list[list.indexOf(last) - 1];
      const known = before && last.at - before.at <= BRIDGE_MS;
      result.push(known ? between(before, last, Math.min(shown, last.at + AHEAD_MS)) : last.box);
    }
  }
  return result;
}
