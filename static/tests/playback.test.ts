import { beforeEach, expect, test, vi } from "vitest";
import { reachMs } from "../src/review/extent";
import { Playback } from "../src/review/playback";
import { soundOf } from "../src/review/source";

vi.hoisted(() => {
  vi.stubGlobal("navigator", { userAgent: "" });
  vi.stubGlobal("HTMLMediaElement", { HAVE_CURRENT_DATA: 2, HAVE_FUTURE_DATA: 3 });
  for (const name of ["addEventListener", "removeEventListener", "cancelAnimationFrame", "requestAnimationFrame"]) vi.stubGlobal(name, vi.fn());
});

const ranges = (...ends: number[]): TimeRanges => ({ length: ends.length, start: () => 0, end: (n: number) => ends[n]! });

/** As much of the element as is asked for; without hls.js, which finds no MediaSource here. */
class Element extends EventTarget {
  src = "";
  currentTime = 0;
  duration = NaN;
  readyState = 0;
  videoWidth = 426;
  paused = true;
  ended = false;
  seeking = false;
  seekable = ranges();
  buffered = ranges();
  canPlayType = (): string => "";
  hasAttribute = (): boolean => this.src !== "";
  removeAttribute(): void {
    this.src = "";
  }
  load(): void {
    this.paused = true;
    this.readyState = 0;
    this.currentTime = 0;
  }
  async play(): Promise<void> {
    this.paused = false;
    this.dispatchEvent(new Event("play"));
  }
  pause(): void {
    this.paused = true;
  }
  /** The browser says how long it lasts, and only then that it may be gone to a moment of it. */
  comes(duration: number): void {
    this.duration = duration;
    this.readyState = 1;
    this.dispatchEvent(new Event("durationchange"));
    (this as unknown as HTMLVideoElement).onloadedmetadata?.(new Event("loadedmetadata"));
    this.dispatchEvent(new Event("loadedmetadata"));
  }
}

const COPY = { attempt: 1, duration_ms: 90_000, playlist: "/api/lessons/l/playlists/1", progressive: "/film.mp4" } as never;
let video: Element;
let fetched: ReturnType<typeof vi.fn>;

beforeEach(() => {
  video = new Element();
  fetched = vi.fn(async () => new Response("{}", { status: 503 }));
  vi.stubGlobal("fetch", fetched);
});

function mounted(from: number): Playback {
  const playback = new Playback(from);
  playback.mount(video as unknown as HTMLVideoElement);
  return playback;
}

for (const [what, copy] of [["the server's copy", COPY], ["the file on this device", new File(["film"], "film.mp4")]] as const) {
  test(`a moment asked for while ${what} loads is where it begins`, async () => {
    const playback = mounted(12_000);
    await playback.load(copy);
    expect(video.src).not.toBe("");
    playback.seek(30_000);
    expect(playback.moment()).toBe(30_000);
    video.comes(90);
    expect(video.currentTime).toBe(30);
    expect(playback.at.value).toBe(30_000);
  });
}

test("another copy begins where the one before was", async () => {
  const playback = mounted(0);
  await playback.load(COPY);
  video.comes(90);
  video.currentTime = 41;
  video.dispatchEvent(new Event("timeupdate"));
  await playback.load(COPY);
  video.dispatchEvent(new Event("timeupdate"));
  expect(playback.at.value).toBe(41_000);
  video.comes(90);
  expect(video.currentTime).toBe(41);
});

test("sound alone that cannot be asked for is waited for, and stays what was chosen", async () => {
  const playback = mounted(0);
  await playback.load(COPY);
  video.comes(90);
  playback.start();
  playback.setSoundOnly(true);
  await vi.waitFor(() => expect(playback.trouble.value).toBe("away"));
  expect(playback.soundOnly.value).toBe(true);
  expect(playback.noSound.value).toBe(false);
  fetched.mockImplementation(async () => new Response("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n/sound.m3u8\n"));
  await vi.waitFor(() => expect(video.src).toBe("/sound.m3u8"), 3_000);
  expect(video.paused).toBe(false);
  expect(playback.soundOnly.value).toBe(true);
});

test("a film without sound plays with its picture", async () => {
  fetched.mockImplementation(async () => new Response("#EXTM3U\n"));
  const playback = mounted(0);
  playback.soundOnly.value = true;
  await playback.load(COPY);
  expect(playback.soundOnly.value).toBe(false);
  expect(playback.noSound.value).toBe(true);
  expect(video.src).toBe("/film.mp4");
});

test("the page of a Wi-Fi is no list of renditions, and no answer is no answer", async () => {
  fetched.mockImplementation(async () => new Response("<!doctype html><p>Welcome to the Wi-Fi"));
  await expect(soundOf({ playlist: "/list" })).rejects.toMatchObject({ slug: "not_farfield" });
  fetched.mockRejectedValue(new TypeError());
  await expect(soundOf({ playlist: "/list" })).rejects.toMatchObject({ status: 0 });
});

test("a growing copy reaches as far as it says, or as it has come", () => {
  expect(reachMs(ranges(10, 30), ranges(12))).toBe(30_000);
  expect(reachMs(ranges(Infinity), ranges(12))).toBe(12_000);
  expect(reachMs(ranges(), ranges(12))).toBe(12_000);
  expect(reachMs(ranges(), ranges())).toBe(Infinity);
  expect(reachMs(ranges(), null)).toBe(Infinity);
});
