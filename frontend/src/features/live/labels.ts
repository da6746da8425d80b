import type { Box } from '../../api/types.ts';

const BESIDE = 0.14; // two names that begin within this of each other, 0..1 of the width, would be written into each other
const ABOVE = 0.05; // and within this of the height

type Named = { id: number | string; group: string; box: Box };

/** Kinds of things that are named on the picture; what else the detector takes a thing for says too little to be read. */
const SURE = new Set(['person', 'two_wheeler', 'vehicle', 'hit']);

/** What is written at a box: the kind where it is one that can be trusted, else that it is a thing. */
export function nameOf(group: string): string {
  return SURE.has(group) ? group : 'thing';
}

/** Which boxes carry a name: of several of one name at one place the first, so that no name is written over another. */
export function named(boxes: readonly Named[]): Set<number | string> {
  const chosen: Named[] = [];
  for (const one of boxes) {
    const [x, y] = one.box;
    const same = (other: Named): boolean =>
      nameOf(other.group) === nameOf(one.group) && Math.abs(other.box[0] - x) < BESIDE && Math.abs(other.box[1] - y) < ABOVE;
    if (!chosen.some(same)) chosen.push(one);
  }
  return new Set(chosen.map((one) => one.id));
}
