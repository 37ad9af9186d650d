import type { OpenCycle } from "../live/cycle";

/** Moving on, pausing, cancelling, starting the next. */
export function StageActions({ page }: { page: OpenCycle }) {
  return page.cycle.value ? null : null;
}
