import { api, ApiError } from '../../api/client.ts';
import type { FootageRecord, Said } from '../../api/types.ts';
import { RecordReader } from './records.ts';

export type Hole = { start: number; end: number; said: Said; cause: string | null };
export type ScreenStatus = {
  loading: boolean;
  /** There is no footage at the clock; why. */
  hole: Hole | null;
  error: Said | null;
  made: 'original' | 'h264' | 'covered' | null;
  width: number;
  height: number;
  /** When the picture on the screen was captured, ms since 1970; null before the first one. */
  shown: number | null;
};
/** How long the last seek took until its key picture and its exact picture were on the screen, ms. */
export type Took = { key: number | null; exact: number | null };

const BEFORE_MS = 35 * 86_400_000;
const AHEAD_S = 24;
const KEEP_S = 40;
const STRETCH_S = 10;
const KEYS_STRETCH_S = 300;
const AGAIN_MS = 1000;
const NEAR_S = 0.06;

const Source = window.MediaSource ?? (window as unknown as { ManagedMediaSource?: typeof MediaSource }).ManagedMediaSource;
const playsHevc = (): boolean => Source?.isTypeSupported('video/mp4; codecs="hvc1.1.6.L120.90"') ?? false;

type Work = { init: Extract<FootageRecord, { type: 'init' }> } | { bytes: Uint8Array<ArrayBuffer> } | { part: Extract<FootageRecord, { type: 'part' }> };

/**
 * One camera's recorded picture. Time in the media element is the wall clock less `#base`, so that seams, gaps and
 * several cameras in step need no bookkeeping: whatever is buffered is buffered under its own time.
 */
export class RecordedPlayer {
  status: ScreenStatus = { loading: false, hole: null, error: null, made: null, width: 0, height: 0, shown: null };
  readonly took: Took = { key: null, exact: null };
  readonly camera: string;
  /** How long one picture lasts, s. */
  picture = 0.04;
  readonly #video: HTMLVideoElement;
  readonly #tell: (status: ScreenStatus) => void;
  #media: MediaSource | null = null;
  #buffer: SourceBuffer | null = null;
  #type = '';
  #base = 0;
  #queue: Work[] = [];
  #abort: AbortController | null = null;
  #cursor: string | null = null;
  #again: ReturnType<typeof setTimeout> | undefined;
  #wanted: number | null = null;
  #asked = 0;
  #stage: 'key' | 'exact' | 'done' = 'done';
  #keys = false;
  #holes: Hole[] = [];
  #finished = false;
  #frame = 0;
  #clear = false;
  #reset = false;

  constructor(video: HTMLVideoElement, camera: string, tell: (status: ScreenStatus) => void) {
    this.#video = video;
    this.camera = camera;
    this.#tell = tell;
    video.disableRemotePlayback = true;
    video.onseeked = () => this.#arrived();
    video.onerror = () => this.#restart();
    const each = (_: number, told: VideoFrameCallbackMetadata): void => {
      this.#onScreen(told.mediaTime);
      this.#frame = video.requestVideoFrameCallback(each);
    };
    if ('requestVideoFrameCallback' in video) this.#frame = video.requestVideoFrameCallback(each);
  }

  /** The wall clock of the picture on the screen, ms. */
  get clock(): number {
    return this.#base + this.#video.currentTime * 1000;
  }
  get seeking(): boolean {
    return this.#stage !== 'done' || this.#video.seeking;
  }
  get paused(): boolean {
    return this.#video.paused;
  }

  /** Whether the picture of an instant is there to be shown. */
  has(at: number): boolean {
    const place = (at - this.#base) / 1000;
    const { buffered } = this.#video;
    for (let i = 0; i < buffered.length; i += 1) if (buffered.start(i) - NEAR_S <= place && place < buffered.end(i)) return true;
    return false;
  }

  hole(at: number): Hole | null {
    return this.#holes.find((one) => one.start - 600 <= at && at < one.end - 1) ?? null;
  }

  /** Show the picture of an instant; with `keys` only key pictures are fetched from there on. */
  seek(at: number, keys = false): void {
    this.#asked = performance.now();
    this.took.key = this.took.exact = null;
    this.#wanted = at;
    this.#finished = false;
    if (keys === this.#keys && this.#media && this.has(at)) {
      this.#stage = 'exact';
      this.#video.currentTime = this.#place(at);
      this.#say({ hole: null, error: null });
      this.#follow();
      return;
    }
    this.#keys = keys;
    this.#stage = 'key';
    if (!this.#media || Math.abs(at - this.#base - BEFORE_MS) > BEFORE_MS - 86_400_000) this.#mount(at);
    this.#stopFetching();
    this.#queue = [];
    this.#holes = [];
    this.#clear = this.#reset = true;
    this.#feed();
    this.#say({ loading: true, hole: null, error: null });
    void this.#fetch({ at: new Date(at).toISOString() });
  }

  play(rate: number): void {
    this.#video.playbackRate = Math.min(16, Math.max(0.0625, rate));
    if (this.#video.paused) void this.#video.play().catch(() => undefined);
  }
  pause(): void {
    this.#video.pause();
  }
  /** Correct the place by hand: a follower that fell behind its leader. */
  jump(at: number): void {
    this.#video.currentTime = this.#place(at);
  }
  set rate(rate: number) {
    if (Math.abs(this.#video.playbackRate - rate) > 0.005) this.#video.playbackRate = Math.min(16, Math.max(0.0625, rate));
  }

  /** One picture on (1) or back (-1); where it leads, ms. */
  step(by: 1 | -1): number {
    const now = this.status.shown ?? this.clock;
    return now + (by > 0 ? 1.5 : -0.5) * this.picture * 1000;
  }

  /** Fetch on when little is left; called often. */
  tend(): void {
    this.#follow();
    this.#feed();
  }

  stop(): void {
    this.#stopFetching();
    if (this.#frame) this.#video.cancelVideoFrameCallback(this.#frame);
    this.#unmount();
    this.#video.removeAttribute('src');
    this.#video.load();
  }

  #place(at: number): number {
    return Math.max(0, (at - this.#base) / 1000);
  }

  #say(change: Partial<ScreenStatus>): void {
    this.status = { ...this.status, ...change };
    this.#tell(this.status);
  }

  #mount(at: number): void {
    this.#unmount();
    if (!Source) {
      this.#say({ error: { vi: 'Trình duyệt này không phát được video ghi lại.', en: 'This browser cannot play recordings.' } });
      return;
    }
    const media = new Source();
    this.#media = media;
    this.#base = at - BEFORE_MS;
    const address = URL.createObjectURL(media);
    media.onsourceopen = () => {
      URL.revokeObjectURL(address);
      this.#feed();
    };
    this.#video.src = address;
  }
  #unmount(): void {
    this.#media = null;
    this.#buffer = null;
    this.#type = '';
    this.#queue = [];
  }
  #restart(): void {
    if (!this.#media) return;
    const at = this.#wanted ?? this.clock;
    this.#stopFetching();
    this.#media = null;
    clearTimeout(this.#again);
    this.#again = setTimeout(() => this.seek(at, this.#keys), AGAIN_MS);
  }

  #stopFetching(): void {
    clearTimeout(this.#again);
    this.#abort?.abort();
    this.#abort = null;
    this.#cursor = null;
  }

  async #fetch(from: { at: string } | { cursor: string }): Promise<void> {
    const stop = new AbortController();
    this.#abort = stop;
    try {
      const length = this.#keys ? KEYS_STRETCH_S : STRETCH_S;
      const answer = await api.footage(this.camera, { ...from, length, keys: this.#keys ? 1 : null, hevc: playsHevc() ? 1 : null }, stop.signal);
      const stream = answer.body?.getReader();
      const reader = new RecordReader();
      let parts = 0;
      for (;;) {
        const some = await stream?.read();
        if (stop.signal.aborted) return;
        if (!some || some.done) break;
        for (const event of reader.take(some.value)) {
          if ('bytes' in event) this.#queue.push(event);
          else if (event.header.type === 'part') parts += 1;
          if ('header' in event) this.#hear(event.header, parts);
        }
        this.#feed();
      }
    } catch (reason) {
      if (stop.signal.aborted) return;
      const error = reason instanceof ApiError ? { vi: reason.vi, en: reason.en } : { vi: 'Mất kết nối khi tải bản ghi.', en: 'The line was lost while loading.' };
      this.#say({ loading: false, error });
    } finally {
      if (this.#abort === stop) this.#abort = null;
    }
  }

  #hear(record: FootageRecord, parts: number): void {
    switch (record.type) {
      case 'init':
        this.#queue.push({ init: record });
        this.#say({ made: record.made, width: record.width, height: record.height });
        break;
      case 'part':
        this.#queue.push({ part: record });
        break;
      case 'gap': {
        const hole = { start: Date.parse(record.start), end: Date.parse(record.end), said: { vi: record.vi, en: record.en }, cause: record.cause };
        this.#holes.push(hole);
        if (parts === 0 && this.#wanted !== null && this.#stage === 'key') {
          this.#say({ hole, loading: false });
          this.#wanted = null;
          this.#stage = 'done';
        }
        break;
      }
      case 'error':
        this.#say({ error: { vi: record.vi, en: record.en }, loading: false });
        break;
      case 'end':
        if (parts === 0) this.#nothing(record);
        else this.#cursor = record.next;
        break;
    }
  }

  /** No footage there: of the newest stretch more will come, elsewhere it is the end. */
  #nothing(end: Extract<FootageRecord, { type: 'end' }>): void {
    if (end.live) {
      clearTimeout(this.#again);
      this.#again = setTimeout(() => (this.#cursor = end.next), AGAIN_MS);
      if (this.#stage !== 'key') return;
    }
    this.#finished = !end.live;
    if (this.#stage === 'key' && this.#wanted !== null) {
      const said = { vi: 'Không có bản ghi ở thời điểm này.', en: 'There is no recording of this moment.' };
      this.#stage = 'done';
      this.#say({ loading: false, hole: { start: this.#wanted, end: Infinity, said, cause: null } });
    }
  }

  #follow(): void {
    if (this.#abort || this.#cursor === null || this.#finished || this.#stage === 'key') return;
    const ahead = this.#ahead();
    if (ahead > AHEAD_S * Math.max(1, this.#video.playbackRate)) return;
    const cursor = this.#cursor;
    this.#cursor = null;
    void this.#fetch({ cursor });
  }

  #ahead(): number {
    const { buffered, currentTime } = this.#video;
    return buffered.length ? buffered.end(buffered.length - 1) - currentTime : 0;
  }

  #feed(): void {
    const media = this.#media;
    if (media?.readyState !== 'open' || this.#buffer?.updating) return;
    try {
      if (this.#reset) this.#buffer?.abort(); // half a fragment of the place before must not meet the new one
      this.#reset = false;
      if (this.#clear && this.#buffer) {
        this.#clear = false;
        if (this.#buffer.buffered.length) {
          this.#buffer.remove(0, Infinity);
          return;
        }
      }
      while (this.#queue.length && !this.#buffer?.updating) this.#work(media);
      if (this.#buffer && !this.#buffer.updating) this.#settle();
    } catch {
      this.#restart();
    }
  }

  #work(media: MediaSource): void {
    const next = this.#queue.shift();
    if (!next) return;
    if ('init' in next) {
      this.#prepare(media, next.init);
      return;
    }
    if ('part' in next) {
      this.#begin(next.part);
      return;
    }
    const pieces = [next.bytes];
    while (this.#queue[0] && 'bytes' in this.#queue[0]) pieces.push((this.#queue.shift() as { bytes: Uint8Array<ArrayBuffer> }).bytes);
    this.#buffer?.appendBuffer(pieces.length === 1 && pieces[0] ? pieces[0] : joined(pieces));
  }

  #prepare(media: MediaSource, init: Extract<FootageRecord, { type: 'init' }>): void {
    const type = `video/mp4; codecs="${init.codec}"`;
    if (!this.#buffer) {
      // with a length the whole of it can be sought, also while nothing is buffered; without one a seek would be lost
      media.duration = (2 * BEFORE_MS) / 1000;
      this.#buffer = media.addSourceBuffer(type);
      this.#buffer.mode = 'segments';
      this.#buffer.onupdateend = () => this.#feed();
    } else if (type !== this.#type) this.#buffer.changeType(type);
    this.#type = type;
    this.#buffer.timestampOffset = (init.origin_ms - this.#base) / 1000;
  }

  /** The first part of a seek: its key picture goes on the screen before the exact one is there. */
  #begin(part: Extract<FootageRecord, { type: 'part' }>): void {
    if (!this.#keys && part.pictures > 1) this.picture = (part.end_ms - part.at_ms) / part.pictures / 1000;
    if (this.#stage === 'key' && this.#wanted !== null) {
      this.#stage = 'exact';
      this.#video.currentTime = this.#place(part.at_ms) + 0.001;
      if (this.#keys || this.#wanted - part.at_ms < this.picture * 1000) this.#wanted = null;
    }
  }

  /** After each append: go on to the exact picture once it is there, and drop what is long past. */
  #settle(): void {
    const { buffered, currentTime, seeking } = this.#video;
    if (this.#wanted !== null && this.#stage === 'exact' && !seeking && this.has(this.#wanted)) {
      const to = this.#wanted;
      this.#wanted = null;
      this.#video.currentTime = this.#place(to);
      return;
    }
    if (buffered.length && !seeking && this.#stage === 'done') {
      const begin = buffered.start(0);
      const keep = KEEP_S * Math.max(1, this.#video.playbackRate);
      if (currentTime - begin > 2 * keep) this.#buffer?.remove(begin, currentTime - keep);
    }
  }

  #arrived(): void {
    if (this.#stage === 'exact' && this.#wanted !== null) {
      this.took.key ??= performance.now() - this.#asked;
      this.#feed();
      if (this.#wanted !== null) return;
    }
    if (this.#stage === 'exact' && this.#wanted === null && !this.#video.seeking) {
      const now = performance.now() - this.#asked;
      this.took.key ??= now;
      this.took.exact ??= now;
      this.#stage = 'done';
      this.#say({ loading: false });
    }
  }

  #onScreen(mediaTime: number): void {
    this.status = { ...this.status, shown: this.#base + mediaTime * 1000 };
    this.#tell(this.status);
  }
}

function joined(pieces: Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, one) => sum + one.length, 0));
  let at = 0;
  for (const one of pieces) {
    whole.set(one, at);
    at += one.length;
  }
  return whole;
}
