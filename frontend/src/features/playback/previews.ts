import { api } from '../../api/client.ts';

const ROOM = 240;

/** Small pictures under the pointer while scrubbing: one asked for at a time, the newest wish wins, kept for a while. */
export class Previews {
  #kept = new Map<string, string | null>();
  #wish: { camera: string; at: number; step: number } | null = null;
  #busy = false;
  readonly #tell: (camera: string, address: string | null) => void;

  constructor(tell: (camera: string, address: string | null) => void) {
    this.#tell = tell;
  }

  show(camera: string, at: number, step: number): void {
    const key = this.#key(camera, at, step);
    const found = this.#kept.get(key);
    if (found !== undefined) {
      this.#tell(camera, found);
      return;
    }
    this.#wish = { camera, at, step };
    if (!this.#busy) void this.#work();
  }

  close(): void {
    this.#wish = null;
    for (const address of this.#kept.values()) if (address) URL.revokeObjectURL(address);
    this.#kept.clear();
  }

  #key(camera: string, at: number, step: number): string {
    return `${camera} ${step} ${Math.floor(at / step)}`;
  }

  async #work(): Promise<void> {
    this.#busy = true;
    while (this.#wish) {
      const { camera, at, step } = this.#wish;
      this.#wish = null;
      const slot = Math.floor(at / step) * step;
      let address: string | null = null;
      try {
        address = URL.createObjectURL(await api.preview(camera, new Date(slot).toISOString()));
      } catch {
        // nothing recorded there: no picture, and not asked again
      }
      this.#kept.set(this.#key(camera, at, step), address);
      this.#tell(camera, address);
      const [oldest] = this.#kept.keys();
      if (this.#kept.size > ROOM && oldest !== undefined) {
        const gone = this.#kept.get(oldest);
        if (gone) URL.revokeObjectURL(gone);
        this.#kept.delete(oldest);
      }
    }
    this.#busy = false;
  }
}
