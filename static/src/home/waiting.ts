import type { Cycle } from "../api/shapes";
import { transfers } from "../upload/store";
import { words } from "../words";

export interface Waits { text: string; action: string; href: string | null }

/** The one thing that waits on this person in a cycle, and the way there. */
export function waitingHere(cycle: Cycle): Waits {
  const open = { action: words.home.open, href: null };
  if (["closed", "cancelled", "paused"].includes(cycle.stage)) return { text: words.stageSays[cycle.stage], ...open };
  const playable = cycle.lessons.filter(({ state }) => state === "watchable" || state === "ready");
  const newest = playable[playable.length - 1];
  if (cycle.role === "teacher") {
    const stuck = cycle.lessons.find(({ state }) => state === "waiting" || state === "arriving");
    const moving = stuck && transfers.value.find((one) => one.lesson === stuck.id && !one.ended);
    if (stuck && moving) return { text: words.home.onItsWay(stuck.title), action: words.upload.goOnTitle, href: `/lessons/${stuck.id}/upload` };
    if (stuck) return { text: words.home.waitingUpload(stuck.title), action: words.upload.goOn, href: `/lessons/${stuck.id}/upload` };
    const kept = playable.find(({ released_at }) => released_at === null);
    if (kept) return { text: words.home.waitingRelease(kept.title), action: words.upload.watch, href: `/lessons/${kept.id}` };
    if (cycle.stage === "teaching" && playable.length === 0) {
      return { text: words.home.waitingTeach, action: words.cycle.addLesson, href: `/cycles/${cycle.id}/add` };
    }
  } else if (playable.length === 0 && (cycle.stage === "teaching" || cycle.stage === "review")) {
    return { text: words.home.waitingTeacher(cycle.teacher.name), ...open };
  }
  if (newest && (cycle.stage === "teaching" || cycle.stage === "review")) {
    return { text: words.home.waitingWatch(newest.title), action: words.upload.watch, href: `/lessons/${newest.id}` };
  }
  return { text: words.stageSays[cycle.stage], ...open };
}
