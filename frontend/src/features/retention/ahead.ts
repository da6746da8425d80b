/** What goes when, put together by day. */

type Going = { day: string; camera_id: string; bytes: number };
export type Day = { day: string; bytes: number; cameras: string[] };

export function byDay(going: readonly Going[]): Day[] {
  const days = new Map<string, Day>();
  for (const one of going) {
    const day = days.get(one.day) ?? { day: one.day, bytes: 0, cameras: [] };
    day.bytes += one.bytes;
    if (!day.cameras.includes(one.camera_id)) day.cameras.push(one.camera_id);
    days.set(one.day, day);
  }
  return [...days.values()].sort((a, b) => a.day.localeCompare(b.day));
}

/** From the oldest to the newest picture that is kept, in days. */
export const keptDays = (stock: { oldest: string; newest: string }): number =>
  Math.max(0, Date.parse(stock.newest) - Date.parse(stock.oldest)) / 86_400_000;
