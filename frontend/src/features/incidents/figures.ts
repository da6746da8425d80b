/** How a rule's figures are shown: the unit is in the name (`dwell_s`, `area_share`). */
export type Unit = 's' | 'share' | 'px' | 'm' | 'deg' | 'm2' | 'count';

const SUFFIXES: [string, Unit][] = [
  ['_share', 'share'],
  ['_m2', 'm2'],
  ['_px', 'px'],
  ['_deg', 'deg'],
  ['_s', 's'],
  ['_m', 'm'],
];

export function unitOf(name: string): { stem: string; unit: Unit } {
  for (const [suffix, unit] of SUFFIXES) {
    if (name.endsWith(suffix)) return { stem: name.slice(0, -suffix.length), unit };
  }
  return { stem: name, unit: 'count' };
}
