import type { Point, Purpose, Zone } from '../../api/types.ts';
import { catalogue } from '../cameras/store.svelte.ts';
import { inside, moved } from './geometry.ts';
import { freshId, PURPOSES, zoneProblem, type ZoneProblem } from './purposes.ts';

/** The zones of one camera while they are edited: immutable snapshots, so undo is a list of them. */
export class Editor {
  zones = $state.raw<Zone[]>([]);
  selected = $state<number | null>(null);
  vertex = $state<number | null>(null);
  /** What is being drawn: its purpose and the points set so far. */
  draft = $state.raw<{ purpose: Purpose; points: Point[] } | null>(null);
  #past = $state.raw<Zone[][]>([]);
  #future = $state.raw<Zone[][]>([]);
  #saved = $state.raw<Zone[]>([]);
  #dragging = false;

  load(zones: Zone[]): void {
    this.zones = this.#saved = zones;
    this.#past = this.#future = [];
    this.selected = this.vertex = null;
    this.draft = null;
  }

  get dirty(): boolean {
    return this.zones !== this.#saved && JSON.stringify(this.zones) !== JSON.stringify(this.#saved);
  }
  get zone(): Zone | null {
    return this.selected === null ? null : (this.zones[this.selected] ?? null);
  }
  get problems(): (ZoneProblem | null)[] {
    return this.zones.map((zone) => zoneProblem(zone, this.zones, catalogue.settings));
  }
  get canUndo(): boolean {
    return this.#past.length > 0;
  }
  get canRedo(): boolean {
    return this.#future.length > 0;
  }

  #set(next: Zone[]): void {
    if (!this.#dragging) this.#past = [...this.#past.slice(-99), this.zones];
    this.#future = [];
    this.zones = next;
  }
  /** Everything until `release` is one step of undo. */
  grab(): void {
    if (this.#dragging) return;
    this.#past = [...this.#past.slice(-99), this.zones];
    this.#dragging = true;
  }
  release(): void {
    if (!this.#dragging) return;
    this.#dragging = false;
    if (this.#past.at(-1) === this.zones) this.#past = this.#past.slice(0, -1);
  }
  undo(): void {
    const before = this.#past.at(-1);
    if (!before) return;
    this.#future = [...this.#future, this.zones];
    this.#past = this.#past.slice(0, -1);
    this.#show(before);
  }
  redo(): void {
    const after = this.#future.at(-1);
    if (!after) return;
    this.#past = [...this.#past, this.zones];
    this.#future = this.#future.slice(0, -1);
    this.#show(after);
  }
  #show(zones: Zone[]): void {
    this.zones = zones;
    this.vertex = null;
    if (this.selected !== null && this.selected >= zones.length) this.selected = null;
  }

  patch(index: number, change: Partial<Zone>): void {
    this.#set(this.zones.map((zone, i) => (i === index ? { ...zone, ...change } : zone)));
  }
  remove(index: number): void {
    this.#set(this.zones.filter((_, i) => i !== index));
    this.selected = this.vertex = null;
  }

  points(index: number): Point[] {
    const zone = this.zones[index];
    return zone?.polygon ?? zone?.line ?? [];
  }
  /** An arrow to turn: nobody's guess is kept as a direction that somebody chose. */
  addArrow(index: number): void {
    this.patch(index, { direction: [0, -1] });
  }
  /** A box to move over the signal. */
  addLamp(index: number): void {
    this.patch(index, { lamp: [0.47, 0.42, 0.06, 0.16] });
  }
  setPoints(index: number, points: Point[]): void {
    const zone = this.zones[index];
    if (!zone) return;
    if (PURPOSES[zone.purpose].shape === 'line') {
      this.patch(index, { line: [points[0] ?? [0, 0], points[1] ?? [1, 1]] });
    } else this.patch(index, { polygon: points });
  }
  movePoint(index: number, vertex: number, to: Point): void {
    this.setPoints(index, this.points(index).map((p, i) => (i === vertex ? inside(to) : p)));
  }
  moveAll(index: number, dx: number, dy: number): void {
    this.setPoints(index, moved(this.points(index), dx, dy));
  }
  /** A new point in the middle of the edge after `vertex`; it becomes the chosen one. */
  split(index: number, vertex: number): void {
    const points = this.points(index);
    const a = points[vertex];
    const b = points[(vertex + 1) % points.length];
    if (!a || !b || this.zones[index]?.line) return;
    const middle = inside([(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]);
    this.setPoints(index, [...points.slice(0, vertex + 1), middle, ...points.slice(vertex + 1)]);
    this.vertex = vertex + 1;
  }
  dropPoint(index: number, vertex: number): void {
    const points = this.points(index);
    if (this.zones[index]?.line || points.length <= 3) return;
    this.setPoints(index, points.filter((_, i) => i !== vertex));
    this.vertex = null;
  }

  begin(purpose: Purpose): void {
    this.selected = this.vertex = null;
    this.draft = { purpose, points: [] };
  }
  addPoint(point: Point): void {
    if (!this.draft) return;
    const points = [...this.draft.points, inside(point)];
    this.draft = { ...this.draft, points };
    if (PURPOSES[this.draft.purpose].shape === 'line' && points.length === 2) this.finish();
  }
  takePointBack(): void {
    if (this.draft) this.draft = { ...this.draft, points: this.draft.points.slice(0, -1) };
  }
  finish(): void {
    if (!this.draft) return;
    const { purpose, points } = this.draft;
    const info = PURPOSES[purpose];
    if (points.length < (info.shape === 'line' ? 2 : 3)) return;
    this.#add(purpose, points);
  }
  /** A shape in the middle to start from, for those who work with the keyboard. */
  addReady(purpose: Purpose): void {
    const points: Point[] =
      PURPOSES[purpose].shape === 'line'
        ? [[0.3, 0.7], [0.7, 0.7]]
        : [[0.35, 0.4], [0.65, 0.4], [0.65, 0.7], [0.35, 0.7]];
    this.#add(purpose, points);
  }
  #add(purpose: Purpose, points: Point[]): void {
    const info = PURPOSES[purpose];
    const zone: Zone = {
      id: freshId(purpose, this.zones),
      purpose,
      polygon: info.shape === 'polygon' ? points : null,
      line: info.shape === 'line' ? [points[0] ?? [0, 0], points[1] ?? [1, 1]] : null,
      direction: null,
      lamp: null,
      permitted_hours: [],
      closed_hours: info.hours === 'closed' ? ['22:00-05:00'] : [],
      rules: {},
      permitted: [],
    };
    this.draft = null;
    this.#set([...this.zones, zone]);
    this.selected = this.zones.length - 1;
    this.vertex = null;
  }
}
