import { describe, expect, it } from "vitest";
import type { Annotation, Command, LessonState, StreamEvent, Unnumbered } from "../src/api/shapes";
import { freshIds } from "../src/live/fresh";
import { reduceLesson, reduceNotebook } from "../src/live/reduce";
import type { Unsent } from "../src/outbox/command";
import { entries } from "../src/review/entries";
import { passes } from "../src/review/filter";

const annotation = (id: string, more: Partial<Annotation> = {}): Annotation => ({
  id, by: "coach", at: "2026-01-05T10:00:00Z", made_at: null, start_ms: 1000, end_ms: null, body: "Look", kind: "note", move: null, question: null,
  tags: [], revision: 1, edited_at: null, removed_at: null, flagged: false, done: null, replies: [], ...more,
});
const lesson = (annotations: Annotation[]): LessonState => ({
  version: 1, id: "l", cycle: "c", teacher: "t", title: "Fractions", state: "ready", reason: null, attempt: 1, duration_ms: 90_000,
  removed: 0, source: "original", listen: false, following: null, cuts: [], least_attempt: null, original: null, preparing: null, tracks: {}, uploads: [], missing_ms: 0, width: null, height: null, released_at: "2026-01-05T09:00:00Z", shared_at: "2026-01-05T09:00:00Z",
  annotations: Object.fromEntries(annotations.map((one) => [one.id, one])),
});
const unsent = (body: Unnumbered, more: Partial<Unsent> = {}): Unsent => ({
  id: "cmd", order: 1, path: "/api/lessons/l/commands", body: { id: "cmd", ...body } as Command, refused: null, answered: false, ...more,
});
const shown = (annotations: Annotation[], ...waiting: Unsent[]) => entries(annotations, lesson(annotations), waiting, "coach");
const reply = (id: string, body = "Yes") => ({ id, by: "t", at: "2026-01-05T11:00:00Z", body, revision: 1, edited_at: null, removed_at: null });
const edit: Unnumbered = { type: "edit_annotation", annotation: "a", revision: 1, start_ms: 5, end_ms: null, body: "Better", kind: "question" };

describe("what waits in the outbox is drawn over what is there", () => {
  it("an edit, also where it was refused: the text stays in sight", () => {
    for (const refused of [null, "This text was changed while you wrote."]) {
      expect(shown([annotation("a")], unsent(edit, { refused }))[0]).toMatchObject({ body: "Better", kind: "question", start_ms: 5 });
    }
  });
  it("a removal, unless it was refused", () => {
    expect(shown([annotation("a")], unsent({ type: "remove_annotation", annotation: "a" }))).toEqual([]);
    expect(shown([annotation("a")], unsent({ type: "remove_annotation", annotation: "a" }, { refused: "Not now." }))[0]).toMatchObject({ body: "Look", gone: false });
  });
  it("a flag, and that it is done", () => {
    const waiting = [unsent({ type: "flag_annotation", annotation: "a", flagged: true }), unsent({ type: "settle_annotation", annotation: "a", done: true })];
    expect(shown([annotation("a")], ...waiting)[0]).toMatchObject({ flagged: true, done: { by: "" } });
  });
});

describe("what is gone", () => {
  const gone = { body: "", removed_at: "2026-01-05T12:00:00Z" };
  it("keeps its place only where answers hang on it", () => {
    expect(shown([annotation("a", gone), annotation("b", { ...gone, replies: [reply("r")] })]).map(({ id }) => id)).toEqual(["b"]);
    expect(shown([annotation("b", { ...gone, replies: [reply("r", "")] })])).toEqual([]);
  });
  it("erased words are gone without a removal, and what a page does not hold is passed over", () => {
    const event = (pointers: string[]) => ({ stream: "lesson/l", version: 2, type: "words.erased", at: "2026-01-05T12:00:00Z", by: "farfield", data: { person: "coach", emptied: pointers } }) as StreamEvent;
    const before = lesson([annotation("a", { replies: [reply("r"), reply("s")] })]);
    const after = reduceLesson(before, event(["/annotations/a/body", "/annotations/a/replies/1/body", "/annotations/x/body"]));
    expect(after.annotations["a"]).toMatchObject({ body: "", replies: [{ body: "Yes" }, { body: "" }] });
    expect(Object.keys(after.annotations)).toEqual(["a"]);
    expect(before.annotations["a"]!.body).toBe("Look");
    expect(reduceNotebook({ version: 1, drafts: {} }, event(["/notes/n/text"]))).toEqual({ version: 2, drafts: {} });
  });
});

describe("what is new", () => {
  it("is what others wrote or changed, by whoever wrote it", () => {
    const event = (type: string, by: string, data: object) => ({ stream: "lesson/l", version: 2, type, at: "", by, data }) as StreamEvent;
    expect(freshIds([
      event("annotation.added", "t", { id: "a" }), event("annotation.added", "coach", { id: "mine" }),
      event("annotation.added", "coach", { id: "published-by-me", author: "t" }), event("annotation.added", "t", { id: "mine-too", author: "coach" }),
      event("reply.added", "t", { id: "r", annotation: "mine" }), event("annotation.flagged", "t", { annotation: "a" }),
    ], "coach")).toEqual(["a", "published-by-me", "r"]);
  });
  it("and can be all that is shown", () => {
    const all = shown([annotation("a"), annotation("b", { replies: [reply("r")] }), annotation("c", { kind: "question", flagged: true })]);
    const kept = (filter: Parameters<typeof passes>[1]) => all.filter((one) => passes(one, filter, new Set(["r"]))).map(({ id }) => id);
    expect([kept("fresh"), kept("flagged"), kept("kind:question"), kept("by:coach"), kept("all")]).toEqual([["b"], ["c"], ["c"], ["a", "b", "c"], ["a", "b", "c"]]);
  });
});
