import type { LiveState } from './player.ts';

/** A picture whose size is known and of which nothing is ever shown for so long cannot be decoded by this browser. */
const GIVEN_UP_MS = 12_000;
export const PLAYLIST = 'application/vnd.apple.mpegurl';

/** Whether this browser plays a playlist by itself: iPhones and Safari do, and H.265 with it. */
export function playsNatively(video: HTMLVideoElement): boolean {
  return video.canPlayType(PLAYLIST) !== '';
}

/**
 * A live picture as HLS, played by the browser itself: some seconds late, and the only way where there are no Media
 * Source Extensions. The browser fetches the playlist with the session's cookie; how old the picture is follows from
 * the date that the playlist carries.
 */
export class NativePicture {
  readonly #video: HTMLVideoElement;
  readonly #url: string;
  #place = 0;
  #moved = performance.now();
  #failedSince: number | null = null;

  constructor(video: HTMLVideoElement, url: string) {
    this.#video = video;
    this.#url = url;
    this.#open();
  }

  #open(): void {
    this.#video.src = this.#url;
    void this.#video.play().catch(() => undefined);
  }

  /** How it is now; `frozenMs` without movement is frozen. A broken one is opened anew. */
  look(frozenMs: number): { state: LiveState; ageMs: number | null; captured: string | null } {
    const now = performance.now();
    if (this.#video.currentTime !== this.#place) {
      this.#place = this.#video.currentTime;
      this.#moved = now;
    }
    const still = now - this.#moved;
    if (this.#place > 0) this.#failedSince = null;
    else if (this.#video.error && this.#video.videoWidth > 0) this.#failedSince ??= now;
    if (this.#video.error || still > 20_000) {
      this.#moved = now;
      this.#open();
    }
    const began = (this.#video as HTMLVideoElement & { getStartDate?: () => Date }).getStartDate?.().getTime();
    const at = began === undefined || Number.isNaN(began) ? null : began + this.#place * 1000;
    return {
      state: this.#place === 0 ? (this.#failedSince !== null && now - this.#failedSince > GIVEN_UP_MS ? 'unplayable' : 'connecting') : still > frozenMs ? 'frozen' : 'live',
      ageMs: at === null ? null : Math.max(0, Date.now() - at),
      captured: at === null ? null : new Date(at).toISOString(),
    };
  }

  close(): void {
    this.#video.removeAttribute('src');
    this.#video.load();
  }
}
