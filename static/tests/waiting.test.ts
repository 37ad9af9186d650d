import { describe, expect, it } from "vitest";
import type { Cycle, LessonCard } from "../src/api/shapes";
import { waitingHere } from "../src/home/waiting";

const lesson = (more: Partial<LessonCard> = {}): LessonCard => ({
  id: "l", title: "Fractions", created_at: "", state: "ready", released_at: "2026-01-01T00:00:00Z", duration_ms: 1, annotations: 0,
  poster: null, upload: null, ...more,
});
const cycle = (more: Partial<Cycle>): Cycle => ({
  id: "c", program: { id: "p", name: "P" }, teacher: { id: "t", name: "Tess" }, coach: { id: "k", name: "Cole" }, number: 1,
  stage: "review", stage_since: "", release_mode: "teacher_first", role: "coach", lessons: [], ...more,
});

describe("whose turn it is", () => {
  it.each([
    ["a coach has a lesson to watch", cycle({ lessons: [lesson()] }), "you", "/lessons/l"],
    ["a teacher has let the coach in", cycle({ role: "teacher", lessons: [lesson()] }), "others", "/lessons/l"],
    ["a teacher has not yet", cycle({ role: "teacher", lessons: [lesson({ released_at: null })] }), "you", "/lessons/l"],
    ["a lesson is being prepared", cycle({ role: "teacher", stage: "teaching", lessons: [lesson({ state: "preparing" })] }), "others", "/lessons/l/upload"],
    ["an upload was interrupted", cycle({ role: "teacher", lessons: [lesson({ state: "arriving" })] }), "you", "/lessons/l/upload"],
    ["a video was refused", cycle({ role: "teacher", lessons: [lesson({ state: "refused" })] }), "you", "/lessons/l/upload"],
    ["nothing was filmed yet", cycle({ role: "teacher", stage: "teaching" }), "you", "/cycles/c/add"],
    ["a coach waits for a film", cycle({ stage: "teaching" }), "others", null],
    ["a coach waits for its preparing", cycle({ lessons: [lesson({ state: "preparing" })] }), "others", null],
    ["both meet", cycle({ stage: "debrief" }), "you", null],
    ["it is over", cycle({ stage: "closed", lessons: [lesson()] }), "finished", null],
  ])("%s", (_, given, group, href) => {
    expect(waitingHere(given, [])).toMatchObject({ group, href });
  });

  it("does not ask for a video that is under way on this page", () => {
    const given = cycle({ role: "teacher", lessons: [lesson({ state: "arriving" })] });
    expect(waitingHere(given, ["l"]).group).toBe("others");
  });
});
