/** A stretch of the local day as it is stored, `22:00-06:00`: its ends, and for how long it lasts in minutes. */
export type Stretch = { from: string; to: string; minutes: number; overnight: boolean };

const DAY = 24 * 60;

function minutes(clock: string): number {
  const [hours = 0, rest = 0] = clock.split(':').map(Number);
  return hours * 60 + rest;
}

/** Null for none; one that ends where it begins has no length. */
export function stretch(hours: string): Stretch | null {
  const [from, end] = hours.split('-');
  if (!from || !end) return null;
  const to = end === '24:00' ? '00:00' : end; // a time field knows no 24:00
  const length = minutes(end) - minutes(from);
  return { from, to, minutes: length < 0 ? length + DAY : length, overnight: length < 0 };
}
