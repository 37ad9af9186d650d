import type { Cycle, Id, LessonCard, LessonStanding } from "../api/shapes";
import { calendarDay, day, plainDay, timeOfDay } from "../time/format";
import { words } from "../words";

export type Group = "you" | "others" | "finished";
/** What stands next in a cycle, on whom it waits, and the way there. `rank`: what comes first on the page is small. */
export interface Waits { group: Group; rank: number; text: string; action: string; href: string | null }

type Said = Pick<Waits, "text"> & Partial<Pick<Waits, "action" | "href">>;

const PLAYABLE: LessonStanding[] = ["watchable", "ready"];

/** What needs somebody, in the order in which it is shown. */
const ORDER = ["look-back", "meeting", "coach", "closing", "upload", "release", "annotate", "held", "film", "debrief", "plan"] as const;
type Need = (typeof ORDER)[number];

/** `moving`: the lessons whose upload goes on in this page. */
export function waitingHere(cycle: Cycle, moving: readonly Id[], now: Date): Waits {
  if (cycle.cancelled) return quiet("finished", words.overview.cancelled);
  if (cycle.stage === "closed") return quiet("finished", cycle.role === "observer" || cycle.next ? words.stageSays.closed : words.overview.startNext);
  if (cycle.role === "observer") return forObserver(cycle) ?? quiet("others", words.observers.homeSays);
  return dated(cycle, now) ?? choices(cycle) ?? (cycle.paused ? quiet("others", words.overview.paused) : null)
    ?? (cycle.role === "teacher" ? forTeacher(cycle, moving) : forCoach(cycle)) ?? byStage(cycle);
}

/** The most pressing first; among equals what is due sooner, then the older cycle. */
export function inOrder<One extends { cycle: Cycle; waits: Waits }>(all: readonly One[]): One[] {
  const late = "9999";
  return [...all].sort((a, b) => a.waits.rank - b.waits.rank
    || (a.cycle.due ?? late).localeCompare(b.cycle.due ?? late) || a.cycle.stage_since.localeCompare(b.cycle.stage_since));
}

function needs(what: Need, { text, action = words.home.open, href = null }: Said): Waits {
  return { group: "you", rank: ORDER.indexOf(what), text, action, href };
}

function quiet(group: "others" | "finished", text: string, more: Partial<Said> = {}): Waits {
  return { group, rank: ORDER.length, text, action: words.home.open, href: null, ...more };
}

function otherOf({ role, teacher, coach }: Cycle): { id: Id; name: string } {
  return role === "teacher" ? coach : teacher;
}

/** What has a day, on the reader's calendar. */
function dated(cycle: Cycle, now: Date): Waits | null {
  const today = calendarDay(now);
  const { id, role, commitment, meeting, paused } = cycle;
  if (role === "teacher" && commitment !== null && commitment <= today && !paused) {
    const text = commitment === today ? words.overview.commitmentToday : words.overview.commitmentPast(plainDay(commitment));
    return needs("look-back", { text, action: words.overview.answer, href: `/cycles/${id}/follow-up/next` });
  }
  if (meeting === null) return null;
  const begins = new Date(meeting);
  if (calendarDay(begins) === today) {
    return needs("meeting", { text: words.overview.meetToday(timeOfDay(meeting), otherOf(cycle).name), href: `/cycles/${id}#meetings` });
  }
  return begins < now && !paused ? needs("held", { text: words.overview.howWasIt(day(meeting)), action: words.overview.say, href: `/cycles/${id}#meetings` }) : null;
}

/** What one of the two has put before the other. */
function choices(cycle: Cycle): Waits | null {
  const { id, role, proposed_coach, closing_asked_by } = cycle;
  const href = `/cycles/${id}`;
  if (proposed_coach) {
    return role === "teacher"
      ? needs("coach", { text: words.overview.newCoach(proposed_coach.name), action: words.overview.choose, href })
      : quiet("others", words.overview.newCoachOther(cycle.teacher.name));
  }
  const other = otherOf(cycle);
  if (closing_asked_by === other.id) return needs("closing", { text: words.overview.wouldClose(other.name), action: words.overview.decide, href });
  return null;
}

function forTeacher(cycle: Cycle, moving: readonly Id[]): Waits | null {
  const { id, stage, lessons, coach, waiting_on, release_mode } = cycle;
  const upload = (lesson: LessonCard): string => `/lessons/${lesson.id}/upload`;
  const watch = (lesson: LessonCard): Pick<Waits, "action" | "href"> => ({ action: words.upload.watch, href: `/lessons/${lesson.id}` });
  const stuck = lessons.find(({ state }) => state === "waiting" || state === "arriving");
  if (stuck && moving.includes(stuck.id)) return quiet("others", words.home.onItsWay(stuck.title), { action: words.upload.howFar, href: upload(stuck) });
  if (stuck?.state === "waiting" && !stuck.upload) return needs("upload", { text: words.home.noVideoYet(stuck.title), action: words.upload.pick, href: upload(stuck) });
  if (stuck) return needs("upload", { text: words.home.waitingUpload(stuck.title), action: words.upload.goOn, href: upload(stuck) });
  const newest = lessons[lessons.length - 1];
  if (newest?.state === "refused") return needs("upload", { text: words.home.waitingRefused(newest.title), action: words.home.seeWhy, href: upload(newest) });
  const kept = lessons.find(({ state, released_at }) => PLAYABLE.includes(state) && released_at === null);
  if (kept) return needs("release", { text: words.home.waitingRelease(kept.title), ...watch(kept) });
  if (newest?.state === "preparing") return quiet("others", words.home.preparing(newest.title), { action: words.upload.howFar, href: upload(newest) });
  if (stage === "teaching" && !newest) return needs("film", { text: words.home.waitingTeach, action: words.cycle.addLesson, href: `/cycles/${id}/add` });
  if (!newest || (stage !== "teaching" && stage !== "review")) return null;
  if (stage === "review" && waiting_on === "both" && release_mode === "teacher_first") {
    return needs("annotate", { text: words.overview.coachDone(coach.name), ...watch(newest) });
  }
  if (stage === "review" && (waiting_on === "teacher" || waiting_on === "both")) {
    return needs("annotate", { text: words.overview.annotate(newest.title), action: words.overview.write, href: `/lessons/${newest.id}` });
  }
  return quiet("others", words.home.withCoach(newest.title, coach.name), watch(newest));
}

function forCoach(cycle: Cycle): Waits | null {
  const { stage, lessons, teacher, waiting_on, release_mode } = cycle;
  if (stage !== "teaching" && stage !== "review") return null;
  const newest = lessons.filter(({ state }) => PLAYABLE.includes(state)).pop();
  if (!newest) return coming(cycle);
  const way = { action: words.upload.watch, href: `/lessons/${newest.id}` };
  if (stage === "review" && waiting_on === "teacher") return quiet("others", words.overview.withTeacher(teacher.name), way);
  if (stage === "review" && waiting_on === "both" && release_mode === "teacher_first") return quiet("others", words.overview.youAreDone(teacher.name), way);
  return needs("annotate", { text: words.home.waitingWatch(newest.title), ...way });
}

function forObserver({ stage, lessons }: Cycle): Waits | null {
  const newest = lessons.filter(({ state }) => PLAYABLE.includes(state)).pop();
  if (!newest || (stage !== "teaching" && stage !== "review")) return null;
  return quiet("others", words.home.waitingWatch(newest.title), { action: words.upload.watch, href: `/lessons/${newest.id}` });
}

function coming({ lessons, teacher }: Cycle): Waits {
  const newest = lessons.filter(({ state }) => state !== "refused").pop();
  return quiet("others", !newest ? words.home.waitingTeacher(teacher.name)
    : newest.state === "waiting" ? words.home.noVideoYet(newest.title)
    : newest.state === "preparing" ? words.home.preparing(newest.title) : words.home.onItsWay(newest.title),
  newest?.plays_early ? { action: words.local.meanwhile, href: `/lessons/${newest.id}` } : {});
}

/** Without a lesson to speak of, the stage says whose turn it is. */
function byStage(cycle: Cycle): Waits {
  const { id, stage, role, teacher, meeting, commitment } = cycle;
  const href = `/cycles/${id}`;
  const meet = meeting ? ` ${words.overview.nextMeeting(day(meeting))}` : "";
  if (stage === "planning") return needs("plan", { text: words.stageSays.planning + meet, href });
  if (stage === "debrief") return needs("debrief", { text: words.stageSays.debrief + meet, href });
  if (stage === "follow_up") {
    if (commitment) return quiet("others", words.overview.nextLook(plainDay(commitment)) + meet);
    return role === "teacher" ? needs("closing", { text: words.overview.closeIt, href }) : quiet("others", words.overview.followsUp(teacher.name) + meet);
  }
  // Teaching or review without a lesson that anybody could open.
  return (role === "teacher") === (stage === "teaching") ? needs("film", { text: words.stageSays[stage] + meet, href }) : quiet("others", words.stageSays[stage] + meet);
}
