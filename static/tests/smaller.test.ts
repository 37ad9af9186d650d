import { describe, expect, it } from "vitest";
import { aimFor, decide, refusal, soundFirst } from "../src/smaller/decide";
import type { Film, Made } from "../src/smaller/film";

const MBIT = 1_000_000;
const LESSON: Film = {
  duration: 45 * 60,
  picture: { width: 1920, height: 1080, bitsPerSecond: 17 * MBIT, decodes: true },
  sound: { codec: "aac", bitsPerSecond: 128_000, copies: true, encodes: false },
  writes: "avc",
};
const SIZE = (45 * 60 * 17.128 * MBIT) / 8;
const film = (change: Partial<Film>): Film => ({ ...LESSON, ...change });
const picture = (change: Partial<NonNullable<Film["picture"]>>): Film => film({ picture: { ...LESSON.picture!, ...change } });
const sound = (change: Partial<NonNullable<Film["sound"]>>): Film => film({ sound: { ...LESSON.sound!, ...change } });
const mbit = (n: number): number => (n * MBIT) / 8;

describe("what a smaller copy should be", () => {
  it.each([
    ["a lesson filmed by a phone", LESSON, mbit(2), { width: 1280, height: 720, bitsPerSecond: 1_500_000 }],
    ["the same on a link on which that takes hours", LESSON, mbit(0.5), { width: 854, height: 480, bitsPerSecond: 700_000 }],
    ["nothing measured yet", LESSON, null, { width: 1280, height: 720, bitsPerSecond: 1_500_000 }],
    ["filmed upright", picture({ width: 1080, height: 1920 }), mbit(2), { width: 720, height: 1280, bitsPerSecond: 1_500_000 }],
    ["smaller than that already", picture({ width: 640, height: 360 }), mbit(2), { width: 640, height: 360, bitsPerSecond: 1_500_000 }],
    ["of fewer bits than that", picture({ bitsPerSecond: 900_000 }), mbit(2), { width: 1280, height: 720, bitsPerSecond: 900_000 }],
    ["of odd sides", picture({ width: 853, height: 479 }), mbit(2), { width: 854, height: 480, bitsPerSecond: 1_500_000 }],
  ])("%s", (_, of, rate, aim) => {
    expect(aimFor(of, rate)).toEqual({ writes: "avc", ...aim });
  });

  it.each([
    ["a picture that this browser cannot read", picture({ decodes: false })],
    ["a browser that cannot write pictures", film({ writes: null })],
    ["sound that can be neither copied nor written anew", sound({ codec: "ac3", copies: false })],
    ["sound alone", film({ picture: null })],
    ["a length that is not known", film({ duration: 0 })],
  ])("nothing for %s", (_, of) => {
    expect(aimFor(of, mbit(2))).toBeNull();
  });
});

describe("whether it pays", () => {
  const given = { film: LESSON, size: SIZE, rate: mbit(2), speed: 1.2, room: 1e10, crashed: false };
  it.each([
    ["a rural line and a device of its time", given, true],
    ["a device slower than the lesson", { ...given, speed: 0.6 }, false],
    ["a fast line: the original is there before the copy is made", { ...given, rate: mbit(50) }, false],
    ["a fast line and a fast device", { ...given, rate: mbit(20), speed: 8 }, true],
    ["the last try took the page with it", { ...given, crashed: true }, false],
    ["before the trial", { ...given, speed: null }, true],
  ])("%s", (_, asked, recommended) => {
    expect(decide(asked)?.recommended).toBe(recommended);
  });

  it.each([
    ["no room on the device", { ...given, room: 100e6 }],
    ["little to gain", { ...given, film: picture({ bitsPerSecond: 1.6 * MBIT }), size: (45 * 60 * 1.728 * MBIT) / 8 }],
    ["a few seconds to wait", { ...given, rate: mbit(1000) }],
    ["a format that cannot be read", { ...given, film: picture({ decodes: false }) }],
  ])("is not even offered: %s", (_, asked) => {
    expect(decide(asked)).toBeNull();
  });

  it("counts the work and the way", () => {
    const found = decide(given)!;
    expect(found.original).toEqual({ bytes: SIZE, seconds: SIZE / mbit(2) });
    expect(found.small.bytes).toBe(Math.round((1_628_000 * 2700) / 8));
    expect(found.making).toBe(2250);
    expect(found.small.seconds).toBeCloseTo(2250 + found.small.bytes / mbit(2));
  });
});

describe("sound first", () => {
  const goes = { bytes: SIZE, seconds: SIZE / mbit(2) };
  it.each([
    ["hours of picture", LESSON, goes, true],
    ["a smaller copy that still takes half an hour", LESSON, { bytes: 549e6, seconds: 36 * 60 }, true],
    ["five minutes of picture", LESSON, { bytes: 75e6, seconds: 300 }, undefined],
    ["sound that is much of it", sound({ bitsPerSecond: 512_000 }), { bytes: 700e6, seconds: 2800 }, false],
    ["a minute", LESSON, { bytes: 15e6, seconds: 60 }, undefined],
    ["no sound", film({ sound: null }), goes, undefined],
    ["sound that cannot be lifted out", sound({ copies: false }), goes, undefined],
    ["nothing but sound", film({ picture: null }), goes, undefined],
  ])("%s", (_, of, way, recommended) => {
    expect(soundFirst(of, way, mbit(2))?.recommended).toBe(recommended);
  });

  it("says when the coach can listen", () => {
    expect(soundFirst(LESSON, goes, mbit(2))).toEqual({ bytes: 43_200_000, seconds: 172.8, recommended: true });
  });
});

describe("what was made is sent only if it is what was asked for", () => {
  const aim = aimFor(LESSON, mbit(2))!;
  const made: Made = { duration: 2700.1, width: 1280, height: 720, sound: true, offBy: 0.0004 };
  it.each([
    ["all as asked", LESSON, made, null],
    ["without a picture", LESSON, { ...made, width: null, height: null }, "not_as_asked"],
    ["of another size", LESSON, { ...made, height: 718 }, "not_as_asked"],
    ["a quarter of a second short", LESSON, { ...made, duration: 2699.75 }, "not_as_asked"],
    ["without its sound", LESSON, { ...made, sound: false }, "sound_lost"],
    ["silent as the original", film({ sound: null }), { ...made, sound: false }, null],
    ["two milliseconds late", LESSON, { ...made, offBy: 0.002 }, "not_as_asked"],
  ])("%s", (_, of, found, why) => {
    expect(refusal(of, aim, found)).toBe(why);
  });
});
