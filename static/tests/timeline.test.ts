import { describe, expect, it } from "vitest";
import { fraction, markedMs, marks, msAt, msOf, type Spot, under } from "../src/review/timeline";
import { clock, size } from "../src/time/format";

const spot = (id: string, start_ms: number, end_ms: number | null = null): Spot => ({ id, start_ms, end_ms });

describe("markedMs", () => {
  it("names a moment inside the frame on screen, for every frame of a 29.97 film", () => {
    for (let n = 0; n < 3000; n++) {
      const frame = Math.round((n * 1001 * 1e6) / 30000) / 1e6; // as the browser reports it, in whole microseconds
      const next = ((n + 1) * 1001) / 30000;
      for (const into of [0, 0.0003, 0.02]) {
        const ms = markedMs(frame + into, frame);
        expect(ms / 1000).toBeGreaterThanOrEqual(frame - 1e-6);
        expect(ms / 1000).toBeLessThan(next);
      }
    }
  });

  it("says again the millisecond that was sought", () => {
    for (const ms of [0, 1, 12034, 727001, 3599999]) expect(markedMs(ms / 1000, ms / 1000 - 0.01)).toBe(ms);
  });

  it("believes the clock when no frame was seen lately", () => {
    expect(markedMs(12.5, 3)).toBe(12500);
    expect(markedMs(12.5, null)).toBe(12500);
    expect(markedMs(-0.1, null)).toBe(0);
  });
});

describe("places on the line", () => {
  it("go there and back, and stay on the line", () => {
    expect(msAt(150, 100, 200, 60_000)).toBe(15_000);
    expect(msAt(50, 100, 200, 60_000)).toBe(0);
    expect(msAt(999, 100, 200, 60_000)).toBe(60_000);
    expect(fraction(15_000, 60_000)).toBe(0.25);
    expect(fraction(5, 0)).toBe(0);
  });

  it("keep neighbours in rows of their own, and no more rows than allowed", () => {
    const places = marks([spot("a", 0), spot("b", 100), spot("c", 200), spot("d", 300), spot("e", 50_000)], 100_000, 0.02, 3);
    expect(places.map(({ id, row }) => [id, row])).toEqual([["a", 0], ["b", 1], ["c", 2], ["d", 0], ["e", 0]]);
    expect(marks([spot("r", 1000, 3000)], 10_000, 0.02, 3)[0]).toMatchObject({ from: 0.1, to: 0.3 });
  });
});

describe("under the playhead", () => {
  const spots = [spot("a", 1000), spot("b", 5000, 9000), spot("c", 6000), spot("d", 20_000)];
  it.each([
    [0, []],
    [1000, ["a"]],
    [4999.9, ["b"]],
    [5500, ["b"]],
    [7000, ["b", "c"]],
    [9500, ["c"]],
    [25_000, ["d"]],
  ])("at %d ms", (ms, ids) => {
    expect(under(spots, ms)).toEqual(ids);
  });
});

describe("words for numbers", () => {
  it("times", () => {
    expect([0, 59_999, 727_000, 3_727_000].map(clock)).toEqual(["0:00", "0:59", "12:07", "1:02:07"]);
    for (const ms of [0, 59_000, 727_000, 3_599_000, 3_600_000, 3_727_000]) expect(msOf(clock(ms))).toBe(ms);
  });
  it("sizes", () => {
    expect([0, 1500, 2_345_678, 1_180_000_000, 12e9].map(size)).toEqual(["0 bytes", "2 kB", "2.3 MB", "1,180 MB", "12.0 GB"]);
  });
});
