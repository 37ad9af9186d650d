import { expect, test } from "vitest";
import { ceiling, saverAtFirst } from "../src/review/rungs";
import { passing, soundIn, troubleOf } from "../src/review/source";
import { tileAt, tilesIn } from "../src/review/storyboard";
import { columns, share, talk } from "../src/review/talk";

/** Peaks of a tenth of a second each: so many of that loudness. */
const loud = (...parts: [count: number, loudness: number][]): Uint8Array =>
  Uint8Array.from(parts.flatMap(([count, loudness]) => Array<number>(count).fill(loudness)));

test("speech stands out of the room's noise, at its times", () => {
  expect(talk(loud([50, 10], [30, 120], [50, 12]), 100)).toEqual([{ start_ms: 5000, end_ms: 8000 }]);
});

test("a breath between words ends nothing, a second does", () => {
  expect(talk(loud([20, 10], [10, 120], [4, 10], [10, 120], [10, 10], [10, 120], [20, 10]), 100)).toEqual([
    { start_ms: 2000, end_ms: 4400 }, { start_ms: 5400, end_ms: 6400 },
  ]);
});

test("a clap is no speech, and does not make speech seem quiet", () => {
  expect(talk(loud([40, 10], [2, 255], [40, 10], [30, 80], [40, 10]), 100)).toEqual([{ start_ms: 8200, end_ms: 11200 }]);
});

test("what began goes on a little below where it began", () => {
  expect(talk(loud([40, 10], [10, 110], [10, 32], [40, 10]), 100)).toEqual([{ start_ms: 4000, end_ms: 6000 }]);
  expect(talk(loud([40, 10], [10, 32], [10, 110], [40, 10]), 100)).toEqual([{ start_ms: 5000, end_ms: 6000 }]);
});

test("in silence nobody speaks, and whoever never pauses speaks all the time", () => {
  expect(talk(loud([100, 0]), 100)).toEqual([]);
  expect(talk(loud([100, 3]), 100)).toEqual([]);
  expect(talk(new Uint8Array(), 100)).toEqual([]);
  expect(talk(loud([100, 120]), 100)).toEqual([{ start_ms: 0, end_ms: 10_000 }]);
});

test("the share is of the whole lesson", () => {
  expect(share([{ start_ms: 0, end_ms: 500 }, { start_ms: 1000, end_ms: 1740 }], 2000)).toBe(62);
  expect(share([], 0)).toBe(0);
});

test("columns keep the loudest of each part, and are never more than there are peaks", () => {
  expect(columns(Uint8Array.of(1, 9, 3, 4), 2)).toEqual([9, 4]);
  expect(columns(Uint8Array.of(1, 9), 5)).toEqual([1, 9]);
  expect(columns(new Uint8Array(), 5)).toEqual([]);
});

test("the data saver stops at 360, and takes the smallest where there is nothing so small", () => {
  expect(ceiling([240, 360, 480, 720], true)).toBe(1);
  expect(ceiling([480, 720], true)).toBe(0);
  expect(ceiling([240, 360, 480, 720], false)).toBe(-1);
});

test("the device's own wish counts until somebody chooses", () => {
  expect(saverAtFirst(null, { saveData: true })).toBe(true);
  expect(saverAtFirst(null, undefined)).toBe(false);
  expect(saverAtFirst("off", { saveData: true })).toBe(false);
  expect(saverAtFirst("on", {})).toBe(true);
});

test("the sound alone is the rendition without a size", () => {
  const list = '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=9,CODECS="avc1",RESOLUTION=426x240\n/a/1-240p.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS="mp4a"\n/a/1-audio.m3u8\n';
  expect(soundIn(list)).toBe("/a/1-audio.m3u8");
  expect(soundIn(list.split("\n").slice(0, 3).join("\n"))).toBeNull();
});

test("what passes is waited out, the rest is said", () => {
  expect([undefined, 0, 503, 401, 403, 404].map(troubleOf)).toEqual(["offline", "offline", "away", "expired", "denied", "denied"]);
  expect((["offline", "away", "expired", "denied"] as const).map(passing)).toEqual([true, true, false, false]);
});

const BOARD = `WEBVTT

00:00:00.000 --> 00:00:05.000
/media/lessons/L/1-storyboard-0.jpg#xywh=0,0,160,90

00:00:05.000 --> 00:00:08.500
/media/lessons/L/1-storyboard-0.jpg#xywh=160,0,160,90
`;

test("a moment has the tile of its five seconds; after the last there is the last", () => {
  const tiles = tilesIn(BOARD);
  expect([0, 4999, 5000, 9000].map((ms) => tileAt(tiles, ms)?.x)).toEqual([0, 0, 160, 160]);
  expect(tiles[1]).toEqual({ start: 5000, end: 8500, sheet: "/media/lessons/L/1-storyboard-0.jpg", x: 160, y: 0, width: 160, height: 90 });
  expect(tileAt([], 0)).toBeNull();
  expect(tilesIn("<!doctype html><p>Welcome to the Wi-Fi")).toEqual([]);
});
