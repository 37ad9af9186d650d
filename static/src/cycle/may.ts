import type { CycleRole, CycleState } from "../api/shapes";
import type { OpenCycle } from "../live/cycle";

/** It takes nothing new: its end was reached, or it was cancelled. */
export function isOver(cycle: CycleState): boolean {
  return cycle.stage === "closed" || cycle.cancelled !== null;
}

/** The reader is one of the two, and the cycle is open. Everybody else only reads. */
export function mayWrite(page: OpenCycle): boolean {
  const role = page.snapshot.value?.card.role;
  return page.cycle.value !== null && !isOver(page.cycle.value) && (role === "teacher" || role === "coach");
}

/** The other one of the two; for an observer the teacher. */
export function otherName(page: OpenCycle): string {
  const card = page.snapshot.value?.card;
  return (card?.role === "teacher" ? card.coach.name : card?.teacher.name) ?? "";
}

export function personIn(page: OpenCycle, id: string): { name: string; role: CycleRole } {
  return page.snapshot.value?.people[id] ?? { name: "", role: "observer" };
}
