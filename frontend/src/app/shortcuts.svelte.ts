import { untrack } from 'svelte';
import type { Key } from '../strings/i18n.svelte.ts';

export type Shortcut = { key: string; says: Key; run: (event: KeyboardEvent) => void; shown?: string };
type Group = { title: Key; list: Shortcut[] };

let groups = $state.raw<Group[]>([]);
let sheet = $state(false);

function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName);
}

addEventListener('keydown', (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (document.querySelector('dialog[open]')) return;
  if (event.key === '?') {
    sheet = true;
    event.preventDefault();
    return;
  }
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  // the page shown last wins over the shell
  for (const group of [...groups].reverse()) {
    const found = group.list.find((one) => one.key === key);
    if (!found) continue;
    if (event.target instanceof HTMLButtonElement && (key === ' ' || key === 'Enter')) return;
    event.preventDefault();
    found.run(event);
    return;
  }
});

export const shortcuts = {
  get groups(): Group[] {
    return groups;
  },
  get sheet(): boolean {
    return sheet;
  },
  set sheet(open: boolean) {
    sheet = open;
  },
};

/** Keys that work while a component is shown: `$effect(() => keys('live.title', [...]))`. Returns the undo. */
export function keys(title: Key, list: Shortcut[]): () => void {
  const group = { title, list };
  untrack(() => {
    groups = [...groups, group];
  });
  return () => {
    groups = untrack(() => groups).filter((one) => one !== group);
  };
}
