import type { OpenCycle } from "../live/cycle";

/** The agenda of moments, notes of each, commitments. */
export function DebriefSection({ page }: { page: OpenCycle }) {
  return page.cycle.value ? null : null;
}
