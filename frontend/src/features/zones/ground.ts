import type { Point } from '../../api/types.ts';

/** The ground in metres on the picture: the same mapping as the server's (`domain/ground.py`), for drawing while dragging. */

export type Corners = [Point, Point, Point, Point];
export type GroundProblem = 'shape' | 'size' | 'large';

const turn = (a: Point, b: Point, c: Point): number => (b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0]);

/** What cannot be a rectangle on the ground seen from above; lengths are metres. */
export function groundProblem(corners: readonly Point[], size: readonly [number, number]): GroundProblem | null {
  const [a, b, c, d] = corners;
  if (!a || !b || !c || !d) return 'shape';
  const turns = [turn(a, b, c), turn(b, c, d), turn(c, d, a), turn(d, a, b)];
  if (!turns.every((one) => one > 1e-6) && !turns.every((one) => one < -1e-6)) return 'shape';
  if (!size.every((one) => Number.isFinite(one) && one > 0)) return 'size';
  return size.some((one) => one > 500) ? 'large' : null;
}

/** Where a place on the ground (metres from the near left corner) is seen; null behind the camera. Heckbert 1989. */
export function projector(corners: Corners, size: readonly [number, number]): (x: number, y: number) => Point | null {
  const [[x0, y0], [x1, y1], [x2, y2], [x3, y3]] = corners;
  const [dx1, dx2, sx] = [x1 - x2, x3 - x2, x0 - x1 + x2 - x3];
  const [dy1, dy2, sy] = [y1 - y2, y3 - y2, y0 - y1 + y2 - y3];
  const whole = dx1 * dy2 - dx2 * dy1;
  const g = (sx * dy2 - dx2 * sy) / whole;
  const h = (dx1 * sy - sx * dy1) / whole;
  return (x, y) => {
    const [u, v] = [x / size[0], y / size[1]];
    const w = g * u + h * v + 1;
    if (w <= 1e-3) return null;
    return [((x1 - x0 + g * x1) * u + (x3 - x0 + h * x3) * v + x0) / w, ((y1 - y0 + g * y1) * u + (y3 - y0 + h * y3) * v + y0) / w];
  };
}

export type GridLine = { from: Point; to: Point; every5: boolean };

/** Lines a metre apart (or five where the rectangle is large) over the rectangle and half its size around it. */
export function grid(corners: Corners, size: readonly [number, number]): GridLine[] {
  const at = projector(corners, size);
  const step = Math.max(...size) > 40 ? 5 : 1;
  const [left, right] = [-Math.ceil(size[0] / 2 / step) * step, Math.ceil((size[0] * 1.5) / step) * step];
  const [near, far] = [0, Math.ceil((size[1] * 1.25) / step) * step];
  const lines: GridLine[] = [];
  const add = (ax: number, ay: number, bx: number, by: number, n: number): void => {
    const [from, to] = [at(ax, ay), at(bx, by)];
    if (from && to) lines.push({ from, to, every5: n % 5 === 0 });
  };
  for (let x = left; x <= right; x += step) add(x, near, x, far, Math.round(x / (step === 5 ? 5 : 1)));
  for (let y = near; y <= far; y += step) add(left, y, right, y, Math.round(y / (step === 5 ? 5 : 1)));
  return lines;
}
