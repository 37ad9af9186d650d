import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { asProblem, Problem } from "../api/problem";
import type { Cut, Play } from "../api/shapes";
import { Backoff, pause } from "../live/backoff";
import { reachMs } from "./extent";
import { eachFrame } from "./frames";
import { gapAt } from "./gaps";
import { type Facts, Feed, shownBy } from "./hls";
import type { Rung } from "./rungs";
import { onSaver, saver } from "./saving";
import { type Copy, examine, passing, soundOf, type Trouble, troubleOf } from "./source";
import { markedMs } from "./timeline";

/** Often enough for a playhead that glides, seldom enough for a cheap phone. */
const BETWEEN_LOOKS_MS = 90;

const EDGE_MS = 500;

/** The video element and what feeds it. Times are milliseconds of the lesson; 0 is its first moment. */
export class Playback {
  readonly at: Signal<number>;
  /** The same in whole seconds, for whatever need not be drawn ten times a second. */
  readonly second: ReadonlySignal<number>;
  readonly playing = signal(false);
  readonly muted = signal(false);
  readonly speed = signal(1);
  /** How far the copy that is playing reaches; a growing one ends before the lesson does. Infinity: it does not say. */
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

  /** Parts the teacher cut out: playing jumps over them. */
  readonly gaps = signal<readonly Cut[]>([]);
  /** Why nothing more comes; null: all is well. */
  readonly trouble = signal<Trouble | null>(null);
  /** Only the sound is fetched, because somebody asked for that. */
  readonly soundOnly = signal(false);
  /** The film turned out to have no sound that could be had alone. */
  readonly noSound = signal(false);
  /** The pictures that can be asked for, smallest first; empty where this browser chooses. */
  readonly rungs = signal<readonly Rung[]>([]);
  /** The short side asked for; null: whatever the line carries. */
  readonly side = signal<number | null>(null);

  private video: HTMLVideoElement | null = null;
  private feed: Feed | null = null;
  private copy: Copy | null = null;
  private address = "";
  private loads = 0;
  /** The element stands at the moment that was asked for. Until then that moment is only in `at`, and may still change. */
  private placed = false;
  /** It played when what it played was let go, and plays on with what comes. */
  private goesOn = false;
  private frame: number | null = null;
  private ticking = 0;
  private bytes = 0;
  /** Ends with the copy that is loaded, and with it whatever waits for the connection. */
  private leaving = new AbortController();
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
      ["seeking", () => this.goes()],
      ["progress", () => this.look()],
      ["durationchange", () => this.look()],
      ["volumechange", () => (this.muted.value = video.muted)],
      ["ratechange", () => (this.speed.value = video.playbackRate)],
      ["emptied", () => this.emptied()],
      ["loadedmetadata", () => this.place()],
      ["loadeddata", () => this.loaded()],
      ["waiting", () => this.awaits()],
      ["seeking", () => this.awaits()],
      ["canplay", () => this.awaits()],
      ["seeked", () => this.awaits()],
      ["playing", () => this.awaits()],
    ];
    for (const [name, listener] of listeners) video.addEventListener(name, listener);
    const soon = (): void => this.backoff.reset();
    addEventListener("online", soon);
    const blink = eachFrame(video, (s) => (this.frame = s));
    const deaf = onSaver(() => this.wish());
    if (this.copy) void this.load(this.copy);
    return () => {
      for (const [name, listener] of listeners) video.removeEventListener(name, listener);
      removeEventListener("online", soon);
      blink();
      deaf();
      cancelAnimationFrame(this.ticking);
      this.loads++;
      this.leaving.abort();
      this.let();
      this.goesOn = this.playing.value = false;
      this.video = null;
    };
  }

  /** Plays another copy from the same moment: the first one, a new attempt, or the finished lesson after a growing one. */
  async load(copy: Copy): Promise<void> {
    this.copy = copy;
    const video = this.video;
    if (!video) return;
    const mine = ++this.loads;
    this.leaving.abort();
    const { signal } = (this.leaving = new AbortController());
    this.noPicture.value = this.unseen.value = this.blind.value = false;
    this.trouble.value = null;
    this.lastsMs.value = null;
    if (copy instanceof File) {
      this.own(copy, video);
      if (this.goesOn) this.start();
      return;
    }
    const [{ default: Hls }, sound] = await Promise.all([import("hls.js/light"), this.soundOnly.value ? this.sound(copy) : null]);
    if (mine !== this.loads) return;
    this.let();
    if (sound instanceof Problem) return this.failed(copy, sound.status, signal);
    const list = sound ?? copy.playlist;
    if (Hls.isSupported()) {
      this.feed = new Feed(Hls, list, video, this.at.value / 1000, { saver: saver.value, side: this.side.value }, {
        rungs: (rungs) => {
          if (!sound) this.rungs.value = rungs;
        },
        arrived: (bytes) => {
          this.bytes += bytes;
          this.backoff.reset();
          this.trouble.value = null;
        },
        failed: (status) => void this.failed(copy, status, signal),
        unplayable: () => this.plain(sound ? null : copy.progressive, copy, video, signal),
      });
    } else this.plain(sound || video.canPlayType("application/vnd.apple.mpegurl") ? list : copy.progressive, copy, video, signal);
    if (this.goesOn) this.start();
  }

  toggle(): void {
    if (this.playing.value) this.pause();
    else this.start();
  }

  start(): void {
    this.goesOn = false;
    this.video?.play().catch(() => this.look());
  }

  pause(): void {
    this.goesOn = false;
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
    if (this.placed && !this.blind.value) video.currentTime = to / 1000;
  }

  step(ms: number): void {
    this.seek(this.at.value + ms);
  }

  /** The moment to pin an annotation to: of the frame on screen. */
  moment(): number {
    const video = this.video;
    if (this.blind.value || !this.placed) return Math.round(this.at.value);
    return video ? Math.min(markedMs(video.currentTime, this.frame), this.end) : 0;
  }

  setSpeed(speed: number): void {
    if (this.video) this.video.playbackRate = speed;
  }

  toggleSound(): void {
    if (this.video) this.video.muted = !this.video.muted;
  }

  /** Sound alone, or the picture again: from the same moment, playing on if it played. */
  setSoundOnly(on: boolean): void {
    this.soundOnly.value = on;
    this.again();
  }

  setSide(side: number | null): void {
    this.side.value = side;
    this.wish();
  }

  /** How it plays just now. */
  facts(): Facts {
    return { bytes: this.bytes, ...(this.feed?.facts() ?? { bits: 0, line: 0 }), ...shownBy(this.video) };
  }

  /** After trouble: the same copy once more. */
  again(): void {
    if (this.copy) void this.load(this.copy);
  }

  /** It waits where what has been prepared so far ends. */
  get atTheEdge(): boolean {
    const lasts = this.copy && "duration_ms" in this.copy ? this.copy.duration_ms ?? Infinity : 0;
    return this.readyTo.value < lasts - EDGE_MS && this.at.value > this.readyTo.value - EDGE_MS;
  }

  private get end(): number {
    if (this.blind.value) return Infinity;
    const lasts = this.copy && "duration_ms" in this.copy ? this.copy.duration_ms : this.lastsMs.value;
    return Math.min(lasts ?? Infinity, this.readyTo.value);
  }

  /** `canPlayType` denies formats that play, so the file is tried and what comes of it is looked at. */
  private own(file: File, video: HTMLVideoElement): void {
    this.let();
    this.frame = null;
    this.address = URL.createObjectURL(file);
    video.src = this.address;
    video.onloadedmetadata = () => (this.unseen.value = video.videoWidth === 0 && !file.type.startsWith("audio/"));
    video.onerror = () => {
      this.blind.value = true;
      this.coming.value = false;
    };
  }

  private wish(): void {
    this.feed?.want({ saver: saver.value, side: this.side.value });
  }

  /** Only a film that has no sound gives up sound alone; what cannot be asked just now is trouble like any other. */
  private async sound(play: Play): Promise<string | Problem | null> {
    const found = await soundOf(play).catch(asProblem);
    this.noSound.value = found === null;
    if (!found) this.soundOnly.value = false;
    return found;
  }

  /** What failed is looked into once; what passes is waited out, what does not ends the playing. */
  private async failed(play: Play, status: number | undefined, signal: AbortSignal): Promise<void> {
    let why: Trouble | null = troubleOf(status);
    if (!passing(why)) why = await examine(play, signal);
    if (signal.aborted) return;
    this.trouble.value = why;
    if (why && !passing(why)) {
      this.pause();
      this.let();
      return;
    }
    await pause(this.backoff.next(), signal);
    if (signal.aborted) return;
    if (why && this.feed) this.feed.goOn(this.at.value / 1000);
    else this.again();
  }

  private plain(source: string | null, play: Play, video: HTMLVideoElement, signal: AbortSignal): void {
    this.let();
    if (!source) {
      this.noPicture.value = true;
      return;
    }
    video.src = source;
    video.onloadedmetadata = () => {
      this.trouble.value = null;
      this.backoff.reset();
    };
    // The element does not say why: the server is asked.
    video.onerror = async () => {
      const why = await examine(play, signal);
      if (signal.aborted) return;
      if (why === null) this.noPicture.value = true;
      else await this.failed(play, { offline: 0, away: 503, expired: 401, denied: 403 }[why], signal);
    };
  }

  private let(): void {
    this.goesOn ||= this.playing.value;
    this.placed = false;
    this.readyTo.value = Infinity;
    this.feed?.end();
    this.feed = null;
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

  private emptied(): void {
    this.placed = false;
    this.awaits();
  }

  private place(): void {
    const at = this.at.value / 1000;
    // Where hls.js was told to begin it goes by itself, and over what may be missing there: once something is there.
    const goes = at === this.feed?.from;
    this.placed = !goes || at === 0;
    if (this.video && !goes) this.video.currentTime = at;
    if (this.goesOn) this.start();
  }

  private goes(): void {
    const video = this.video!;
    if (!this.placed && video.readyState > 0) {
      this.placed = true;
      const at = this.at.value / 1000;
      if (at !== this.feed?.from) video.currentTime = at; // asked for meanwhile
    }
    this.look();
  }

  private loaded(): void {
    this.noPicture.value = false;
    this.bare.value = false;
    if (!this.placed && this.video) this.video.currentTime = this.at.value / 1000;
    this.placed = true;
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
    if (Number.isFinite(video.duration)) this.lastsMs.value = video.duration * 1000;
    // Without data the element says 0, which is not where the person is.
    if (!this.placed || video.readyState === 0) return;
    this.at.value = video.currentTime * 1000;
    // What is on this device is all here.
    this.readyTo.value = reachMs(video.seekable, this.copy instanceof File ? null : video.buffered);
    if (this.playing.value && !video.seeking) this.jump();
  }

  /** Over what was cut out; where nothing follows, or nothing yet, it stops. */
  private jump(): void {
    const gap = gapAt(this.gaps.value, this.at.value);
    if (!gap) return;
    if (gap.end_ms === null || gap.end_ms > this.end) this.video?.pause();
    else this.seek(gap.end_ms);
  }
}
