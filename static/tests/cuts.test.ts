import { describe, expect, it } from "vitest";
import type { Cut } from "../src/api/shapes";
import { leavesSomething, same, still, withPart } from "../src/cuts/parts";
import { gapAt } from "../src/review/gaps";

const LASTS = 60_000;
const cut = (start_ms: number, end_ms: number | null): Cut => ({ start_ms, end_ms });

describe("marking parts", () => {
  it("puts them in order and merges those that touch", () => {
    expect(withPart([cut(30_000, 40_000)], 5_000, 9_000, LASTS)).toEqual([cut(5_000, 9_000), cut(30_000, 40_000)]);
    expect(withPart([cut(5_000, 9_000)], 9_000, 12_000, LASTS)).toEqual([cut(5_000, 12_000)]);
    expect(withPart([cut(5_000, 20_000)], 6_000, 7_000, LASTS)).toEqual([cut(5_000, 20_000)]);
  });

  it("lets one that ends with the lesson go to its end, wherever that is", () => {
    expect(withPart([], 50_000, 59_900, LASTS)).toEqual([cut(50_000, null)]);
    expect(withPart([cut(55_000, null)], 50_000, 56_000, LASTS)).toEqual([cut(50_000, null)]);
    expect(withPart([cut(50_000, null)], 55_000, 57_000, LASTS)).toEqual([cut(50_000, null)]);
  });

  it("does not move the parts it was given", () => {
    const before = [cut(5_000, 9_000)];
    withPart(before, 8_000, 12_000, LASTS);
    expect(before).toEqual([cut(5_000, 9_000)]);
  });

  it("knows when a second in one piece is left", () => {
    expect(leavesSomething([], 500)).toBe(true);
    expect(leavesSomething([cut(0, null)], LASTS)).toBe(false);
    expect(leavesSomething([cut(500, 59_500)], LASTS)).toBe(false);
    expect(leavesSomething([cut(500, 59_000)], LASTS)).toBe(true);
    expect(leavesSomething([cut(1_000, null)], LASTS)).toBe(true);
  });

  it("compares", () => {
    expect(same([cut(0, 1)], [cut(0, 1)])).toBe(true);
    expect(same([cut(0, 1)], [cut(0, null)])).toBe(false);
    expect(same([], [cut(0, null)])).toBe(false);
  });
});

describe("marks that are not saved yet", () => {
  const marks = [cut(5_000, 9_000)];

  it("outlive a lesson that is fetched again, whatever it has by then", () => {
    expect(still(marks, [])).toBe(marks);
    expect(still(marks, [cut(1_000, 2_000)])).toBe(marks);
    expect(still(null, [cut(1_000, 2_000)])).toBeNull();
  });

  it("are saved once the lesson has them", () => {
    expect(still(marks, [cut(5_000, 9_000)])).toBeNull();
  });
});

describe("gaps while playing", () => {
  const gaps = [cut(1_000, 2_000), cut(9_000, null)];

  it("are from their start up to their end, where a seek may land a hair before it", () => {
    expect([999, 1_000, 1_500, 1_998].map((at) => gapAt(gaps, at)?.start_ms)).toEqual([undefined, 1_000, 1_000, 1_000]);
    expect(gapAt(gaps, 1_999.999)).toBeNull();
    expect(gapAt(gaps, 2_000)).toBeNull();
  });

  it("may go to the end", () => {
    expect(gapAt(gaps, 1e9)).toEqual(cut(9_000, null));
  });
});
