import type { OpenCycle } from "../live/cycle";

/** The whole cycle to read, to print, to take away. */
export function TakeAway({ page }: { page: OpenCycle }) {
  return page.cycle.value ? null : null;
}
