/** The arithmetic of the live picture, apart from the browser so that it can be tested. Times in seconds unless `Ms`. */

export type Ranges = { readonly length: number; start(i: number): number; end(i: number): number };
export type Mark = { captured: number; ageMs: number; heard: number; edge: number };

const KEEP_BEHIND_S = 6;
const TRIM_AT_S = 20;
const JUMP_AT_S = 1.5;
const HURRY_AT_S = 0.45;

/** How far the shown picture is behind the newest one that is buffered. */
export function behind(ranges: Ranges, place: number): number {
  return ranges.length ? ranges.end(ranges.length - 1) - place : 0;
}

/** Where to jump (null: stay) and how fast to play, to stay at the live edge without stuttering. */
export function chase(lag: number, ranges: Ranges, place: number): { to: number | null; rate: number } {
  const last = ranges.length - 1;
  const end = ranges.end(last);
  const start = ranges.start(last);
  if (place < start || lag > JUMP_AT_S) return { to: Math.max(start, end - 0.15), rate: 1 };
  return { to: null, rate: lag > HURRY_AT_S ? 1.1 : 1 };
}

/** Up to where the buffer may be emptied, null when it is short enough. */
export function trim(ranges: Ranges, place: number): number | null {
  if (!ranges.length) return null;
  const start = ranges.start(0);
  return place - start > TRIM_AT_S ? place - KEEP_BEHIND_S : null;
}

/**
 * Age in ms of the picture at `place`: the server said at `heard` that its newest picture, which sits at `edge`, was
 * `ageMs` old; since then the clock went on, and the shown picture moved. Grows while the picture stands still.
 */
export function age(mark: Mark, place: number, nowMs: number): number {
  return Math.max(0, mark.ageMs + (nowMs - mark.heard) - (place - mark.edge) * 1000);
}

/** The number of columns that makes `n` tiles of 16:9 as large as they can be in `width` × `height` px. */
export function columns(n: number, width: number, height: number, gap: number): { columns: number; tile: number } {
  if (n === 0 || width <= 0) return { columns: 1, tile: width };
  if (width < 620) return { columns: 1, tile: width };
  const fits: { columns: number; tile: number }[] = [];
  for (let c = 1; c <= Math.min(n, 8); c++) {
    const rows = Math.ceil(n / c);
    const byWidth = (width - gap * (c - 1)) / c;
    const byHeight = (((height - gap * (rows - 1)) / rows) * 16) / 9;
    fits.push({ columns: c, tile: Math.min(byWidth, byHeight) });
  }
  const largest = Math.max(...fits.map((one) => one.tile));
  // nearly as large in more columns looks fuller and leaves no empty sides
  const best = fits.filter((one) => one.tile >= largest * 0.92).at(-1) ?? { columns: 1, tile: width };
  const floor = 300; // below this a tile tells nothing: scroll instead
  if (best.tile >= floor) return best;
  const c = Math.max(1, Math.floor((width + gap) / (floor + gap)));
  return { columns: c, tile: (width - gap * (c - 1)) / c };
}
