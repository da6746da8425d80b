/**
 * Days and times of day as people write them here, and as the page keeps them: `2026-11-28`, `08:30`, `08:30:15`.
 * A browser's own fields follow the browser's language: 11/28/2026 and 12:38 AM on a page in Vietnamese.
 */

/** A day as typed: 28/11/2026, 28-11-26, 28.11.2026, 28112026, or 2026-11-28; null when it is none. */
export function readDay(text: string): string | null {
  const written = text.trim();
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(written);
  const here = /^(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d\d)$/.exec(written) ?? /^(\d\d)(\d\d)(\d{4})$/.exec(written);
  const [, a = '', b = '', c = ''] = iso ?? here ?? [];
  const [year, month, day] = (iso ? [a, b, c] : [c.length === 2 ? `20${c}` : c, b, a]).map(Number);
  if (!year || !month || !day) return null;
  const at = new Date(Date.UTC(year, month - 1, day));
  return at.getUTCMonth() === month - 1 && at.getUTCDate() === day ? at.toISOString().slice(0, 10) : null;
}

/** 2026-11-28 as 28/11/2026. */
export const showDay = (day: string): string => day.split('-').reverse().join('/');

/** A time of day as typed: 8, 8h, 8h30, 8:30, 08.30.15, 0830; null when it is none. `fine`: with seconds. */
export function readClock(text: string, fine = false): string | null {
  const written = text.trim().toLowerCase();
  const found = /^(\d{1,2})(?:[:.hg](?:(\d{1,2})(?:[:.mp](?:(\d{1,2})s?)?)?)?)?$/.exec(written) ?? /^(\d\d)(\d\d)(\d\d)?$/.exec(written);
  if (!found) return null;
  const [hour = 0, minute = 0, second = 0] = found.slice(1).map((part) => Number(part ?? 0));
  if (hour > 23 || minute > 59 || second > 59) return null;
  return [hour, minute, ...(fine ? [second] : [])].map((part) => String(part).padStart(2, '0')).join(':');
}
