import type { Problem } from '../../api/types.ts';

/** From so many on the same trouble is one card: a switch that died takes ten cameras with it. */
const TOGETHER = 3;

/** Problems as they are shown, the worst first: each by itself, or those of many cameras with the same trouble together. */
export function together(problems: readonly Problem[]): Problem[][] {
  const groups = new Map<string, Problem[]>();
  for (const one of problems) {
    const key = one.camera_id ? `${one.trouble} ${one.severity}` : one.id;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].flatMap((group) => (group.length >= TOGETHER ? [group] : group.map((one) => [one])));
}
