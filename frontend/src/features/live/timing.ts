/** The arithmetic of the live picture, apart from the browser so that it can be tested. Times in seconds unless `Ms`. */

export type Ranges = { readonly length: number; start(i: number): number; end(i: number): number };
export type Mark = { captured: number; ageMs: number; heard: number; edge: number };

const KEEP_BEHIND_S = 6;
const TRIM_AT_S = 20;
const JUMP_AT_S = 1.5;
const START_BEHIND_S = 0.1;

/** How far the shown picture is behind the newest one that is buffered. */
export function behind(ranges: Ranges, place: number): number {
  return ranges.length ? ranges.end(ranges.length - 1) - place : 0;
}

/** Where to jump to when the picture is far behind the newest one, or outside what is buffered; null: stay. */
export function jump(lag: number, ranges: Ranges, place: number): number | null {
  const last = ranges.length - 1;
  const end = ranges.end(last);
  const start = ranges.start(last);
  return place < start || lag > JUMP_AT_S ? Math.max(start, end - START_BEHIND_S) : null;
}

const WINDOW_MS = 2500;
const LEAST_S = 0.05;
const MOST_S = 0.6;
const EASE_AFTER_MS = 20_000;

/**
 * Keeps the picture as near to the newest one as the stream's own regularity allows. What counts is how much was left
 * to show just before the next picture came: with ten pictures a second the buffer holds 100 ms right after each of
 * them and must still hold a little right before. A stream that ran dry is given more room, and less again later.
 */
export class Pacer {
  #left: { at: number; s: number }[] = [];
  #room = LEAST_S;
  #calmSince = 0;
  #hurries = false;

  /** `s` seconds were left to show when the next picture came, at `nowMs`. */
  note(s: number, nowMs: number): void {
    this.#left.push({ at: nowMs, s });
    while (this.#left[0] && nowMs - this.#left[0].at > WINDOW_MS) this.#left.shift();
    if (s <= 0.005) {
      if (nowMs - this.#calmSince > 1000) this.#room = Math.min(MOST_S, this.#room * 1.4 + 0.01);
      this.#calmSince = nowMs;
    } else if (nowMs - this.#calmSince > EASE_AFTER_MS) {
      this.#room = Math.max(LEAST_S, this.#room * 0.8);
      this.#calmSince = nowMs;
    }
  }

  /** How fast to play now. */
  rate(): number {
    if (this.#left.length < 3) return 1;
    const over = Math.min(...this.#left.map((one) => one.s)) - this.#room;
    // once it hurries it does so down to the room: stopping where it began would leave 30 ms more than wanted for ever
    this.#hurries = over > (this.#hurries ? 0.005 : 0.03);
    if (over > 0.3) return 1.25;
    if (this.#hurries) return over > 0.1 ? 1.07 : 1.04;
    return over < -0.02 ? 0.95 : 1;
  }

  /** After a jump, what was measured before says nothing. */
  forget(): void {
    this.#left = [];
    this.#hurries = false;
  }
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
  const floor = 180; // thirty fit on a laptop's screen; below this a tile tells nothing: scroll instead
  if (best.tile >= floor) return best;
  const c = Math.max(1, Math.floor((width + gap) / (floor + gap)));
  return { columns: c, tile: (width - gap * (c - 1)) / c };
}
