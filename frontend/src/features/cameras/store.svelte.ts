import { api } from '../../api/client.ts';
import type { Camera, Kind, Reason, RuleSetting } from '../../api/types.ts';
import { on } from '../../app/events.svelte.ts';
import { words } from '../../strings/i18n.svelte.ts';
import { Resource } from '../../ui/resource.svelte.ts';

/** The cameras, shared by every page and kept fresh by the event stream while somebody looks. */
export const cameras = new Resource<Camera[]>(api.cameras);

let followers = 0;
let undo: (() => void)[] = [];
let soon: ReturnType<typeof setTimeout> | undefined;

function refresh(): void {
  clearTimeout(soon);
  soon = setTimeout(() => void cameras.load(), 400);
}

/** Keep the list fresh while a component is shown: `$effect(followCameras)`. */
export function followCameras(): () => void {
  void cameras.load();
  if (followers++ === 0) {
    undo = [
      on('cameras_changed', refresh),
      on('stream_changed', refresh),
      on('incident_changed', refresh),
      on('resync', refresh),
    ];
  }
  return () => {
    if (--followers > 0) return;
    clearTimeout(soon);
    for (const one of undo) one();
    undo = [];
  };
}

export function cameraName(id: string): string {
  return cameras.value?.find((one) => one.id === id)?.name ?? id;
}

let kindList = $state.raw<Kind[]>([]);
let reasonList = $state.raw<Reason[]>([]);

/** The catalogue of kinds and of rejection reasons: read once. */
export const catalogue = {
  get kinds(): Kind[] {
    return kindList;
  },
  get reasons(): Reason[] {
    return reasonList;
  },
  async load(): Promise<void> {
    if (kindList.length) return;
    [kindList, reasonList] = await Promise.all([api.kinds(), api.reasons()]);
  },
  kind(kind: string): string {
    const row = kindList.find((one) => one.kind === kind);
    return row ? row[words.language] : kind;
  },
  /** What a zone may set for a kind's rule; none where no rule finds it. */
  settings(kind: string): readonly RuleSetting[] {
    return kindList.find((one) => one.kind === kind)?.settings ?? [];
  },
  /** Whether this version finds a kind by itself; taken to be so until the catalogue is read. */
  finds(kind: string): boolean {
    return kindList.length === 0 || catalogue.settings(kind).length > 0;
  },
  reason(code: string): string {
    const row = reasonList.find((one) => one.code === code);
    return row ? row[words.language] : code;
  },
};
