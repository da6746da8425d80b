import type { IncidentDetail } from '../../api/types.ts';

type Row = IncidentDetail['history'][number];

/** The history with what the program joined in a row told once, with how often; the last time is the one shown. */
export function gathered(history: readonly Row[]): (Row & { times: number })[] {
  const rows: (Row & { times: number })[] = [];
  for (const one of history) {
    const before = rows[rows.length - 1];
    if (before && one.action === 'joined' && before.action === 'joined') rows[rows.length - 1] = { ...one, times: before.times + 1 };
    else rows.push({ ...one, times: 1 });
  }
  return rows;
}
