import { describe, expect, it } from "vitest";
import { answer, busy, type Flying, type Link, secondsOfBlock, silence, untilNext } from "../src/upload/lane";
import { nextAt, titleFrom } from "../src/upload/picking";
import { shareOf } from "../src/upload/manner";
import { type InLine, itsTurn } from "../src/upload/turn";

const LINK: Link = { rate: 250_000, latency: 600, lastStored: 10_000, strict: false };
const flying = (more: Partial<Flying> = {}): Flying => ({ begun: 10_000, bytes: 1_250_000, over: true, ...more });

describe("when the next block may start", () => {
  it.each([
    ["at once when nothing is under way", [], {}, 10_000, 0],
    ["at once after a cut, when nothing is under way", [], { strict: true }, 10_000, 0],
    ["not beside another for a while after a cut", [flying()], { strict: true }, 60_000, Infinity],
    ["not before the one before it was handed over", [flying({ over: false })], {}, 60_000, Infinity],
    ["not before the rate is known", [flying()], { rate: null }, 60_000, Infinity],
    ["never as a third", [flying(), flying()], {}, 60_000, Infinity],
    ["not long before the one before it is through, though a buffer took all of that", [flying()], {}, 10_000, 2_600],
    ["when the one before it is nearly through", [flying()], {}, 13_900, 0],
    ["counted from when the line was free", [flying({ begun: 8_600 })], {}, 10_000, 2_000],
    ["later on a slow link, where words would wait behind it", [flying({ bytes: 250_000 })], { rate: 62_500 }, 10_000, 3_100],
  ] as [string, Flying[], Partial<Link>, number, number][])("%s", (_, under, link, now, ms) => {
    expect(untilNext(now, under, { ...LINK, ...link })).toBeCloseTo(ms, 6);
  });
});

describe("how long the line carried a block", () => {
  it("leaves out the way there and back, and the time behind another", () => {
    expect(busy(20_000, 14_400, LINK)).toBe(5_000);
    expect(busy(15_000, 9_000, LINK)).toBe(5_000);
  });

  it("is never nothing, though the answer came sooner than any before", () => {
    expect(busy(20_300, 20_000, LINK)).toBe(100);
    expect(busy(10_030, 9_900, LINK)).toBe(10);
  });
});

describe("how long a block is", () => {
  it.each([[false, null, 5], [false, 250_000, 5], [false, 62_500, 4], [true, 62_500, 6], [true, 250_000, 6]] as const)("after a cut: %s, at %s", (strict, rate, seconds) => {
    expect(secondsOfBlock(strict, rate)).toBe(seconds);
  });
});

describe("silence", () => {
  it("is no sign of death before 45 s, nor while a slow link empties a buffer", () => {
    expect(silence(null)).toBe(45_000);
    expect(silence(1_000_000)).toBe(45_000);
    expect(silence(10_000)).toBeGreaterThan(150_000);
    expect(answer(1_000_000, 8 * 2 ** 20)).toBe(120_000);
    expect(answer(62_500, 3_750_000)).toBe(180_000);
  });
});

describe("whose turn it is", () => {
  const one = (more: Partial<InLine> = {}): InLine => ({ role: "original", ended: false, held: null, ...more });
  it.each([
    ["the first", [one(), one()], 0, true],
    ["the second, while the first goes", [one(), one()], 1, false],
    ["the second, when the first has ended", [one({ ended: true }), one()], 1, true],
    ["the second, when the first is paused", [one({ held: "paused" }), one()], 1, true],
    ["the second, when the first only waits for its turn", [one({ held: "turn" }), one()], 1, false],
    ["sound, before a picture that came first", [one(), one({ role: "sound" })], 1, true],
    ["a picture, while its sound goes", [one(), one({ role: "sound" })], 0, false],
    ["a picture, while all that was filmed so far is here", [one({ role: "recording", held: "growing" }), one()], 1, true],
    ["a file beside a plan, always", [one(), one({ role: "resource" })], 1, true],
    ["a picture, beside a file beside a plan", [one({ role: "resource" }), one()], 1, true],
  ] as [string, InLine[], number, boolean][])("%s", (_, all, n, yes) => expect(itsTurn(all[n]!, all)).toBe(yes));
});

describe("what was chosen", () => {
  it("spaces blocks as the cap says", () => {
    expect(shareOf("all", 1_000_000, 4_000)).toBe(0);
    expect(shareOf("half", 1_000_000, 4_000)).toBe(8_000);
    expect(shareOf("gentle", 250_000, 100)).toBe(4_000);
  });

  it("finds the next time it is so late", () => {
    const now = new Date(2026, 10, 28, 21, 30);
    expect(new Date(nextAt(22, now))).toEqual(new Date(2026, 10, 28, 22));
    expect(new Date(nextAt(20, now))).toEqual(new Date(2026, 10, 29, 20));
    expect(new Date(nextAt(0, now))).toEqual(new Date(2026, 10, 29, 0));
  });

  it.each([["fractions_5b-2.MOV", "fractions 5b 2"], ["Lesson 3.mp4", "Lesson 3"], ["v1.2 final.mp4", "v1.2 final"], [".mp4", ""]])("makes a title of %s", (name, title) => {
    expect(titleFrom(name)).toBe(title);
  });
});
