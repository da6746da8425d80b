import type { LiveBox, LiveMessage, Said } from '../../api/types.ts';
import { NativePicture, playsNatively } from './native.ts';
import { boxesAt, type SeenBoxes } from './seen.ts';
import { age, behind, jump, Pacer, trim } from './timing.ts';

export type LiveState = 'connecting' | 'live' | 'frozen' | 'lost' | 'refused' | 'unplayable' | 'paused';
export type LiveStatus = {
  state: LiveState;
  /** How old the picture on the screen is, ms; null before the first one. */
  ageMs: number | null;
  /** Played by the browser as HLS, some seconds late, because Media Source Extensions cannot. */
  native: boolean;
  /** What the server said about a lost or refused stream. */
  detail: Said | null;
  codec: string;
  width: number;
  height: number;
  masked: boolean;
  /** Encoded anew by the server, because this browser cannot play what the camera sends. */
  encoded: boolean;
  boxes: LiveBox[];
};

/** Looked at four times a second after what is buffered (half a second where it is encoded anew) has been shown: marked within three seconds. */
const FROZEN_AFTER_MS = 1800;
const REFUSED_CODES = new Set([1008, 4401, 4403]);

/**
 * One live picture: fMP4 over a WebSocket into Media Source Extensions. Appends one fragment at a time, chases the
 * live edge, reconnects with back-off, and tells once every quarter of a second how old the picture on the screen is.
 */
export class LivePlayer {
  readonly status: LiveStatus = {
    state: 'connecting',
    ageMs: null,
    native: false,
    detail: null,
    codec: '',
    width: 0,
    height: 0,
    masked: false,
    encoded: false,
    boxes: [],
  };
  readonly #video: HTMLVideoElement;
  readonly #url: string;
  /** Where the same picture comes as H.264, for want of which the stream is told to be unplayable. */
  readonly #encodedUrl: string | null;
  readonly #playlist: string;
  #native: NativePicture | null = null;
  readonly #tell: (status: LiveStatus) => void;
  #socket: WebSocket | null = null;
  #media: MediaSource | null = null;
  #buffer: SourceBuffer | null = null;
  #queue: ArrayBuffer[] = [];
  #tick: ReturnType<typeof setInterval> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #stopped = true;
  /** The newest word on age: capture time of the newest picture sent, its age then, and where it sits in the buffer. */
  #mark: { captured: number; ageMs: number; heard: number; edge: number } | null = null;
  #pending: SeenBoxes[] = [];
  readonly #pacer = new Pacer();
  #place = 0;
  #moved = 0;

  constructor(
    video: HTMLVideoElement,
    url: string,
    encodedUrl: string | null,
    playlist: string,
    tell: (status: LiveStatus) => void,
  ) {
    this.#video = video;
    this.#url = url;
    this.#encodedUrl = encodedUrl;
    this.#playlist = playlist;
    this.#tell = tell;
  }

  start(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    this.#moved = performance.now();
    this.#tick = setInterval(() => this.#step(), 250);
    this.#connect();
  }

  stop(state: LiveState = 'paused'): void {
    this.#stopped = true;
    clearInterval(this.#tick);
    clearTimeout(this.#retry);
    this.#hangUp();
    this.#native?.close();
    this.#native = null;
    this.#unmount();
    this.#say({ state, boxes: [] });
  }

  /** When the picture now on the screen was taken, as ISO UTC; null before the first one. */
  captured(): string | null {
    if (this.#native) return this.#native.look(FROZEN_AFTER_MS).captured;
    if (!this.#mark) return null;
    return new Date(this.#mark.captured + (this.#video.currentTime - this.#mark.edge) * 1000).toISOString();
  }

  #say(change: Partial<LiveStatus>): void {
    Object.assign(this.status, change);
    this.#tell({ ...this.status });
  }

  #connect(): void {
    const socket = new WebSocket(this.status.encoded ? (this.#encodedUrl ?? this.#url) : this.#url);
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    socket.onmessage = (event: MessageEvent<string | ArrayBuffer>) => {
      if (this.#socket !== socket) return;
      if (typeof event.data === 'string') this.#hear(JSON.parse(event.data) as LiveMessage);
      else this.#take(event.data);
    };
    socket.onclose = (event) => {
      if (this.#socket !== socket || this.#stopped) return;
      this.#socket = null;
      this.#again(event.code);
    };
  }

  /** A socket that is still connecting is closed once it is open: browsers complain otherwise. */
  #hangUp(): void {
    const socket = this.#socket;
    this.#socket = null;
    if (socket?.readyState === WebSocket.CONNECTING) socket.onopen = () => socket.close();
    else socket?.close();
  }

  #again(code: number): void {
    const refused = REFUSED_CODES.has(code);
    if (refused) this.#say({ state: 'refused' });
    else if (this.status.state !== 'lost') this.#say({ state: this.status.ageMs === null ? 'connecting' : 'lost' });
    this.#failures += 1;
    // refused in the middle of a viewing: what may be seen has changed, so ask again at once
    const wait = refused && this.#failures > 1 ? 15_000 : Math.min(8000, 400 * 2 ** Math.min(5, this.#failures));
    this.#retry = setTimeout(() => this.#connect(), wait * (0.75 + Math.random() / 2));
  }

  #hear(message: LiveMessage): void {
    if (message.type === 'init') this.#mount(message);
    else if (message.type === 'boxes') {
      this.#pending.push({ at: Date.parse(message.at), boxes: message.boxes });
      if (this.#pending.length > 60) this.#pending.shift();
    } else if (message.type === 'lost') {
      this.#say({ state: 'lost', detail: { vi: message.detail_vi, en: message.detail_en }, boxes: [] });
    } else if (message.type === 'age') {
      this.#mark = {
        captured: Date.parse(message.captured),
        ageMs: message.age_ms,
        heard: performance.now(),
        edge: this.#edge(),
      };
    }
  }

  #mount(init: Extract<LiveMessage, { type: 'init' }>): void {
    this.#unmount();
    const { codec, width, height, masked } = init;
    const type = `video/mp4; codecs="${codec}"`;
    const Source = window.MediaSource ?? (window as unknown as { ManagedMediaSource?: typeof MediaSource }).ManagedMediaSource;
    if (!Source?.isTypeSupported(type)) {
      this.#hangUp();
      // a browser with a Media Source knows best what it can decode: Chromium says that it plays HLS, and H.265 stays black
      if (!Source && playsNatively(this.#video)) {
        this.#native ??= new NativePicture(this.#video, this.#playlist);
        this.#say({ state: 'connecting', native: true, codec, width, height, masked, detail: null });
      } else if (this.#encodedUrl && !this.status.encoded) {
        this.#say({ encoded: true });
        this.#connect();
      } else this.#say({ state: 'unplayable', codec, width, height, masked });
      return;
    }
    const media = new Source();
    this.#media = media;
    const address = URL.createObjectURL(media);
    media.onsourceopen = () => {
      URL.revokeObjectURL(address);
      if (this.#media !== media) return;
      this.#buffer = media.addSourceBuffer(type);
      this.#buffer.mode = 'segments';
      this.#buffer.onupdateend = () => this.#feed();
      this.#feed();
    };
    this.#video.disableRemotePlayback = true;
    this.#video.src = address;
    this.#say({ codec, width, height, masked, detail: null });
  }

  #unmount(): void {
    this.#media = null;
    this.#buffer = null;
    this.#queue = [];
    this.#pending = [];
    this.#mark = null;
    this.#pacer.forget();
  }

  #take(fragment: ArrayBuffer): void {
    this.#failures = 0;
    if (!this.#queue.length && this.#edge() > 0) this.#pacer.note(this.#edge() - this.#video.currentTime, performance.now());
    this.#queue.push(fragment);
    if (this.#queue.length > 400) this.#restart(); // a tab that slept: start over at the live edge
    else this.#feed();
  }

  #feed(): void {
    const buffer = this.#buffer;
    if (!buffer || buffer.updating || this.#media?.readyState !== 'open') return;
    const cut = trim(buffer.buffered, this.#video.currentTime);
    try {
      if (cut !== null) buffer.remove(0, cut);
      else {
        const next = this.#queue.shift();
        if (next) buffer.appendBuffer(next);
      }
    } catch {
      this.#restart(); // a broken fragment or a full buffer
      return;
    }
    if (this.#video.paused && this.#edge() > 0) void this.#video.play().catch(() => undefined);
  }

  #restart(): void {
    this.#hangUp();
    this.#unmount();
    this.#again(1006);
  }

  #edge(): number {
    const ranges = this.#buffer?.buffered;
    return ranges?.length ? ranges.end(ranges.length - 1) : 0;
  }

  #step(): void {
    if (this.#native) {
      const { state, ageMs } = this.#native.look(FROZEN_AFTER_MS);
      this.#say({ state, ageMs, boxes: [] });
      return;
    }
    const ranges = this.#buffer?.buffered;
    const video = this.#video;
    if (video.error) {
      this.#restart();
      return;
    }
    if (ranges?.length) {
      const to = jump(behind(ranges, video.currentTime), ranges, video.currentTime);
      if (to !== null) {
        video.currentTime = to;
        this.#pacer.forget();
      }
      const rate = this.#pacer.rate();
      if (video.playbackRate !== rate) video.playbackRate = rate;
    }
    this.#judge();
  }

  #judge(): void {
    const now = performance.now();
    if (this.#video.currentTime !== this.#place && this.#video.readyState >= 2) {
      this.#place = this.#video.currentTime;
      this.#moved = now;
    }
    const ageMs = this.#mark ? age(this.#mark, this.#video.currentTime, now) : this.status.ageMs === null ? null : this.status.ageMs + 250;
    const still = now - this.#moved > FROZEN_AFTER_MS;
    let { state } = this.status;
    if (state === 'connecting' || state === 'live' || state === 'frozen' || state === 'lost') {
      if (!still && this.#mark) state = 'live';
      else if (still && state === 'live') state = 'frozen';
    }
    this.#say({ state, ageMs, boxes: state === 'live' ? this.#boxesNow() : [] });
  }

  /** The boxes that belong to the picture on the screen, not to the newest one. */
  #boxesNow(): LiveBox[] {
    const shown = this.#mark ? this.#mark.captured + (this.#video.currentTime - this.#mark.edge) * 1000 : Infinity;
    return boxesAt(this.#pending, shown);
  }
}
