import type { Purpose, RuleSetting, Zone } from '../../api/types.ts';
import { lineProblem, polygonProblem } from './geometry.ts';
import { settingsHold } from './rules.ts';

export type PurposeInfo = {
  shape: 'polygon' | 'line';
  /** The rules that it switches on (design §4). */
  rules: string[];
  direction?: boolean;
  lamp?: boolean;
  hours?: 'permitted' | 'closed';
  tone: 'teal' | 'blue' | 'amber' | 'red' | 'violet' | 'grey';
};

export const PURPOSES: Record<Purpose, PurposeInfo> = {
  sidewalk: {
    shape: 'polygon',
    rules: ['sidewalk_encroachment', 'sidewalk_parking', 'riding_on_sidewalk', 'illegal_dumping', 'obstruction'],
    hours: 'permitted',
    tone: 'teal',
  },
  roadway: { shape: 'polygon', rules: ['wrong_way', 'stopped_vehicle', 'obstruction'], direction: true, tone: 'blue' },
  no_parking: { shape: 'polygon', rules: ['illegal_parking'], hours: 'permitted', tone: 'blue' },
  no_dumping: { shape: 'polygon', rules: ['illegal_dumping', 'rubbish_heap'], tone: 'amber' },
  collection_point: { shape: 'polygon', rules: ['rubbish_heap', 'illegal_dumping'], hours: 'permitted', tone: 'amber' },
  restricted: { shape: 'polygon', rules: ['intrusion'], hours: 'closed', tone: 'red' },
  watch: { shape: 'polygon', rules: ['unattended_object'], tone: 'violet' },
  stop_line: { shape: 'line', rules: ['red_light', 'jump_start'], direction: true, lamp: true, tone: 'red' },
  crosswalk: { shape: 'polygon', rules: ['stopped_on_crosswalk'], tone: 'blue' },
  gathering: { shape: 'polygon', rules: ['crowd', 'fight', 'person_down'], tone: 'violet' },
  privacy_mask: { shape: 'polygon', rules: [], tone: 'grey' },
  ignore: { shape: 'polygon', rules: [], tone: 'grey' },
};

/** Purposes whose rules count what stands there, so that something may be allowed there. */
export const STANDING: ReadonlySet<Purpose> = new Set(['sidewalk', 'roadway', 'no_parking', 'no_dumping', 'collection_point', 'watch']);

export const ORDER = Object.keys(PURPOSES) as Purpose[];

export type ZoneProblem = 'few' | 'outside' | 'crossing' | 'flat' | 'id' | 'twice' | 'direction' | 'hours' | 'setting';
const ID = /^[a-z0-9-]{1,40}$/;

/** What is wrong with a zone; `settings` are those that a kind's rule knows. */
export function zoneProblem(zone: Zone, all: readonly Zone[], settings: (rule: string) => readonly RuleSetting[]): ZoneProblem | null {
  const info = PURPOSES[zone.purpose];
  const shape = info.shape === 'line' ? lineProblem(zone.line ?? []) : polygonProblem(zone.polygon ?? []);
  if (shape) return shape;
  if (!ID.test(zone.id)) return 'id';
  if (all.some((other) => other !== zone && other.id === zone.id)) return 'twice';
  if (zone.direction && Math.hypot(...zone.direction) < 1e-6) return 'direction';
  if (zone.purpose === 'collection_point' && !zone.permitted_hours.length) return 'hours';
  return settingsHold(zone.rules, settings) ? null : 'setting';
}

export function freshId(purpose: Purpose, all: readonly Zone[]): string {
  const stem = purpose.replaceAll('_', '-');
  for (let n = 1; ; n++) {
    const id = `${stem}-${n}`;
    if (!all.some((zone) => zone.id === id)) return id;
  }
}
