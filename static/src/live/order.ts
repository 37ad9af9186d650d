import type { Annotation } from "../api/shapes";

/** By the moment they are pinned to, then by when they were written; never two in an order that could change. */
export function byTime(a: Annotation, b: Annotation): number {
  return a.start_ms - b.start_ms || a.at.localeCompare(b.at) || a.id.localeCompare(b.id);
}
