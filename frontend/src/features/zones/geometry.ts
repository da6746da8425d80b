import type { Point } from '../../api/types.ts';

/** Shapes on the picture, 0..1, the same laws as the server's (a simple polygon, inside, with an area). */

export type ShapeProblem = 'few' | 'outside' | 'crossing' | 'flat';

const cross = (a: Point, b: Point, c: Point): number => (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);

/** Whether segment ab properly crosses segment cd (touching ends do not count). */
export function segmentsCross(a: Point, b: Point, c: Point, d: Point): boolean {
  return cross(a, b, c) * cross(a, b, d) < 0 && cross(c, d, a) * cross(c, d, b) < 0;
}

function edges(points: readonly Point[]): [Point, Point][] {
  return points.map((p, i) => [p, points[(i + 1) % points.length] as Point]);
}

export function crossesItself(points: readonly Point[]): boolean {
  const all = edges(points);
  for (let i = 0; i < all.length; i++) {
    for (let j = i + 2; j < all.length; j++) {
      if (i === 0 && j === all.length - 1) continue;
      const [a, b] = all[i] as [Point, Point];
      const [c, d] = all[j] as [Point, Point];
      if (segmentsCross(a, b, c, d)) return true;
    }
  }
  return false;
}

/** Share of the frame (shoelace formula). */
export function area(points: readonly Point[]): number {
  return Math.abs(edges(points).reduce((sum, [a, b]) => sum + a[0] * b[1] - b[0] * a[1], 0)) / 2;
}

export function polygonProblem(points: readonly Point[]): ShapeProblem | null {
  if (points.length < 3) return 'few';
  if (points.some(([x, y]) => !(x >= 0 && x <= 1 && y >= 0 && y <= 1))) return 'outside';
  if (crossesItself(points)) return 'crossing';
  if (area(points) < 1e-4) return 'flat';
  return null;
}

export function lineProblem(points: readonly Point[]): ShapeProblem | null {
  const [a, b] = points;
  if (!a || !b) return 'few';
  if (points.some(([x, y]) => !(x >= 0 && x <= 1 && y >= 0 && y <= 1))) return 'outside';
  return Math.hypot(a[0] - b[0], a[1] - b[1]) < 0.02 ? 'flat' : null;
}

/** An outline around a line, wide enough for whoever crosses it. */
export function around(line: readonly Point[]): Point[] {
  const [a, b] = line;
  if (!a || !b) return [];
  const clip = (v: number): number => Math.min(1, Math.max(0, v));
  const [left, right] = [clip(Math.min(a[0], b[0]) - 0.02), clip(Math.max(a[0], b[0]) + 0.02)];
  const [top, bottom] = [clip(Math.min(a[1], b[1]) - 0.15), clip(Math.max(a[1], b[1]) + 0.15)];
  return [[left, top], [right, top], [right, bottom], [left, bottom]];
}

export function centre(points: readonly Point[]): Point {
  const n = Math.max(1, points.length);
  return [points.reduce((s, p) => s + p[0], 0) / n, points.reduce((s, p) => s + p[1], 0) / n];
}

/** A point inside the frame, to a thousandth: finer than any pixel that matters. */
export function inside([x, y]: Point): Point {
  const tidy = (v: number): number => Math.round(Math.min(1, Math.max(0, v)) * 1000) / 1000;
  return [tidy(x), tidy(y)];
}

/** All points moved together, stopped at the frame's edge. */
export function moved(points: readonly Point[], dx: number, dy: number): Point[] {
  const xs = points.map((p) => p[0]);
  const ys = points.map((p) => p[1]);
  const x = Math.min(1 - Math.max(...xs), Math.max(-Math.min(...xs), dx));
  const y = Math.min(1 - Math.max(...ys), Math.max(-Math.min(...ys), dy));
  return points.map((p) => inside([p[0] + x, p[1] + y]));
}
