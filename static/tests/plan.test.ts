import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { StoredBlock } from "../src/api/shapes";
import { bytesOf, cover, gaps, LARGEST_BLOCK, nextRange, Pace, type Range, SMALLEST_BLOCK, timeLeft, without } from "../src/upload/plan";

/** The same vectors go through `farfield upload`, which covers a file by the same rules. How long a block is, each knows best for itself. */
interface Vectors {
  cover: { name: string; size: number; blocks: [number, number, string][]; chosen: [number, number, string][]; gaps: [number, number][] }[];
  next_range: { name: string; missing: [number, number][]; length: number; from: number; range: [number, number] | null }[];
  time_left: { bytes: number; rate: number | null; left: [number, number, string] | null }[];
}

const FILE = join(import.meta.dirname, "../../tests/fixtures/upload/plan.json");
const vectors = JSON.parse(readFileSync(FILE, "utf8")) as Vectors;

const block = (offset: number, end: number, sha256 = `${offset}-${end}`): StoredBlock => ({ offset, end, sha256 });
const range = ([offset, end]: [number, number]): Range => ({ offset, end });

describe("cover", () => {
  it.each(vectors.cover)("$name", ({ size, blocks, chosen, gaps: left }) => {
    const found = cover(blocks.map((each) => block(...each)), size);
    expect(found).toEqual(chosen.map((each) => block(...each)));
    expect(gaps(found, size)).toEqual(left.map(range));
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
  it.each(vectors.next_range)("$name", ({ missing, length, from, range: expected }) => {
    expect(nextRange(missing.map(range), length, from)).toEqual(expected && range(expected));
  });
});

describe("without", () => {
  it.each([
    ["nothing under way", [[0, 10]], [], [[0, 10]]],
    ["what is at the start", [[0, 10]], [[0, 4]], [[4, 10]]],
    ["what is in the middle", [[0, 10]], [[3, 4]], [[0, 3], [4, 10]]],
    ["what reaches over a gap", [[2, 4], [6, 9]], [[3, 7]], [[2, 3], [7, 9]]],
    ["all of it", [[2, 4]], [[0, 9]], []],
  ] as [string, [number, number][], [number, number][], [number, number][]][])("leaves out %s", (_, missing, taken, left) => {
    expect(without(missing.map(range), taken.map(range))).toEqual(left.map(range));
  });
});

describe("Pace", () => {
  /** A link of so many bytes a second that costs `latency` a block, over so many blocks. */
  const after = (rate: number, latency: number, blocks: number, seconds = 6, pace = new Pace()): Pace => {
    for (let n = 0; n < blocks; n++) {
      const length = pace.blockLength(seconds);
      pace.stored(length, length / rate * 1000 + latency);
    }
    return pace;
  };

  it("begins small, and a little larger where the last upload was quick", () => {
    expect(new Pace().blockLength(6)).toBe(SMALLEST_BLOCK);
    expect(new Pace(10_000).blockLength(6)).toBe(SMALLEST_BLOCK);
    expect(new Pace(250_000).blockLength(6)).toBe(500_000);
    expect(new Pace(50_000_000).blockLength(6)).toBe(1024 * 1024);
  });

  it("comes to as many seconds of the rate as are asked for, between 256 KiB and 8 MiB", () => {
    expect(after(50_000_000, 1, 6).blockLength(6)).toBe(LARGEST_BLOCK);
    expect(after(4_000, 600, 6).blockLength(6)).toBe(SMALLEST_BLOCK);
    expect(after(250_000, 0, 8).blockLength(6) / 250_000).toBeCloseTo(6, 1);
    expect(after(250_000, 0, 8, 5).blockLength(5) / 250_000).toBeCloseTo(5, 1);
    const distant = after(250_000, 1_000, 40).blockLength(6) / 250_000;
    expect(distant).toBeGreaterThan(4);
    expect(distant).toBeLessThan(6);
  });

  it("grows at most fourfold from block to block", () => {
    const pace = new Pace();
    pace.stored(SMALLEST_BLOCK, 1);
    expect(pace.blockLength(6)).toBe(4 * SMALLEST_BLOCK);
  });

  it("does not take two at once for a link twice as fast", () => {
    const pace = new Pace();
    for (let n = 0; n < 10; n++) {
      pace.stored(1_000_000, 8_000);
      pace.stored(1_000_000, 1); // beside the one before it
    }
    expect(pace.rate! / 250_000).toBeCloseTo(1, 1);
  });

  it("makes the block after a lost one half as long, and forgets that soon", () => {
    const pace = after(250_000, 0, 8);
    pace.lost(1_500_000);
    expect(pace.blockLength(6)).toBe(750_000);
    pace.stored(750_000, 3_000);
    expect(pace.blockLength(6) / 250_000).toBeCloseTo(6, 1);
  });
});

describe("timeLeft", () => {
  it.each(vectors.time_left)("$bytes bytes at $rate", ({ bytes, rate, left }) => {
    const found = timeLeft(bytes, rate);
    expect(found && [found.low, found.high, found.unit]).toEqual(left);
  });
});
