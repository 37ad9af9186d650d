import type { OpenCycle } from "../live/cycle";

/** What belongs to no moment of a lesson. */
export function ConversationSection({ page }: { page: OpenCycle }) {
  return page.cycle.value ? null : null;
}
