import { api } from '../../api/client.ts';
import type { Camera, Kind, Reason } from '../../api/types.ts';
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
  reason(code: string): string {
    const row = reasonList.find((one) => one.code === code);
    return row ? row[words.language] : code;
  },
};
