import type { OpenCycle } from "../live/cycle";

/** The look back at each commitment. */
export function FollowUpSection({ page }: { page: OpenCycle }) {
  return page.cycle.value ? null : null;
}
