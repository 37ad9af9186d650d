import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type HlsPlayer from "hls.js";
import type { Play } from "../api/shapes";
import { Backoff } from "../live/backoff";
import { markedMs } from "./timeline";

/** What plays: the copies that the server has made, or the file on this device. */
export type Copy = Play | File;

/** Often enough for a playhead that glides, seldom enough for a cheap phone. */
const BETWEEN_LOOKS_MS = 90;

const HEAVY_BYTES = 500 * 2 ** 20;

/** Safari may read the whole of a large file into memory; there somebody asks for it first. */
export function heavy(file: File): boolean {
  const { userAgent } = navigator;
  return file.size > HEAVY_BYTES && /Safari/.test(userAgent) && !/Chrom|Android|Firefox|FxiOS/.test(userAgent);
}

/** The video element and what feeds it. Times are milliseconds of the lesson; 0 is its first moment. */
export class Playback {
  readonly at: Signal<number>;
  /** The same in whole seconds, for whatever need not be drawn ten times a second. */
  readonly second: ReadonlySignal<number>;
  readonly playing = signal(false);
  readonly muted = signal(false);
  readonly speed = signal(1);
  /** How far the copy that is playing reaches; a growing one ends before the lesson does. */
  readonly readyTo = signal(Infinity);
  readonly noPicture = signal(false);
  /** The file on this device plays, but no picture comes: its format has no decoder here, which is no error to a browser. */
  readonly unseen = signal(false);
  /** The file on this device does not play at all. The clock then stands where the person sets it. */
  readonly blind = signal(false);
  /** How long the copy that plays says it is; null while it has not said. */
  readonly lastsMs = signal<number | null>(null);
  /** No frame of this moment yet: the first one, or one the link has not brought. */
  readonly coming = signal(true);
  /** Nothing of the lesson has been shown yet; there may be a poster, which is another moment. */
  readonly bare = signal(true);

  private video: HTMLVideoElement | null = null;
  private hls: HlsPlayer | null = null;
  private copy: Copy | null = null;
  private address = "";
  private loads = 0;
  private frame: number | null = null;
  private ticking = 0;
  private readonly backoff = new Backoff(1_000, 15_000);

  /** `from`: the moment it begins at. */
  constructor(from = 0) {
    this.at = signal(from);
    this.second = computed(() => Math.floor(this.at.value / 1000) * 1000);
  }

  /** Takes charge of the element until the returned function is called. */
  mount(video: HTMLVideoElement): () => void {
    this.video = video;
    const listeners: [string, () => void][] = [
      ["play", () => this.tick()],
      ["pause", () => this.look()],
      ["timeupdate", () => this.look()],
      ["seeking", () => this.look()],
      ["progress", () => this.look()],
      ["durationchange", () => this.look()],
      ["volumechange", () => (this.muted.value = video.muted)],
      ["ratechange", () => (this.speed.value = video.playbackRate)],
      ["loadeddata", () => this.loaded()],
      ["waiting", () => this.awaits()],
      ["seeking", () => this.awaits()],
      ["canplay", () => this.awaits()],
      ["seeked", () => this.awaits()],
      ["playing", () => this.awaits()],
    ];
    for (const [name, listener] of listeners) video.addEventListener(name, listener);
    this.watchFrames(video);
    if (this.copy) void this.load(this.copy);
    return () => {
      for (const [name, listener] of listeners) video.removeEventListener(name, listener);
      cancelAnimationFrame(this.ticking);
      this.loads++;
      this.let();
      this.video = null;
    };
  }

  /** Plays another copy from the same moment: the first one, a new attempt, or the finished lesson after a growing one. */
  async load(copy: Copy): Promise<void> {
    this.copy = copy;
    const video = this.video;
    if (!video) return;
    const mine = ++this.loads;
    const from = this.at.value / 1000;
    const goOn = this.playing.value;
    this.noPicture.value = this.unseen.value = this.blind.value = false;
    this.lastsMs.value = null;
    if (copy instanceof File) {
      this.own(copy, video, from);
      if (goOn) this.start();
      return;
    }
    const { default: Hls } = await import("hls.js/light");
    if (mine !== this.loads) return;
    this.let();
    if (Hls.isSupported()) this.feed(Hls, copy, video, from);
    else this.plain(video.canPlayType("application/vnd.apple.mpegurl") ? copy.playlist : copy.progressive, video, from);
    if (goOn) this.start();
  }

  toggle(): void {
    if (this.playing.value) this.pause();
    else this.start();
  }

  start(): void {
    this.video?.play().catch(() => this.look());
  }

  pause(): void {
    this.video?.pause();
    this.look();
  }

  /**
   * Shows the frame of a moment. No half frame is added: a moment is written down by `moment()`, which never lies before
   * the frame it was taken from, so `ms / 1000` is inside that frame.
   */
  seek(ms: number): void {
    const video = this.video;
    if (!video) return;
    const to = Math.max(0, Math.min(ms, this.end));
    this.at.value = to;
    if (!this.blind.value) video.currentTime = to / 1000;
  }

  step(ms: number): void {
    this.seek(this.at.value + ms);
  }

  /** The moment to pin an annotation to: of the frame on screen. */
  moment(): number {
    const video = this.video;
    if (this.blind.value) return Math.round(this.at.value);
    return video ? Math.min(markedMs(video.currentTime, this.frame), this.end) : 0;
  }

  setSpeed(speed: number): void {
    if (this.video) this.video.playbackRate = speed;
  }

  toggleSound(): void {
    if (this.video) this.video.muted = !this.video.muted;
  }

  fullScreen(): void {
    void this.video?.requestFullscreen?.().catch(() => undefined);
  }

  /** After trouble: the same copy once more. */
  again(): void {
    if (this.copy) void this.load(this.copy);
  }

  private get end(): number {
    if (this.blind.value) return Infinity;
    const lasts = this.copy && "duration_ms" in this.copy ? this.copy.duration_ms : this.lastsMs.value;
    return Math.min(lasts ?? Infinity, this.readyTo.value);
  }

  /** `canPlayType` denies formats that play, so the file is tried and what comes of it is looked at. */
  private own(file: File, video: HTMLVideoElement, from: number): void {
    this.let();
    this.frame = null;
    this.address = URL.createObjectURL(file);
    video.src = this.address;
    video.onloadedmetadata = () => {
      video.currentTime = from;
      this.unseen.value = video.videoWidth === 0 && !file.type.startsWith("audio/");
    };
    video.onerror = () => {
      this.blind.value = true;
      this.coming.value = false;
    };
  }

  private feed(Hls: typeof HlsPlayer, play: Play, video: HTMLVideoElement, from: number): void {
    const hls = new Hls({
      startPosition: from,
      // Fragments are MP4 already, so there is little to do off the main thread; and no blob: worker for the policy to allow.
      enableWorker: false,
      capLevelToPlayerSize: true,
      maxBufferLength: 30,
      backBufferLength: 90,
    });
    this.hls = hls;
    let mended = false;
    hls.on(Hls.Events.FRAG_BUFFERED, () => this.backoff.reset());
    hls.on(Hls.Events.ERROR, (_, { fatal, type, details }) => {
      if (!fatal || this.hls !== hls) return;
      if (type === Hls.ErrorTypes.NETWORK_ERROR) {
        const whole = details === Hls.ErrorDetails.MANIFEST_LOAD_ERROR || details === Hls.ErrorDetails.MANIFEST_LOAD_TIMEOUT;
        setTimeout(() => {
          if (this.hls !== hls) return;
          if (whole) hls.loadSource(play.playlist);
          else hls.startLoad();
        }, this.backoff.next());
      } else if (type === Hls.ErrorTypes.MEDIA_ERROR && !mended) {
        mended = true;
        hls.recoverMediaError();
      } else {
        this.plain(play.progressive, video, this.at.value / 1000);
      }
    });
    hls.loadSource(play.playlist);
    hls.attachMedia(video);
  }

  private plain(source: string | null, video: HTMLVideoElement, from: number): void {
    this.let();
    if (!source) {
      this.noPicture.value = true;
      return;
    }
    video.src = source;
    video.onloadedmetadata = () => (video.currentTime = from);
    video.onerror = () => (this.noPicture.value = true);
  }

  private let(): void {
    this.hls?.destroy();
    this.hls = null;
    const video = this.video;
    if (!video) return;
    video.onerror = null;
    video.onloadedmetadata = null;
    if (video.hasAttribute("src")) {
      video.removeAttribute("src");
      video.load();
    }
    // Not before the element has let go of it: it may still seek in the file.
    if (this.address) URL.revokeObjectURL(this.address);
    this.address = "";
  }

  private loaded(): void {
    this.noPicture.value = false;
    this.bare.value = false;
    this.awaits();
    // The poster is another moment of the lesson; from here on the picture is the one that the clock says.
    this.video?.removeAttribute("poster");
  }

  private awaits(): void {
    this.coming.value = (this.video?.readyState ?? 0) < HTMLMediaElement.HAVE_CURRENT_DATA || this.video!.seeking;
    if (this.playing.value && this.video && this.video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA) this.coming.value = true;
  }

  private tick(looked = 0): void {
    cancelAnimationFrame(this.ticking);
    const now = performance.now();
    const due = now - looked >= BETWEEN_LOOKS_MS;
    if (due) this.look();
    if (this.playing.value) this.ticking = requestAnimationFrame(() => this.tick(due ? now : looked));
  }

  private look(): void {
    const video = this.video;
    if (!video) return;
    this.playing.value = !video.paused && !video.ended;
    // Without data the element says 0, which is not where the person is.
    if (video.readyState > 0) this.at.value = video.currentTime * 1000;
    if (Number.isFinite(video.duration)) this.lastsMs.value = video.duration * 1000;
    const { seekable } = video;
    if (seekable.length > 0) this.readyTo.value = seekable.end(seekable.length - 1) * 1000;
  }

  private watchFrames(video: HTMLVideoElement): void {
    if (!("requestVideoFrameCallback" in video)) return;
    const seen = (_: number, { mediaTime }: { mediaTime: number }): void => {
      this.frame = mediaTime;
      if (this.video === video) video.requestVideoFrameCallback(seen);
    };
    video.requestVideoFrameCallback(seen);
  }
}
