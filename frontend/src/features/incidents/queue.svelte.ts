import { api } from '../../api/client.ts';

let order = $state.raw<string[]>([]);
let hash = $state('#/incidents');
let place = 0;

/** The list as it was last seen, so that J and K on an incident's page walk through it. */
export const queue = {
  get back(): string {
    return hash;
  },
  keep(ids: string[], address: string): void {
    order = ids;
    hash = address;
  },
  /** How far down the list was when an incident was opened; read once. */
  leave(): void {
    place = scrollY;
  },
  takePlace(): number {
    const was = place;
    place = 0;
    return was;
  },
  async fill(): Promise<void> {
    if (order.length) return;
    order = (await api.incidents({ limit: 50 })).items.map((one) => one.id);
  },
  beside(id: string, step: number): string | null {
    const at = order.indexOf(id);
    return at < 0 ? (order[0] ?? null) : (order[at + step] ?? null);
  },
  position(id: string): { at: number; of: number } | null {
    const at = order.indexOf(id);
    return at < 0 ? null : { at: at + 1, of: order.length };
  },
};
