import { describe, expect, it } from "vitest";
import type { Unsent } from "../src/outbox/command";
import { begunHere, holds, overlaid, pieces, readFile, roomFrom, said, type ShownCue, taken, textOf, withOne } from "../src/tracks/cues";

const cue = (id: string, start_ms: number, text = id): ShownCue => ({ id, start_ms, end_ms: start_ms + 1_000, text, unsent: null });
const CUES = [cue("a", 0, "Why is it a third?"), cue("b", 500), cue("c", 3_000)];
const send = (body: object, refused: string | null = null): Unsent =>
  ({ id: "x", order: 1, path: "/p", body: { id: "x", track: "t", ...body }, refused, answered: false }) as Unsent;
const ADD = send({ type: "add_cue", cue: "n", start_ms: 2_000, end_ms: 2_500, text: "new" });
const EDIT = send({ type: "edit_cue", cue: "a", revision: 1, start_ms: 4_000, end_ms: 5_000, text: "Because." });
const REMOVE = send({ type: "remove_cue", cue: "b", revision: 1 });

describe("what is on its way", () => {
  it("is shown where it will be, and of another track not at all", () => {
    const shown = overlaid(CUES, [ADD, EDIT, REMOVE], "t");
    expect(shown.map(({ id, text }) => [id, text])).toEqual([["n", "new"], ["c", "c"], ["a", "Because."]]);
    expect(shown.map(({ unsent }) => unsent !== null)).toEqual([true, false, true]);
    expect(overlaid(CUES, [ADD, EDIT, REMOVE], "other")).toEqual(CUES);
  });
  it("stays in sight where it was refused", () => {
    expect(overlaid(CUES, [{ ...REMOVE, refused: "changed" }], "t").find(({ id }) => id === "b")?.unsent?.refused).toBe("changed");
  });
  it("stays in sight with the problem also where the cue is gone", () => {
    const refused = { ...EDIT, refused: "It is no longer here." };
    expect(overlaid(CUES.slice(1), [refused], "t").find(({ id }) => id === "a")).toMatchObject({ text: "Because.", unsent: refused });
  });
  it("does not go from under the hand where somebody removes what is being changed", () => {
    expect(withOne(CUES, CUES[1]!)).toBe(CUES);
    expect(withOne([CUES[0]!, CUES[2]!], CUES[1]!).map(({ id }) => id)).toEqual(["a", "b", "c"]);
    expect(withOne(CUES, null)).toBe(CUES);
  });
  it("is known before the server has its track", () => {
    const begin = send({ type: "add_track", kind: "chapters", language: "en" });
    expect(begunHere([begin, ADD], "/p", "chapters")).toEqual({ track: "t", items: [begin, ADD] });
    expect(begunHere([begin, ADD], "/p", "captions")).toBeNull();
    expect(begunHere([begin, ADD], "/other", "chapters")).toBeNull();
  });
  it("does not come back for an edit of what is gone", () => {
    expect(overlaid(CUES.slice(1), [EDIT], "t")).toEqual(CUES.slice(1));
  });
  it("stays as it was taken until the words are fetched anew, whichever comes first", () => {
    const now = taken(CUES, [EDIT, REMOVE], "t");
    expect(now.map(({ id, text, settling }) => [id, text, settling])).toEqual([["c", "c", undefined], ["a", "Because.", true]]);
    const fetched = [{ ...cue("a", 4_000, "Because."), end_ms: 5_000 }, cue("n", 2_000, "new, tidied")];
    expect(taken(fetched, [EDIT, ADD], "t").some(({ settling }) => settling)).toBe(false);
  });
});

describe("finding", () => {
  it("says what is said at a moment, the end not included", () => {
    expect([0, 600, 1_000, 1_500, 3_999, 4_000].map((at) => said(CUES, at).map(({ id }) => id).join())).toEqual(["a", "a,b", "b", "", "c", ""]);
  });
  it("marks every place, in any case", () => {
    expect(pieces("Third, a third", "THIRD")).toEqual(["", "Third", ", a ", "third", ""]);
    expect(pieces("nothing", "x")).toEqual(["nothing"]);
    expect(pieces("all", "")).toEqual(["all"]);
    expect(holds("İstanbul", "stan")).toBe(true);
    expect(pieces("İstanbul", "stan").join("")).toBe("İstanbul");
  });
});

it("gives a new cue the room there is", () => {
  expect(roomFrom(CUES, 1_000, 3_000, 60_000)).toEqual({ start_ms: 1_000, end_ms: 3_000 });
  expect(roomFrom(CUES, 59_000, 3_000, 60_000)).toEqual({ start_ms: 59_000, end_ms: 60_000 });
  expect(roomFrom([], 60_000, 3_000, 60_000)).toEqual({ start_ms: 59_999, end_ms: 60_000 });
});

it("refuses a file that is too large for captions before it is read", async () => {
  const film = { size: 400e6, arrayBuffer: () => Promise.reject(new Error("read")) };
  expect(await readFile(film)).toBeNull();
  expect(await readFile(new Blob(["a".repeat(1_000_001)]))).toBeNull();
  expect(await readFile(new Blob(["WEBVTT"]))).toBe("WEBVTT");
  const wide = new Uint8Array(1_800_000).map((_, n) => (n % 2 ? 0 : 97));
  wide.set([0xff, 0xfe]);
  expect((await readFile(new Blob([wide])))?.length).toBeGreaterThan(800_000);
});

it("reads the files that programs write", () => {
  const bytes = (...all: number[]): ArrayBuffer => new Uint8Array(all).buffer;
  expect(textOf(new TextEncoder().encode("é语").buffer as ArrayBuffer)).toBe("é语");
  expect(textOf(bytes(0xff, 0xfe, 0xe9, 0))).toBe("é");
  expect(textOf(bytes(0xfe, 0xff, 0, 0xe9))).toBe("é");
  expect(textOf(bytes(0xe9, 0x21))).toBe("é!");
  expect(textOf(bytes())).toBe("");
});
