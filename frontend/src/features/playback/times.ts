/** The arithmetic of the timeline, apart from the canvas so that it can be tested. Times are ms since 1970. */

export type View = { start: number; end: number };
export type Stretch = { start: number; end: number };

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const SHORTEST = 20 * SECOND;
const LONGEST = 31 * DAY;
const STEPS = [SECOND, 5 * SECOND, 10 * SECOND, 30 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY];

export const toX = (at: number, view: View, width: number): number => ((at - view.start) / (view.end - view.start)) * width;
export const toTime = (x: number, view: View, width: number): number => view.start + (x / Math.max(1, width)) * (view.end - view.start);

/** The view after zooming by `factor` (below 1: closer) around an instant that stays where it is. */
export function zoom(view: View, factor: number, around: number): View {
  const length = view.end - view.start;
  const wanted = Math.min(LONGEST, Math.max(SHORTEST, length * factor));
  const share = (around - view.start) / length;
  const start = around - share * wanted;
  return { start, end: start + wanted };
}

export function pan(view: View, by: number): View {
  return { start: view.start + by, end: view.end + by };
}

/** The view moved so that an instant that left it (by playing on) is inside again. */
export function following(view: View, at: number): View {
  const length = view.end - view.start;
  if (at >= view.start && at <= view.end) return view;
  return at > view.end && at < view.end + length ? pan(view, length * 0.8) : { start: at - length / 2, end: at + length / 2 };
}

/** How far the clock of a place is ahead of UTC at an instant, ms. */
export function offset(zone: string, at: number): number {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' }).formatToParts(at);
  const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value ?? 0);
  return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second')) - Math.floor(at / 1000) * 1000;
}

/** The instant at which a place's clock shows a local time (given as if it were UTC). */
export function instantOf(local: number, zone: string): number {
  const guess = local - offset(zone, local);
  return local - offset(zone, guess);
}

export type Tick = { at: number; day: boolean };

/** Round times by the clock of a place, as close as labels of `apart` pixels allow. */
export function ticks(view: View, width: number, apart: number, zone: string): { step: number; list: Tick[] } {
  const least = ((view.end - view.start) / Math.max(1, width)) * apart;
  const step = STEPS.find((one) => one >= least) ?? 31 * DAY;
  const list: Tick[] = [];
  let local = Math.ceil((view.start + offset(zone, view.start)) / step) * step;
  for (let n = 0; n < 400; n += 1, local += step) {
    const at = instantOf(local, zone);
    if (at > view.end) break;
    list.push({ at, day: local % DAY === 0 });
  }
  return { step, list };
}

/** The first and last instant of a local day `2026-11-24`. */
export function daySpan(day: string, zone: string): View {
  const local = Date.parse(`${day}T00:00:00Z`);
  return { start: instantOf(local, zone), end: instantOf(local + DAY, zone) };
}

/** The local day of an instant as `2026-11-24`. */
export function dayOf(at: number, zone: string): string {
  return new Date(at + offset(zone, at)).toISOString().slice(0, 10);
}

export function holding<T extends Stretch>(list: readonly T[], at: number): T | undefined {
  return list.find((one) => one.start <= at && at < one.end);
}

/** When footage begins again at or after an instant; null when it does not. */
export function nextFootage(list: readonly Stretch[], at: number): number | null {
  const next = list.find((one) => one.end > at);
  return next ? Math.max(at, next.start) : null;
}
