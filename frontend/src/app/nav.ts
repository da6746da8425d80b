import type { Role } from '../api/types.ts';
import type { Key } from '../strings/i18n.svelte.ts';
import type { IconName } from '../ui/icons.ts';

/** One entry of the menu. Order is the order on the screen; the keys 1…9 follow it. */
export type NavItem = {
  page: string;
  label: Key;
  icon: IconName;
  /** The lowest role that is shown the entry (the server decides what is allowed). Absent: everybody. */
  least?: Role;
  /** On a phone: among the tabs at the bottom (at most four); the others are behind "More". */
  tab?: boolean;
};

export const NAV: readonly NavItem[] = [
  { page: 'live', label: 'nav.live', icon: 'live', tab: true },
  { page: 'playback', label: 'nav.playback', icon: 'playback', tab: true },
  { page: 'incidents', label: 'nav.incidents', icon: 'incidents', tab: true },
  { page: 'search', label: 'nav.search', icon: 'search', least: 'officer', tab: true },
  { page: 'cameras', label: 'nav.cameras', icon: 'camera' },
  { page: 'health', label: 'nav.health', icon: 'pulse' },
  { page: 'feedback', label: 'nav.feedback', icon: 'target' },
  { page: 'people', label: 'nav.people', icon: 'people', least: 'admin' },
  { page: 'audit', label: 'nav.audit', icon: 'audit', least: 'supervisor' },
  { page: 'system', label: 'nav.system', icon: 'system' },
  { page: 'trials', label: 'nav.trials', icon: 'check', least: 'officer' },
];
