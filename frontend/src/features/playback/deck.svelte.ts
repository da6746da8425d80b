import { RecordedPlayer, type ScreenStatus } from './player.ts';

export const SPEEDS = [0.25, 0.5, 1, 2, 4, 8, 16] as const;
const KEYS_FROM = 4;
const EVERY_MS = 100;
const APART_MS = 350;
const PATIENCE_MS = 2500;

/**
 * Several cameras under one clock. Whoever has a picture at the clock leads; the others follow by speed, or by a jump
 * when they are far off. Where nobody has footage the clock leaps to the next that has.
 */
export class Deck {
  /** The wall clock of what is shown, ms since 1970. */
  at = $state(0);
  playing = $state(false);
  speed = $state(1);
  screens = $state.raw<Record<string, ScreenStatus>>({});
  /** The last leap over a gap, for the sentence that tells of it. */
  leapt = $state.raw<{ from: number; to: number } | null>(null);
  #players = new Map<string, RecordedPlayer>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #stalled = 0;

  get keysOnly(): boolean {
    return this.speed >= KEYS_FROM;
  }
  get players(): RecordedPlayer[] {
    return [...this.#players.values()];
  }

  open(): () => void {
    this.#timer = setInterval(() => this.#tick(), EVERY_MS);
    return () => {
      clearInterval(this.#timer);
      for (const player of this.players) player.stop();
      this.#players.clear();
    };
  }

  join(camera: string, video: HTMLVideoElement): () => void {
    const player = new RecordedPlayer(video, camera, (status) => (this.screens = { ...this.screens, [camera]: status }));
    this.#players.set(camera, player);
    if (this.at) player.seek(this.at, this.playing && this.keysOnly);
    return () => {
      player.stop();
      this.#players.delete(camera);
      const { [camera]: _, ...rest } = this.screens;
      this.screens = rest;
    };
  }

  seek(at: number): void {
    this.at = at;
    this.leapt = null;
    this.#stalled = 0;
    for (const player of this.players) {
      player.pause();
      player.seek(at, this.playing && this.keysOnly);
    }
  }

  play(): void {
    if (this.playing) return;
    this.playing = true;
    if (this.keysOnly) this.seek(this.at);
  }
  pause(): void {
    if (!this.playing) return;
    this.playing = false;
    for (const player of this.players) player.pause();
    const leader = this.players.find((one) => !one.status.hole && !one.seeking && one.has(one.clock));
    if (leader) this.at = leader.clock;
    if (this.keysOnly) this.seek(this.at); // the exact picture again, not the key picture before it
  }
  toggle(): void {
    if (this.playing) this.pause();
    else this.play();
  }

  setSpeed(speed: number): void {
    const before = this.keysOnly;
    this.speed = speed;
    if (this.playing && before !== this.keysOnly) this.seek(this.at);
  }
  faster(): void {
    if (!this.playing) this.play();
    else this.setSpeed(SPEEDS[Math.min(SPEEDS.length - 1, SPEEDS.indexOf(this.speed as 1) + 1)] ?? 1);
  }
  /** Half the speed; at the usual speed and below ten seconds back. */
  slower(): void {
    if (this.playing && this.speed > 1) this.setSpeed(SPEEDS[SPEEDS.indexOf(this.speed as 1) - 1] ?? 1);
    else this.seek(this.at - 10_000);
  }

  step(by: 1 | -1): void {
    this.pause();
    const leader = this.players.find((one) => one.has(this.at) || one.status.shown !== null);
    if (leader) this.seek(leader.step(by));
  }

  #tick(): void {
    const { players } = this;
    for (const player of players) player.tend();
    if (!this.playing || !players.length) return;
    if (players.some((one) => one.seeking && !one.status.hole)) {
      this.#wait(players);
      return;
    }
    const leader = players.find((one) => !one.status.hole && one.has(one.clock));
    if (!leader) {
      this.#leap(players);
      return;
    }
    this.#stalled = 0;
    const moved = leader.clock;
    if (Math.abs(moved - this.at) < 60_000 || !leader.paused) this.at = moved;
    leader.play(this.speed);
    for (const player of players) if (player !== leader) this.#keepUp(player);
  }

  #keepUp(player: RecordedPlayer): void {
    if (player.status.hole) {
      if (this.at >= player.status.hole.end) player.seek(this.at, this.keysOnly);
      return;
    }
    if (!player.has(this.at)) {
      const hole = player.hole(this.at);
      player.pause();
      if (!hole && !player.status.loading) player.seek(this.at, this.keysOnly);
      return;
    }
    const drift = player.clock - this.at;
    if (Math.abs(drift) > APART_MS * Math.max(1, this.speed)) player.jump(this.at);
    player.play(this.speed * (1 - Math.max(-0.2, Math.min(0.2, drift / 1000))));
  }

  #wait(players: RecordedPlayer[]): void {
    for (const player of players) player.pause();
  }

  /** Nobody has a picture here: over the gap, or (when it should be there) once more from the server. */
  #leap(players: RecordedPlayer[]): void {
    const holes = players.map((one) => one.status.hole ?? one.hole(this.at));
    if (holes.every((one) => one !== null)) {
      const to = Math.min(...holes.map((one) => one?.end ?? Infinity));
      if (to === Infinity) {
        this.pause();
        return;
      }
      const from = this.at;
      this.seek(to + 1);
      this.leapt = { from, to };
      return;
    }
    this.#stalled += EVERY_MS;
    if (this.#stalled >= PATIENCE_MS) this.seek(this.at);
  }
}
