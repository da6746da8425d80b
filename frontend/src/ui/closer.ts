/** A picture seen closer: `scale` from 1, `x` and `y` how far it is shifted, in shares of its own size. */
export type Closer = { scale: number; x: number; y: number };

export const WHOLE: Closer = { scale: 1, x: 0, y: 0 };
const MOST = 8;

/** Never past its own edges. */
function inside({ scale, x, y }: Closer): Closer {
  const room = scale - 1;
  const within = (shift: number): number => Math.min(0, Math.max(-room, shift)) || 0; // never -0
  return { scale, x: within(x), y: within(y) };
}

/** Closer by `factor` around a point (shares of the frame), which stays where it is. */
export function closer(now: Closer, factor: number, px: number, py: number): Closer {
  const scale = Math.min(MOST, Math.max(1, now.scale * factor));
  const grown = scale / now.scale;
  return inside({ scale, x: px - (px - now.x) * grown, y: py - (py - now.y) * grown });
}

/** Dragged by a share of the frame. */
export function dragged(now: Closer, dx: number, dy: number): Closer {
  return inside({ ...now, x: now.x + dx, y: now.y + dy });
}
