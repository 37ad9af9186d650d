import type { CycleSnapshot, CycleState, Stage } from "../api/shapes";
import { words } from "../words";

export const LINE: Stage[] = ["planning", "teaching", "review", "debrief", "follow_up", "closed"];

export function after(stage: Stage): Stage | null {
  return LINE[LINE.indexOf(stage) + 1] ?? null;
}

export function before(stage: Stage): Stage | null {
  return LINE[LINE.indexOf(stage) - 1] ?? null;
}

export function isOver(cycle: CycleState): boolean {
  return cycle.stage === "closed" || cycle.cancelled !== null;
}

/** When the present stage should be over, as the server reckons it; the days of pauses do not count. */
export function due(cycle: CycleState): Date | null {
  const days = cycle.stage_days[cycle.stage];
  if (days === undefined || !cycle.stage_since || isOver(cycle)) return null;
  return new Date(new Date(cycle.stage_since).getTime() + days * 86_400_000 + cycle.paused_ms);
}

export interface Need { text: string; done: boolean }

/** What the present stage needs before the next one. The server has the last word. */
export function needs(cycle: CycleState, { card }: Pick<CycleSnapshot, "card">): Need[] {
  const { need } = words.moving;
  const commitments = Object.values(cycle.commitments);
  switch (cycle.stage) {
    case "planning":
      return [{ text: need.question, done: Object.keys(cycle.questions).length > 0 }];
    case "teaching":
      return [{ text: need.lesson, done: cycle.waiver !== null || card.lessons.length > 0 }];
    case "review":
      if (cycle.waiver) return [];
      return [
        { text: card.role === "teacher" ? need.youReleased : need.released(card.teacher.name), done: cycle.lessons.length > 0 },
        { text: card.role === "coach" ? need.youDone : need.coachDone(card.coach.name), done: cycle.lessons.some(({ done }) => cycle.coach in done) },
      ];
    case "debrief":
      return [{ text: need.commitment, done: commitments.length > 0 }];
    case "follow_up":
      return [{ text: need.answered, done: commitments.every(({ follow_ups }) => follow_ups.length > 0) }];
    default:
      return [];
  }
}
