import { signal } from "@preact/signals";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { TrackCard } from "../src/api/shapes";
import type { OpenLesson } from "../src/live/lesson";
import { LessonTracks } from "../src/tracks/store";

vi.hoisted(() => {
  vi.stubGlobal("navigator", { language: "en-US" });
  for (const name of ["addEventListener", "removeEventListener"]) vi.stubGlobal(name, vi.fn());
});

const chapters = (id: string, revision = 1): TrackCard => ({ id, kind: "chapters", language: "en", label: id, revision });
const words = (track: TrackCard, text: string): object => ({ track, cues: [{ id: `of ${track.id}`, start_ms: 0, end_ms: 1, text }] });
const json = (body: object, status = 200): Response => new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });

/** What the server has by path; without it there is no such thing. */
let has: Map<string, object | "away">;
let tracks: LessonTracks;
const lesson = signal<{ tracks: Record<string, TrackCard> }>({ tracks: {} });
const LIST = "/api/lessons/l/tracks";

function stands(...all: TrackCard[]): void {
  has.set(LIST, { tracks: all });
  lesson.value = { tracks: Object.fromEntries(all.map((one) => [one.id, one])) };
}

const texts = (): string[] | undefined => {
  const { value } = tracks.chapters;
  return value ? tracks.cues(value.id).value?.map(({ text }) => text) : undefined;
};

beforeEach(() => {
  has = new Map();
  vi.stubGlobal("fetch", async (path: string) => {
    const found = has.get(path);
    if (found === "away") throw new TypeError();
    return found ? json(found) : json({ type: "/problems/not_found", detail: "" }, 404);
  });
  lesson.value = { tracks: {} };
  tracks = new LessonTracks({ lesson } as unknown as OpenLesson, "l");
});
afterEach(() => tracks.close());

test("of several chapters the first that can be had is shown", async () => {
  has.set(`${LIST}/b`, words(chapters("b"), "Warm up"));
  stands(chapters("a"), chapters("b"));
  await vi.waitFor(() => expect(tracks.chapters.value?.id).toBe("a"));
  tracks.want("a");
  await vi.waitFor(() => expect(tracks.chapters.value?.id).toBe("b"));
  tracks.want("b");
  await vi.waitFor(() => expect(texts()).toEqual(["Warm up"]));
});

test("which there are is not taken for none while it cannot be fetched, and is asked again", async () => {
  has.set(LIST, "away");
  lesson.value = { tracks: { a: chapters("a") } };
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(tracks.late.value).toBe(true);
  has.set(LIST, { tracks: [chapters("a")] });
  await vi.waitFor(() => expect(tracks.chapters.value?.id).toBe("a"), 3_000);
  expect(tracks.late.value).toBe(false);
});

test("a track that is renamed keeps its cues, also while they cannot be fetched anew", async () => {
  has.set(`${LIST}/a`, words(chapters("a"), "Warm up"));
  stands(chapters("a"));
  tracks.want("a");
  await vi.waitFor(() => expect(texts()).toEqual(["Warm up"]));
  has.set(`${LIST}/a`, "away");
  stands({ ...chapters("a", 2), label: "Parts" });
  await vi.waitFor(() => expect(tracks.chapters.value?.label).toBe("Parts"));
  expect(texts()).toEqual(["Warm up"]);
});

test("an older answer does not overwrite a newer one", async () => {
  has.set(`${LIST}/a`, words(chapters("a", 3), "New"));
  stands(chapters("a", 2));
  tracks.want("a");
  await vi.waitFor(() => expect(texts()).toEqual(["New"]));
  has.set(`${LIST}/a`, words(chapters("a", 2), "Old"));
  stands(chapters("a", 4));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(texts()).toEqual(["New"]);
});
