import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { CycleState, LessonState, StreamEvent } from "../src/api/shapes";
import { type NotebookPage, reduceCycle, reduceLesson, reduceNotebook } from "../src/live/reduce";

/** The same fixtures go through the server's fold: an old snapshot and the events after it give the fresh snapshot. */
interface Fixture { name: string; stream: string; before: unknown; events: StreamEvent[]; older: StreamEvent[]; after: unknown }

const FOLDER = join(import.meta.dirname, "../../tests/fixtures/reduce");

function fixtures(): Fixture[] {
  return readdirSync(FOLDER).filter((name) => name.endsWith(".json"))
    .flatMap((name) => JSON.parse(readFileSync(join(FOLDER, name), "utf8")) as Fixture | Fixture[]);
}

function fold({ stream, before }: Fixture, events: StreamEvent[]): unknown {
  if (stream.startsWith("lesson/")) return events.reduce(reduceLesson, before as LessonState);
  if (stream.startsWith("cycle/")) return events.reduce(reduceCycle, before as CycleState);
  return events.reduce(reduceNotebook, before as NotebookPage);
}

describe("an old snapshot and the events after it give the fresh snapshot", () => {
  it.each(fixtures())("$name", (fixture) => {
    const untouched = JSON.stringify(fixture.before);
    expect(fold(fixture, fixture.events)).toStrictEqual(fixture.after);
    expect(fold(fixture, fixture.older)).toStrictEqual(fixture.after);
    expect(JSON.stringify(fixture.before)).toBe(untouched);
  });
});

describe("what the fixtures do not show", () => {
  const lesson: LessonState = {
    version: 3, id: "l", cycle: "c", teacher: "t", title: "Fractions", state: "ready", reason: null, attempt: 1, duration_ms: 5300,
    missing_ms: 0, width: 1280, height: 720, released_at: null, shared_at: null, annotations: {}, tracks: {}, removed: 0, source: "original", listen: false, following: null, cuts: [], least_attempt: null, original: null, preparing: null, uploads: [],
  };
  const event = (type: string, data: object) => ({
    stream: "lesson/l", version: 4, type, at: "2026-01-05T10:00:00Z", by: "t", data,
  }) as StreamEvent;

  it("an event of a newer server counts, and changes nothing else", () => {
    expect(reduceLesson(lesson, event("lesson.painted", { colour: "green" }))).toEqual({ ...lesson, version: 4 });
  });

  it("a later copy of the video does not take away the one that plays", () => {
    expect(reduceLesson(lesson, event("upload.started", { upload: "u", role: "small", size: 1 })).state).toBe("ready");
  });

  it("a reply to an annotation that is not there is left out", () => {
    expect(reduceLesson(lesson, event("reply.added", { id: "r", annotation: "gone", body: "Yes" })).annotations).toEqual({});
  });
});
