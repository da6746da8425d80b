import type { Precision, Tally } from '../../api/types.ts';

export type Bar = { start: string; confirmed: number; rejected: number };

/** The newest weeks of a kind, oldest first, weeks without a decision too, so that the axis is time. */
export function bars(weeks: Precision['weeks'], kind: string, now: number, most = 12): Bar[] {
  const week = 7 * 86_400_000;
  const monday = 4 * 86_400_000; // 1970-01-05
  const newest = Math.floor((now - monday) / week) * week + monday;
  const told = new Map(weeks.filter((one) => one.kind === kind).map((one) => [Date.parse(one.start), one.tally]));
  return Array.from({ length: most }, (_, i) => {
    const start = newest - (most - 1 - i) * week;
    const tally = told.get(start);
    return { start: new Date(start).toISOString(), confirmed: tally?.confirmed ?? 0, rejected: tally?.rejected ?? 0 };
  });
}

export const decided = (tally: Tally): number => tally.confirmed + tally.rejected;
