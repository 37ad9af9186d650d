import type HlsPlayer from "hls.js";
import type { ErrorData, Level } from "hls.js";
import { ceiling, type Rung } from "./rungs";

/** A line nobody has measured counts as one that just carries the smallest picture, so nothing larger is asked for at first. */
const UNMEASURED_BITS = 200_000;
let measuredBits = 0;

/** How a lesson plays just now. */
export interface Facts {
  width: number;
  height: number;
  /** Bits a second: of what plays, and of the line as measured; 0: not known. */
  bits: number;
  line: number;
  bufferedS: number;
  dropped: number;
  /** Of this lesson since the page was opened. */
  bytes: number;
}

export interface Wish {
  saver: boolean;
  /** The short side asked for; null: whatever the line carries. */
  side: number | null;
}

interface Hears {
  /** What can be chosen, once it is known. */
  rungs(rungs: Rung[]): void;
  arrived(bytes: number): void;
  /** The status of a request that failed for good; undefined: no answer. */
  failed(status: number | undefined): void;
  unplayable(): void;
}

/** Seconds that are there already from where the element is. */
function bufferedS({ buffered, currentTime }: Pick<HTMLVideoElement, "buffered" | "currentTime">): number {
  for (let n = 0; n < buffered.length; n++) {
    if (buffered.start(n) <= currentTime + 0.1 && buffered.end(n) > currentTime) return buffered.end(n) - currentTime;
  }
  return 0;
}

/** What the element itself knows of that. */
export function shownBy(video: HTMLVideoElement | null): Pick<Facts, "width" | "height" | "bufferedS" | "dropped"> {
  if (!video) return { width: 0, height: 0, bufferedS: 0, dropped: 0 };
  const dropped = video.getVideoPlaybackQuality?.().droppedVideoFrames ?? 0;
  return { width: video.videoWidth, height: video.videoHeight, bufferedS: bufferedS(video), dropped };
}

const sideOf = ({ width, height }: Pick<Level, "width" | "height">): number => Math.min(width, height);

/** hls.js and one element. It ends with `end`; after `failed` it asks for nothing until `goOn`. */
export class Feed {
  private readonly hls: HlsPlayer;
  private mended = false;
  private listed = false;

  constructor(
    private readonly Hls: typeof HlsPlayer,
    private readonly list: string,
    video: HTMLVideoElement,
    /** Where it begins by itself, in seconds. */
    public from: number,
    private wish: Wish,
    private readonly hears: Hears,
  ) {
    // One more try at once; after that `failed` says what to do, in one place.
    const tries = { maxNumRetry: 1, retryDelayMs: 500, maxRetryDelayMs: 500 };
    const policy = { default: { maxTimeToFirstByteMs: 15_000, maxLoadTimeMs: 120_000, timeoutRetry: tries, errorRetry: tries } };
    const hls = (this.hls = new Hls({
      startPosition: from,
      startLevel: 0,
      testBandwidth: false,
      abrEwmaDefaultEstimate: measuredBits || UNMEASURED_BITS,
      // Fragments are MP4 already, so there is little to do off the main thread; and no blob: worker for the policy to allow.
      enableWorker: false,
      capLevelToPlayerSize: !wish.saver,
      maxBufferLength: 30,
      // A small picture would be fetched ten minutes ahead otherwise, watched or not.
      maxMaxBufferLength: 60,
      backBufferLength: 90,
      manifestLoadPolicy: policy,
      playlistLoadPolicy: policy,
      fragLoadPolicy: policy,
    }));
    hls.on(Hls.Events.MANIFEST_PARSED, (_, { levels }) => {
      this.listed = true;
      this.hears.rungs(levels.filter(({ width }) => width > 0).map((level) => ({ side: sideOf(level), bits: level.bitrate })));
      this.apply();
    });
    hls.on(Hls.Events.FRAG_LOADED, (_, { frag }) => {
      if (hls.bandwidthEstimate > 0) measuredBits = hls.bandwidthEstimate;
      this.hears.arrived(frag.stats.loaded);
    });
    hls.on(Hls.Events.ERROR, (_, data) => this.trouble(data));
    hls.loadSource(list);
    hls.attachMedia(video);
  }

  want(wish: Wish): void {
    this.wish = wish;
    if (this.listed) this.apply();
  }

  /** After `failed`: from this moment on, in seconds. */
  goOn(at: number): void {
    this.hls.config.startPosition = this.from = at;
    if (this.listed) this.hls.startLoad(at);
    else this.hls.loadSource(this.list);
  }

  end(): void {
    this.hls.destroy();
  }

  facts(): Pick<Facts, "bits" | "line"> {
    return { bits: this.hls.levels[this.hls.currentLevel]?.bitrate ?? 0, line: measuredBits };
  }

  private apply(): void {
    const { hls, wish } = this;
    const sides = hls.levels.map(sideOf);
    const most = ceiling(sides, wish.saver);
    // Off first: as it ends it takes back every limit.
    hls.capLevelToPlayerSize = !wish.saver;
    if (wish.saver) hls.autoLevelCapping = most;
    const asked = wish.side === null ? -1 : sides.findLastIndex((side) => side <= wish.side!);
    const level = asked < 0 ? -1 : most < 0 ? asked : Math.min(asked, most);
    // What lies ahead in a size that is no longer wanted is thrown away only when somebody asked for another.
    if (level !== hls.manualLevel) hls.nextLevel = level;
  }

  private trouble({ type, fatal, response }: ErrorData): void {
    const { Hls, hls } = this;
    const { NETWORK_ERROR, MEDIA_ERROR } = Hls.ErrorTypes;
    const status = response?.code;
    const refused = status !== undefined && status >= 400 && status < 500;
    // Another rendition of the same lesson is refused just as well: nothing more is asked for.
    if (type === NETWORK_ERROR && (fatal || refused)) {
      hls.stopLoad();
      this.hears.failed(status);
    } else if (!fatal) return;
    else if (type === MEDIA_ERROR && !this.mended) {
      this.mended = true;
      hls.recoverMediaError();
    } else this.hears.unplayable();
  }
}
