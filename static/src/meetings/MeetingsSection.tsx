import type { OpenCycle } from "../live/cycle";

/** Meetings, check-ins and the way into a calendar. */
export function MeetingsSection({ page }: { page: OpenCycle }) {
  return page.cycle.value ? null : null;
}
