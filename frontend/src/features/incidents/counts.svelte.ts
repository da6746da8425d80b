import { api } from '../../api/client.ts';
import type { IncidentState } from '../../api/types.ts';
import { on } from '../../app/events.svelte.ts';

let counts = $state.raw<Partial<Record<IncidentState, number>>>({});
let soon: ReturnType<typeof setTimeout> | undefined;

async function load(): Promise<void> {
  try {
    counts = (await api.incidents({ limit: 1 })).counts;
  } catch {
    // the number in the menu is a help, not a fact: it stays as it was until the next event
  }
}
function refresh(): void {
  clearTimeout(soon);
  soon = setTimeout(() => void load(), 500);
}

/** How many incidents wait for a person, for the menu. */
export const openCounts = {
  get open(): number {
    return (counts.suspected ?? 0) + (counts.in_review ?? 0);
  },
  follow(): () => void {
    void load();
    const undo = [on('incident_changed', refresh), on('resync', refresh)];
    return () => {
      clearTimeout(soon);
      for (const one of undo) one();
    };
  },
};
