import type { OpenCycle } from "../live/cycle";

/** Who was let in besides the two, and until when. */
export function ObserversSection({ page }: { page: OpenCycle }) {
  return page.cycle.value ? null : null;
}
