import type { OpenCycle } from "../live/cycle";

/** Reflections: drafted in the notebook, shared when ready. */
export function ReflectionSection({ page }: { page: OpenCycle }) {
  return page.cycle.value ? null : null;
}
