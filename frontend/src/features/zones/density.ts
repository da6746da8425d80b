import type { ZoneCheck } from '../../api/types.ts';
import { number } from '../../strings/format.svelte.ts';

/** "32–106", or "48" where both are the same. */
export function range(one: Pick<ZoneCheck['density'][number], 'least' | 'most'>): string {
  const [least, most] = [number(one.least), number(one.most)];
  return least === most ? least : `${least}–${most}`;
}
