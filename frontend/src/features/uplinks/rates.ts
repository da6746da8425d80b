import type { Uplink } from '../../api/types.ts';

type Stream = { state?: { link: string; kbit_s: number } | null };
type Seen = { id: string; main: Stream; sub: Stream };

/** The cameras in service that are reached through a path, each once. */
export function camerasThrough(path: Pick<Uplink, 'forwards'>): string[] {
  return [...new Set(path.forwards.flatMap((one) => one.cameras))];
}

/** The highest rate of each stream that arrives through a path now, kbit/s; null where none does. */
export function rates(path: Pick<Uplink, 'forwards'>, cameras: readonly Seen[]): { main: number | null; sub: number | null } {
  const ids = new Set(camerasThrough(path));
  const highest = (role: 'main' | 'sub'): number | null => {
    const found = cameras.filter((one) => ids.has(one.id)).map((one) => one[role].state);
    const live = found.flatMap((state) => (state?.link === 'live' && state.kbit_s > 0 ? [Math.round(state.kbit_s)] : []));
    return live.length ? Math.max(...live) : null;
  };
  return { main: highest('main'), sub: highest('sub') };
}
