import type { OpenCycle } from "../live/cycle";

/** The plan of the lesson, and the files beside it. */
export function PlanSection({ page }: { page: OpenCycle }) {
  return page.cycle.value ? null : null;
}
