import { describe, expect, it } from "vitest";
import type { Annotation, Command, LessonState, Unnumbered } from "../src/api/shapes";
import { Backoff } from "../src/live/backoff";
import { eventsPath } from "../src/live/poll";
import type { Unsent } from "../src/outbox/command";
import { entries } from "../src/review/entries";

const annotation = (id: string, start_ms: number): Annotation => ({
  id, by: "coach", at: "2026-01-05T10:00:00Z", made_at: null, start_ms, end_ms: null, body: "Look", kind: "note", move: null, question: null,
  tags: [], revision: 1, edited_at: null, removed_at: null, flagged: false, done: null, replies: [],
});
const lesson: LessonState = {
  version: 1, id: "l", cycle: "c", teacher: "t", title: "Fractions", state: "ready", reason: null, attempt: 1, duration_ms: 90_000,
  missing_ms: 0, width: null, height: null, released_at: "2026-01-05T09:00:00Z", shared_at: "2026-01-05T09:00:00Z",
  tracks: {}, removed: 0, source: "original", listen: false, following: null, cuts: [], least_attempt: null, original: null, preparing: null, uploads: [],
  annotations: { one: annotation("one", 5000) },
};
const command = (body: Unnumbered, path = "/api/lessons/l/commands"): Unsent => ({
  id: "cmd", order: 1, path, body: { id: "cmd", ...body } as Command, refused: null, answered: false,
});
const written = command({
  type: "add_annotation", annotation: "two", start_ms: 2000, end_ms: null, body: "Here", kind: "question", made_at: "2026-01-05T10:01:00Z",
});

describe("entries", () => {
  it("draws what is on its way at its place, under the id it will keep", () => {
    const shown = entries(Object.values(lesson.annotations), lesson, [written], "coach");
    expect(shown.map(({ id, unsent, own }) => [id, unsent !== null, own])).toEqual([["two", true, false], ["one", false, false]]);
  });

  it("shows it once when the event is there before the outbox is empty", () => {
    const there = { ...lesson, annotations: { ...lesson.annotations, two: annotation("two", 2000) } };
    expect(entries(Object.values(there.annotations), there, [written], "coach").map(({ id, unsent }) => [id, unsent])).toEqual([["two", null], ["one", null]]);
  });

  it("keeps replies on their way under their note, and leaves other lessons out", () => {
    const reply = command({ type: "add_reply", annotation: "one", reply: "r", body: "Yes" });
    const elsewhere = command({ type: "add_reply", annotation: "one", reply: "s", body: "No" }, "/api/lessons/m/commands");
    const [shown] = entries(Object.values(lesson.annotations), lesson, [reply, elsewhere], "t");
    expect(shown?.replies.map(({ id, body }) => [id, body])).toEqual([["r", "Yes"]]);
  });
});

describe("live details", () => {
  it("waits longer each time, never past the cap, and starts again after a success", () => {
    const backoff = new Backoff(500, 8_000, () => 1);
    expect([1, 2, 3, 4, 5, 6].map(() => backoff.next())).toEqual([500, 1000, 2000, 4000, 8000, 8000]);
    backoff.reset();
    expect(backoff.next()).toBe(500);
    expect(new Backoff(500, 8_000, () => 0).next()).toBe(100);
  });

  it("knows where each stream is polled", () => {
    expect(eventsPath("lesson/l")).toBe("/api/lessons/l/events");
    expect(eventsPath("cycle/c")).toBe("/api/cycles/c/events");
    expect(eventsPath("notebook/c/p")).toBe("/api/cycles/c/notebook/events");
  });
});
