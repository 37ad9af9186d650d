import { describe, expect, it } from "vitest";
import { placeHref } from "../src/meetings/place";
import { inOrder, type Moment, moved } from "../src/debrief/moments";
import { waiting } from "../src/debrief/due";
import { momentOf } from "../src/review/timeline";
import { daysOn, instantOf, wallOf } from "../src/time/zones";
import type { Annotation, Commitment } from "../src/api/shapes";

describe("where a place leads", () => {
  it.each([
    ["https://meet.example/a?b=c#d", "https://meet.example/a?b=c#d"],
    ["HTTP://meet.example", "HTTP://meet.example"],
    ["+1 (208) 555-0100", "tel:+12085550100"],
    ["tel:+49 30 123456", "tel:+4930123456"],
    ["javascript:alert(1)", null],
    ["data:text/html,x", null],
    ["https://meet.example/ and the code is 5", null],
    ["Room 4", null],
    ["see https://meet.example", null],
    ["12", null],
    ["", null],
  ])("%s", (place, href) => expect(placeHref(place)).toBe(href));
});

describe("a time on the wall", () => {
  it.each([
    ["2026-12-01", "16:00", "Europe/Berlin", "2026-12-01T15:00:00.000Z"],
    ["2026-07-01", "16:00", "Europe/Berlin", "2026-07-01T14:00:00.000Z"],
    ["2026-11-01", "09:00", "America/Boise", "2026-11-01T16:00:00.000Z"],
    ["2026-12-01", "00:30", "Asia/Kathmandu", "2026-11-30T18:45:00.000Z"],
    ["2026-12-01", "12:00", "No/Where", "2026-12-01T12:00:00.000Z"],
  ])("%s %s in %s", (day, time, zone, instant) => {
    expect(instantOf({ day, time }, zone)).toBe(instant);
    expect(wallOf(instant, zone)).toEqual({ day, time });
  });
  it("that spring leaves out is the one after it", () => {
    expect(wallOf(instantOf({ day: "2026-03-29", time: "02:30" }, "Europe/Berlin")!, "Europe/Berlin").time).toMatch(/^0[13]:30$/);
  });
  it("is nothing where a field is empty", () => {
    expect(instantOf({ day: "", time: "09:00" }, "UTC")).toBeNull();
    expect(instantOf({ day: "2026-12-01", time: "" }, "UTC")).toBeNull();
  });
  it("is counted on in days over the end of a year", () => expect(daysOn("2026-12-28", 7)).toBe("2027-01-04"));
});

describe("the agenda", () => {
  const moment = (lesson: string, id: string): Moment => ({ lesson, title: lesson, annotation: { id } as Annotation });
  const flagged = [moment("l1", "a"), moment("l1", "b"), moment("l2", "c")];
  it("has first what was put in order, then what was marked since", () => {
    const order = [{ lesson: "l2", annotation: "c" }, { lesson: "l1", annotation: "gone" }, { lesson: "l1", annotation: "b" }];
    expect(inOrder(order, flagged).map(({ annotation }) => annotation.id)).toEqual(["c", "b", "a"]);
  });
  it.each([[0, 2, "bca"], [2, 0, "cab"], [1, 1, "abc"]])("moves %i to %i", (from, to, order) => {
    expect(moved(["a", "b", "c"], from, to).join("")).toBe(order);
  });
});

describe("what waits for a look back", () => {
  const one = (id: string, due: string, ...answers: string[]) =>
    ({ id, due, at: "2026-11-01T00:00:00Z", follow_ups: answers.map((answer) => ({ answer })) }) as unknown as Commitment;
  it("is open and its day has come, longest due first", () => {
    const all = [one("a", "2026-11-24"), one("b", "2026-11-20", "not_yet"), one("c", "2026-11-20", "not_yet", "kept"), one("d", "2026-11-25")];
    expect(waiting(Object.fromEntries(all.map((each) => [each.id, each])), "2026-11-24").map(({ id }) => id)).toEqual(["b", "a"]);
  });
});

describe("the moment an address names", () => {
  it.each([["t=12.5", 12_500], ["t=0", 0], ["t=33.367", 33_367], ["t=-1", null], ["t=1e3", null], ["", null], ["a-secret", null]])("#%s", (fragment, ms) => {
    expect(momentOf(fragment)).toBe(ms);
  });
});
