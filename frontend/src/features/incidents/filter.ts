import type { Query } from '../../api/client.ts';
import type { IncidentState } from '../../api/types.ts';

export const STATES: IncidentState[] = ['suspected', 'in_review', 'confirmed', 'rejected', 'not_reviewed'];
export type Tab = 'open' | 'all' | IncidentState;
export type Period = '' | '1h' | 'today' | '24h' | '7d' | '30d';
export const PERIODS: Period[] = ['', '1h', 'today', '24h', '7d', '30d'];

export type Filter = { tab: Tab; kind: string; camera: string; period: Period };

/** The filter as it stands in the page's address. */
export function fromQuery(query: URLSearchParams): Filter {
  const state = query.get('state') ?? '';
  const period = (query.get('period') ?? '') as Period;
  return {
    tab: state === 'all' || (STATES as string[]).includes(state) ? (state as Tab) : 'open',
    kind: query.get('kind') ?? '',
    camera: query.get('camera') ?? '',
    period: PERIODS.includes(period) ? period : '',
  };
}

/** Midnight in the ward, as ms UTC. */
export function midnight(now: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(new Date(now));
  const of = (type: string): number => Number(parts.find((one) => one.type === type)?.value ?? 0);
  return now - (of('hour') * 3600 + of('minute') * 60 + of('second')) * 1000 - (now % 1000);
}

const HOURS: Partial<Record<Period, number>> = { '1h': 1, '24h': 24, '7d': 168, '30d': 720 };

/** What to ask the server for. `open` is two states. */
export function toRequest(filter: Filter, now: number, timeZone: string): Query {
  const hours = HOURS[filter.period];
  const from = filter.period === 'today' ? midnight(now, timeZone) : hours ? now - hours * 3_600_000 : null;
  return {
    state: filter.tab === 'all' ? [] : filter.tab === 'open' ? ['suspected', 'in_review'] : [filter.tab],
    kind: filter.kind,
    camera: filter.camera,
    from: from === null ? '' : new Date(from).toISOString(),
  };
}
