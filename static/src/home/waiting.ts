import type { Cycle, Id, LessonCard, LessonStanding } from "../api/shapes";
import { words } from "../words";

export type Group = "you" | "others" | "finished";
/** What stands next in a cycle, on whom it waits, and the way there. */
export interface Waits { group: Group; text: string; action: string; href: string | null }

const PLAYABLE: LessonStanding[] = ["watchable", "ready"];

/** `moving`: the lessons whose upload goes on in this page. */
export function waitingHere(cycle: Cycle, moving: readonly Id[]): Waits {
  const open = { action: words.home.open, href: null };
  if (cycle.stage === "closed") return { group: "finished", text: words.stageSays[cycle.stage], ...open };
  if (cycle.role === "observer") return { group: "others", text: words.observers.homeSays, ...open };
  return (cycle.role === "teacher" ? forTeacher(cycle, moving) : forOthers(cycle)) ?? { group: turn(cycle), text: words.stageSays[cycle.stage], ...open };
}

function forTeacher({ id, stage, lessons, coach }: Cycle, moving: readonly Id[]): Waits | null {
  const upload = (lesson: LessonCard): string => `/lessons/${lesson.id}/upload`;
  const watch = (lesson: LessonCard): Pick<Waits, "action" | "href"> => ({ action: words.upload.watch, href: `/lessons/${lesson.id}` });
  const stuck = lessons.find(({ state }) => state === "waiting" || state === "arriving");
  if (stuck && moving.includes(stuck.id)) return { group: "others", text: words.home.onItsWay(stuck.title), action: words.upload.goOnTitle, href: upload(stuck) };
  if (stuck) return { group: "you", text: words.home.waitingUpload(stuck.title), action: words.upload.goOn, href: upload(stuck) };
  const kept = lessons.find(({ state, released_at }) => PLAYABLE.includes(state) && released_at === null);
  if (kept) return { group: "you", text: words.home.waitingRelease(kept.title), ...watch(kept) };
  const newest = lessons[lessons.length - 1];
  if (newest?.state === "refused") return { group: "you", text: words.home.waitingRefused(newest.title), action: words.home.seeWhy, href: upload(newest) };
  if (newest?.state === "preparing") return { group: "others", text: words.home.preparing(newest.title), action: words.upload.goOnTitle, href: upload(newest) };
  if (stage === "teaching" && !newest) return { group: "you", text: words.home.waitingTeach, action: words.cycle.addLesson, href: `/cycles/${id}/add` };
  if (newest && (stage === "teaching" || stage === "review")) {
    return { group: "others", text: words.home.withCoach(newest.title, coach.name), ...watch(newest) };
  }
  return null;
}

function forOthers({ stage, lessons, teacher }: Cycle): Waits | null {
  if (stage !== "teaching" && stage !== "review") return null;
  const newest = lessons.filter(({ state }) => PLAYABLE.includes(state)).pop();
  if (newest) return { group: "you", text: words.home.waitingWatch(newest.title), action: words.upload.watch, href: `/lessons/${newest.id}` };
  const coming = lessons.filter(({ state }) => state !== "refused").pop();
  const text = !coming ? words.home.waitingTeacher(teacher.name)
    : coming.state === "waiting" ? words.home.noVideoYet(coming.title)
    : coming.state === "preparing" ? words.home.preparing(coming.title) : words.home.onItsWay(coming.title);
  return { group: "others", text, action: words.home.open, href: null };
}

/** Without a lesson to speak of, the stage says whose turn it is. */
function turn({ role, stage }: Cycle): Group {
  return stage === "planning" || stage === "debrief" || (role === "teacher") === (stage !== "review") ? "you" : "others";
}
