import type { Problem } from '../../api/types.ts';

export const TONES = { urgent: 'red', warning: 'amber', notice: 'blue' } as const;
const PAPERS = ['register', 'certificate'];

/** Where the camera of a problem is looked after: what concerns its papers is in the register. */
export function placeOf(problem: Problem): string {
  return PAPERS.includes(problem.trouble) ? `#/cameras/${problem.camera_id}/register` : `#/live/${problem.camera_id}`;
}
