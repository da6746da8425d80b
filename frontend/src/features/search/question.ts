import type { Query } from '../../api/client.ts';
import type { Box } from '../../api/types.ts';
import { midnight } from '../incidents/filter.ts';

export const PERIODS = ['24h', '7d', '30d', 'days'] as const;
export type Period = (typeof PERIODS)[number];
/** What the search page offers, most asked for first. */
export const GROUPS = ['person', 'two_wheeler', 'vehicle', 'bag', 'animal'] as const;

/** What is asked, as it stands in the page's address. Days are `2026-11-23`, hours `22:00`, weekdays 0 (Monday) … 6. */
export type Question = {
  camera: string;
  box: Box | null;
  period: Period;
  first: string;
  last: string;
  begin: string;
  end: string;
  groups: string[];
  weekdays: number[];
};

const DAY = /^\d{4}-\d\d-\d\d$/;
const HOUR = /^\d\d:\d\d$/;
const fits = (text: string | null, pattern: RegExp): string => (text && pattern.test(text) ? text : '');

export function fromQuery(query: URLSearchParams): Question {
  const sides = (query.get('box') ?? '').split(',').map(Number);
  const [x = 0, y = 0, w = 0, h = 0] = sides;
  const period = query.get('period') as Period;
  return {
    camera: query.get('camera') ?? '',
    box: sides.length === 4 && sides.every(Number.isFinite) && w > 0 && h > 0 ? [x, y, w, h] : null,
    period: PERIODS.includes(period) ? period : '24h',
    first: fits(query.get('first'), DAY),
    last: fits(query.get('last'), DAY),
    begin: fits(query.get('begin'), HOUR),
    end: fits(query.get('end'), HOUR),
    groups: (query.get('groups') ?? '').split(',').filter((one) => (GROUPS as readonly string[]).includes(one)),
    weekdays: (query.get('weekdays') ?? '').split('').map(Number).filter((one) => one >= 0 && one <= 6),
  };
}

export function toQuery(question: Question): Record<string, string | null> {
  const days = question.period === 'days';
  return {
    camera: question.camera || null,
    box: question.box ? sides(question.box) : null,
    period: question.period === '24h' ? null : question.period,
    first: days ? question.first : null,
    last: days ? question.last : null,
    begin: question.begin || null,
    end: question.end || null,
    groups: question.groups.join(',') || null,
    weekdays: question.weekdays.join('') || null,
  };
}

const sides = (box: Box): string => box.map((side) => Math.round(side * 1e4) / 1e4).join(',');
const SPAN_MS: Record<string, number> = { '24h': 86_400_000, '7d': 7 * 86_400_000, '30d': 30 * 86_400_000 };

/** The first moment of a day in the ward, ms UTC; `after` days later. */
export function dayStart(day: string, zone: string, after = 0): number {
  return midnight(Date.parse(`${day}T12:00:00Z`) + after * 86_400_000, zone);
}

/** What to ask the server. Hours count only when both are given. */
export function toRequest(question: Question, now: number, zone: string): Query {
  const { period, first, last, begin, end } = question;
  const days = period === 'days' && first;
  const from = days ? dayStart(first, zone) : now - (SPAN_MS[period] ?? 86_400_000);
  const to = days ? Math.min(now, dayStart(last >= first ? last : first, zone, 1)) : now;
  return {
    camera: question.camera ? [question.camera] : [],
    box: question.box ? sides(question.box) : null,
    from: new Date(Math.min(from, to)).toISOString(),
    to: new Date(to).toISOString(),
    group: question.groups,
    hours: begin && end ? `${begin}-${end}` : null,
    day: question.weekdays.map(String),
  };
}
