import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { StoredBlock } from "../src/api/shapes";
import { bytesOf, cover, gaps, LARGEST_BLOCK, nextRange, Pace, type Range, SMALLEST_BLOCK, timeLeft } from "../src/upload/plan";

/** The same vectors go through `farfield upload`, which plans by the same rules. */
interface Vectors {
  cover: { name: string; size: number; blocks: [number, number, string][]; chosen: [number, number, string][]; gaps: [number, number][] }[];
  next_range: { name: string; missing: [number, number][]; length: number; from: number; range: [number, number] | null }[];
  pace: { name: string; steps: ([number, number] | "lost")[]; rate: number | null; length: number }[];
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

describe("Pace", () => {
  it.each(vectors.pace)("$name", ({ steps, rate, length }) => {
    const pace = new Pace();
    for (const step of steps) {
      if (step === "lost") pace.lost();
      else pace.stored(step[0], step[1] * 1000);
    }
    expect(pace.blockLength).toBe(length);
    if (rate === null) expect(pace.rate).toBeNull();
    else expect(pace.rate).toBeCloseTo(rate, 0);
  });

  it("comes to six seconds of the rate from anywhere, between 256 KiB and 8 MiB", () => {
    const fast = new Pace();
    for (let n = 0; n < 6; n++) fast.stored(fast.blockLength, 10);
    expect(fast.blockLength).toBe(LARGEST_BLOCK);
    const slow = new Pace();
    for (let n = 0; n < 6; n++) slow.stored(slow.blockLength, 60_000);
    expect(slow.blockLength).toBe(SMALLEST_BLOCK);
    const middling = new Pace();
    for (let n = 0; n < 8; n++) middling.stored(middling.blockLength, (middling.blockLength / 250_000) * 1000);
    expect(middling.blockLength / 250_000).toBeCloseTo(6, 1);
  });
});

describe("timeLeft", () => {
  it.each(vectors.time_left)("$bytes bytes at $rate", ({ bytes, rate, left }) => {
    const found = timeLeft(bytes, rate);
    expect(found && [found.low, found.high, found.unit]).toEqual(left);
  });
});
