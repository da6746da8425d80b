import type { SceneChoice, Trial, TrialOutcome, TrialScene } from '../../api/types.ts';

export type Tone = 'green' | 'red' | 'amber' | 'grey' | 'blue';

/** How each outcome looks; the words are in the strings. */
export const TONES: Record<TrialOutcome, Tone> = {
  not_acted: 'grey',
  waiting: 'blue',
  found: 'green',
  missed: 'red',
  quiet: 'green',
  false: 'amber',
};

/** Scenes by camera, in the order the cameras were given. */
export function byCamera<T extends SceneChoice>(scenes: readonly T[], cameras: readonly string[]): [string, T[]][] {
  return cameras.map((id): [string, T[]] => [id, scenes.filter((one) => one.camera_id === id)]).filter(([, own]) => own.length > 0);
}

/** The name in the catalogue of a scene that may be acted for the second time. */
export const again = (id: string): string => id.replace(/\.\d+$/, '');

/** Passed and judged: "3 of 4". What was not acted, or still waits, is judged neither way. */
export function score(counts: Trial['counts']): { well: number; judged: number } {
  const n = (one: TrialOutcome): number => counts[one] ?? 0;
  const well = n('found') + n('quiet');
  return { well, judged: well + n('missed') + n('false') };
}

/** Seconds left in which a scene may still be found; 0 when its time is over. */
export function left(scene: Pick<TrialScene, 'acted' | 'wait_s'>, now: number): number {
  return scene.acted ? Math.max(0, Math.ceil((Date.parse(scene.acted) + scene.wait_s * 1000 - now) / 1000)) : 0;
}
