import type { OpenCycle } from "../live/cycle";

/** What each says about themselves. */
export function AboutSection({ page }: { page: OpenCycle }) {
  return page.cycle.value ? null : null;
}
