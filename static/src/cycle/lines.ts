import type { OpenCycle } from "../live/cycle";
import { day, dayAndTime } from "../time/format";
import { words } from "../words";
import { personIn } from "./may";

/** What is in each part of a cycle, in one line. */

const LONGEST = 90;
const say = words.notebook;

/** The first words of a text. Cut between letters as people see them, not inside one. */
export function excerpt(text: string, longest = LONGEST): string {
  const line = text.trim().replace(/\s+/g, " ");
  const letters = typeof Intl.Segmenter === "function" ? [...new Intl.Segmenter().segment(line)].map(({ segment }) => segment) : [...line];
  return letters.length <= longest ? line : `${letters.slice(0, longest - 1).join("").trimEnd()}…`;
}

export function planningLine({ cycle }: OpenCycle): string {
  const now = cycle.value;
  const goal = now?.plan["goal"]?.text || now?.plan["lesson_title"]?.text;
  const questions = Object.keys(now?.questions ?? {}).length;
  const files = Object.keys(now?.resources ?? {}).length;
  const parts = [questions && say.questions(questions), files && say.files(files), goal && say.planned(excerpt(goal))].filter(Boolean);
  return parts.join(" · ") || say.nothingPlanned;
}

export function lessonsLine({ cycle, snapshot }: OpenCycle): string {
  const lessons = snapshot.value?.card.lessons ?? [];
  if (lessons.length === 0) return cycle.value?.waiver ? say.waived : say.noLesson;
  const written = lessons.reduce((sum, { annotations }) => sum + annotations, 0);
  return [say.lessons(lessons.length), words.cycle.annotations(written)].join(" · ");
}

export function debriefLine({ cycle }: OpenCycle): string {
  const all = Object.values(cycle.value?.commitments ?? {});
  if (all.length === 0) return say.noCommitment;
  return say.commitments(all.length, all.filter(isOpen).length);
}

export function followUpLine({ cycle }: OpenCycle): string {
  const all = Object.values(cycle.value?.commitments ?? {});
  if (all.length === 0) return say.noFollowUp;
  const next = all.filter(isOpen).map(({ due }) => due).sort()[0];
  // A day has no zone; noon is that day everywhere it is read.
  return next ? say.nextLook(day(`${next}T12:00:00Z`)) : say.lookedBack(all.filter((one) => one.follow_ups.length > 0).length, all.length);
}

export function reflectionsLine({ cycle, notebook }: OpenCycle): string {
  const shared = Object.values(cycle.value?.reflections ?? {}).filter((one) => one.removed_at === null).length;
  return say.reflections(shared, Object.keys(notebook.value?.notes ?? {}).length);
}

export function meetingsLine({ cycle }: OpenCycle): string {
  const all = Object.values(cycle.value?.meetings ?? {});
  const next = all.filter(({ status }) => status === "planned").sort((a, b) => a.start.localeCompare(b.start))[0];
  if (next) return say.nextMeeting(say.meetingKinds[next.kind], dayAndTime(next.start));
  const held = all.filter(({ status }) => status === "held").length;
  return held > 0 ? say.held(held) : say.noMeeting;
}

export function conversationLine(page: OpenCycle): string {
  const last = Object.values(page.cycle.value?.messages ?? {}).filter((one) => one.removed_at === null).sort((a, b) => a.at.localeCompare(b.at)).pop();
  return last ? say.said(personIn(page, last.by).name, excerpt(last.text, 60)) : say.nothingSaid;
}

export function observersLine({ cycle }: OpenCycle): string {
  const n = new Set(Object.values(cycle.value?.observers ?? {}).map(({ person }) => person)).size;
  return n > 0 ? say.observers(n) : say.nobodyElse;
}

function isOpen({ follow_ups }: { follow_ups: readonly { answer: string }[] }): boolean {
  const last = follow_ups[follow_ups.length - 1];
  return !last || last.answer === "not_yet";
}
