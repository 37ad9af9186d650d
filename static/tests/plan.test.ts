import { describe, expect, it } from "vitest";
import type { StoredBlock } from "../src/api/shapes";
import { bytesOf, cover, gaps, LARGEST_BLOCK, nextRange, Pace, SMALLEST_BLOCK, timeLeft } from "../src/upload/plan";

const block = (offset: number, end: number, sha256 = `${offset}-${end}`): StoredBlock => ({ offset, end, sha256 });
const MIB = 1024 * 1024;

describe("cover", () => {
  it("is the blocks themselves when they follow one another", () => {
    expect(cover([block(10, 30), block(0, 10), block(30, 40)], 40)).toEqual([block(0, 10), block(10, 30), block(30, 40)]);
  });

  it("takes whichever blocks without overlap cover most", () => {
    // A late block of an earlier, larger plan landed beside two smaller ones.
    expect(cover([block(0, 10), block(0, 25), block(10, 20), block(20, 30)], 30)).toEqual([block(0, 10), block(10, 20), block(20, 30)]);
    expect(cover([block(0, 5), block(3, 20)], 20)).toEqual([block(3, 20)]);
  });

  it("trusts neither of two blocks that claim the same place with other sums, nor one past the end", () => {
    expect(cover([block(0, 10, "a"), block(0, 10, "b"), block(10, 20), block(20, 99)], 30)).toEqual([block(10, 20)]);
  });

  it("counts a block listed twice once", () => {
    expect(cover([block(0, 10), block(0, 10)], 10)).toEqual([block(0, 10)]);
  });

  it("with what is missing makes up the file, for any blocks", () => {
    let seed = 7;
    const random = (below: number): number => (seed = (seed * 48271) % 2147483647) % below;
    for (let round = 0; round < 200; round++) {
      const size = 1 + random(500);
      const blocks = Array.from({ length: random(20) }, () => {
        const offset = random(size);
        return block(offset, Math.min(size, offset + 1 + random(80)));
      });
      const chosen = cover(blocks, size);
      const all = [...chosen, ...gaps(chosen, size)].sort((a, b) => a.offset - b.offset);
      expect(all[0]?.offset).toBe(0);
      expect(all[all.length - 1]?.end).toBe(size);
      for (let n = 1; n < all.length; n++) expect(all[n]!.offset).toBe(all[n - 1]!.end);
      expect(bytesOf(all)).toBe(size);
    }
  });
});

describe("nextRange", () => {
  it("is the first missing piece, as long as it may be", () => {
    expect(nextRange([{ offset: 5, end: 40 * MIB }], MIB)).toEqual({ offset: 5, end: 5 + MIB });
    expect(nextRange([{ offset: 5, end: 9 }, { offset: 20, end: 90 }], 30, 9)).toEqual({ offset: 20, end: 90 });
    expect(nextRange([{ offset: 0, end: 9 }], 30, 9)).toBeNull();
    expect(nextRange([], 30)).toBeNull();
  });

  it("leaves no sliver behind", () => {
    expect(nextRange([{ offset: 0, end: MIB + 10 }], MIB)).toEqual({ offset: 0, end: MIB + 10 });
  });
});

describe("Pace", () => {
  it("aims at six seconds of the measured rate, between 256 KiB and 8 MiB", () => {
    const slow = new Pace();
    slow.stored(512 * 1024, 20_000);
    expect(slow.blockLength).toBe(SMALLEST_BLOCK);
    const fast = new Pace();
    for (let n = 0; n < 6; n++) fast.stored(fast.blockLength, 10);
    expect(fast.blockLength).toBe(LARGEST_BLOCK);
    const middling = new Pace();
    for (let n = 0; n < 8; n++) middling.stored(middling.blockLength, (middling.blockLength / 250_000) * 1000);
    expect(middling.blockLength / 250_000).toBeCloseTo(6, 1);
  });

  it("grows at most fourfold at once and halves after a loss", () => {
    const pace = new Pace();
    const before = pace.blockLength;
    pace.stored(before, 1);
    expect(pace.blockLength).toBe(before * 4);
    pace.lost();
    expect(pace.blockLength).toBe(before * 2);
  });
});

describe("timeLeft", () => {
  it("is a range, or nothing while nothing is known", () => {
    expect(timeLeft(1e9, null)).toBeNull();
    expect(timeLeft(1e6, 1e6)).toEqual({ low: 1, high: 1, unit: "minutes" });
    expect(timeLeft(1.18e9, 1e6)).toEqual({ low: 15, high: 30, unit: "minutes" });
    expect(timeLeft(6e9, 5e5)).toEqual({ low: 3, high: 5, unit: "hours" });
  });
});
