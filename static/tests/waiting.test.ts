import { describe, expect, it } from "vitest";
import type { Cycle, LessonCard } from "../src/api/shapes";
import { inOrder, waitingHere } from "../src/home/waiting";
import { readIn } from "../src/time/format";

const NOW = new Date("2026-03-02T15:00:00Z");
const COLE = { id: "k", name: "Cole" };
const lesson = (more: Partial<LessonCard> = {}): LessonCard => ({
  id: "l", title: "Fractions", created_at: "", state: "ready", released_at: "2026-01-01T00:00:00Z", duration_ms: 1, annotations: 0,
  poster: null, upload: null, plays_early: false, ...more,
});
const cycle = (more: Partial<Cycle>): Cycle => ({
  id: "c", program: { id: "p", name: "P" }, teacher: { id: "t", name: "Tess" }, coach: COLE, number: 1,
  stage: "review", stage_since: "", release_mode: "teacher_first", role: "coach", lessons: [], due: null, paused: false, cancelled: false,
  waiting_on: "coach", meeting: null, commitment: null, closing_asked_by: null, proposed_coach: null, previous: null, next: null, ...more,
});
const teacher = (more: Partial<Cycle>): Cycle => cycle({ role: "teacher", ...more });

describe("whose turn it is", () => {
  it.each([
    ["a coach has a lesson to watch", cycle({ lessons: [lesson()] }), "you", "/lessons/l"],
    ["a coach is done with it", cycle({ lessons: [lesson()], waiting_on: "both" }), "others", "/lessons/l"],
    ["a coach waits for the teacher's own", cycle({ lessons: [lesson()], waiting_on: "teacher", release_mode: "together" }), "others", "/lessons/l"],
    ["nobody is done yet", cycle({ lessons: [lesson()], waiting_on: "both", release_mode: "together" }), "you", "/lessons/l"],
    ["a teacher has let the coach in", teacher({ lessons: [lesson()] }), "others", "/lessons/l"],
    ["a teacher has not yet", teacher({ lessons: [lesson({ released_at: null })] }), "you", "/lessons/l"],
    ["the coach is done", teacher({ lessons: [lesson()], waiting_on: "both" }), "you", "/lessons/l"],
    ["the teacher still writes", teacher({ lessons: [lesson()], waiting_on: "teacher", release_mode: "together" }), "you", "/lessons/l"],
    ["a lesson is being prepared", teacher({ stage: "teaching", lessons: [lesson({ state: "preparing" })] }), "others", "/lessons/l/upload"],
    ["an upload was interrupted", teacher({ lessons: [lesson({ state: "arriving" })] }), "you", "/lessons/l/upload"],
    ["a video was refused", teacher({ lessons: [lesson({ state: "refused" })] }), "you", "/lessons/l/upload"],
    ["nothing was filmed yet", teacher({ stage: "teaching" }), "you", "/cycles/c/add"],
    ["a coach waits for a film", cycle({ stage: "teaching" }), "others", null],
    ["a coach waits for its preparing", cycle({ lessons: [lesson({ state: "preparing", duration_ms: null })] }), "others", null],
    ["a coach may watch what has arrived", cycle({ lessons: [lesson({ state: "arriving", plays_early: true })] }), "others", "/lessons/l"],
    ["both plan", cycle({ stage: "planning" }), "you", "/cycles/c"],
    ["both meet", cycle({ stage: "debrief" }), "you", "/cycles/c"],
    ["the day to look back is to come", teacher({ stage: "follow_up", commitment: "2026-03-03" }), "others", null],
    ["the day to look back is today", teacher({ stage: "follow_up", commitment: "2026-03-02" }), "you", "/cycles/c/follow-up/next"],
    ["the day to look back is past", teacher({ stage: "follow_up", commitment: "2026-02-20" }), "you", "/cycles/c/follow-up/next"],
    ["the coach waits for the look back", cycle({ stage: "follow_up", commitment: "2026-02-20" }), "others", null],
    ["everything is answered", teacher({ stage: "follow_up" }), "you", "/cycles/c"],
    ["they meet today", cycle({ meeting: "2026-03-02T20:00:00Z", stage: "teaching" }), "you", "/cycles/c#meetings"],
    ["they meet another day", cycle({ meeting: "2026-03-05T20:00:00Z", stage: "teaching" }), "others", null],
    ["nobody said how the meeting went", cycle({ meeting: "2026-02-27T20:00:00Z", stage: "teaching" }), "you", "/cycles/c#meetings"],
    ["another coach is proposed", teacher({ proposed_coach: { id: "n", name: "Nia" } }), "you", "/cycles/c"],
    ["the coach waits for that choice", cycle({ proposed_coach: { id: "n", name: "Nia" }, lessons: [lesson()] }), "others", null],
    ["the other would close it", teacher({ stage: "follow_up", commitment: "2026-03-09", closing_asked_by: "k" }), "you", "/cycles/c"],
    ["one would close it oneself", cycle({ stage: "follow_up", commitment: "2026-03-09", closing_asked_by: "k" }), "others", null],
    ["it is paused", teacher({ paused: true, commitment: "2026-02-20", stage: "planning" }), "others", null],
    ["it was ended", teacher({ cancelled: true, commitment: "2026-02-20" }), "finished", null],
    ["it is over", cycle({ stage: "closed", lessons: [lesson()] }), "finished", null],
    ["an observer looks on", cycle({ role: "observer", lessons: [lesson()], meeting: "2026-03-02T20:00:00Z" }), "others", "/lessons/l"],
  ])("%s", (_, given, group, href) => {
    expect(waitingHere(given, [], NOW)).toMatchObject({ group, href });
  });

  it("does not ask for a video that is under way on this page", () => {
    const given = teacher({ lessons: [lesson({ state: "arriving" })] });
    expect(waitingHere(given, ["l"], NOW).group).toBe("others");
  });

  it("asks for the same video only where something of it was sent", () => {
    const none = waitingHere(teacher({ lessons: [lesson({ state: "waiting" })] }), [], NOW);
    const begun = waitingHere(teacher({ lessons: [lesson({ state: "arriving" })] }), [], NOW);
    expect([none.action, begun.action]).toEqual(["Pick the video", "Go on with the upload"]);
  });

  it("takes today from the reader's calendar", () => {
    const given = teacher({ stage: "follow_up", commitment: "2026-03-03" });
    readIn("Pacific/Auckland"); // 3 March already
    expect(waitingHere(given, [], NOW)).toMatchObject({ group: "you" });
    readIn("UTC");
    expect(waitingHere(given, [], NOW)).toMatchObject({ group: "others" });
  });
});

describe("the order of what needs somebody", () => {
  const named = (id: string, given: Cycle) => ({ cycle: { ...given, id }, waits: waitingHere({ ...given, id }, [], NOW) });
  const needs = [
    named("look back", teacher({ stage: "follow_up", commitment: "2026-03-01" })),
    named("meet", teacher({ meeting: "2026-03-02T20:00:00Z" })),
    named("choose a coach", teacher({ proposed_coach: COLE })),
    named("agree to close", teacher({ stage: "follow_up", closing_asked_by: "k" })),
    named("send the video", teacher({ lessons: [lesson({ state: "arriving" })] })),
    named("release", teacher({ lessons: [lesson({ released_at: null })] })),
    named("read, due soon", teacher({ lessons: [lesson()], waiting_on: "both", due: "2026-03-03T00:00:00Z" })),
    named("read, due later", teacher({ lessons: [lesson()], waiting_on: "both", due: "2026-03-08T00:00:00Z" })),
    named("read, no day", teacher({ lessons: [lesson()], waiting_on: "both" })),
    named("say how it went", teacher({ meeting: "2026-02-27T20:00:00Z" })),
    named("film", teacher({ stage: "teaching" })),
    named("debrief", teacher({ stage: "debrief" })),
    named("plan", teacher({ stage: "planning" })),
    named("under way", teacher({ stage: "follow_up", commitment: "2026-03-20" })),
  ];

  it("is that of how pressing it is", () => {
    const ids = needs.map(({ cycle: { id } }) => id);
    expect(inOrder([...needs].reverse()).map(({ cycle: { id } }) => id)).toEqual(ids);
    expect(needs.slice(0, -1).every(({ waits }) => waits.group === "you")).toBe(true);
  });
});
