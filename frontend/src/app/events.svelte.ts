import { api } from '../api/client.ts';
import type { Events as Sent } from '../api/types.ts';

/** What the server tells while it happens. `resync` is ours: the line was down, so ask again for what is shown. */
export type Events = Omit<Sent, 'hello'> & { resync: Record<string, never> };
type Name = keyof Events;
const NAMES: Name[] = ['incident_changed', 'evidence_changed', 'stream_changed', 'cameras_changed', 'process_changed', 'health_changed', 'retention_changed', 'disk_changed', 'trial_changed'];

const listeners = new Map<Name, Set<(data: never) => void>>();
let source: EventSource | null = null;
let wasDown = false;
let retry: ReturnType<typeof setTimeout> | undefined;
let online = $state(true);

function tell<N extends Name>(name: N, data: Events[N]): void {
  for (const listener of listeners.get(name) ?? []) (listener as (data: Events[N]) => void)(data);
}

function connect(): void {
  source = new EventSource('/api/events');
  source.onopen = () => {
    online = true;
    if (wasDown) tell('resync', {});
    wasDown = false;
  };
  source.onerror = () => {
    online = false;
    wasDown = true;
    if (source?.readyState === EventSource.CLOSED) {
      // the browser gives up when the answer was no stream: the server is starting, or the session has ended,
      // which any request finds out
      api.reasons().catch(() => undefined);
      clearTimeout(retry);
      retry = setTimeout(connect, 3000);
    }
  };
  for (const name of NAMES) {
    source.addEventListener(name, (event) => tell(name, JSON.parse((event as MessageEvent<string>).data) as never));
  }
}

export const events = {
  /** Whether the line to the server stands. */
  get online(): boolean {
    return online;
  },
  open(): void {
    if (!source) connect();
  },
  close(): void {
    clearTimeout(retry);
    source?.close();
    source = null;
    wasDown = false;
    online = true;
  },
};

/** Listen while a component is shown: `$effect(() => on('incident_changed', …))`. Returns the undo. */
export function on<N extends Name>(name: N, listener: (data: Events[N]) => void): () => void {
  const set = listeners.get(name) ?? new Set();
  listeners.set(name, set);
  set.add(listener as (data: never) => void);
  return () => set.delete(listener as (data: never) => void);
}
