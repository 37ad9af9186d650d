import type { Cut } from "../api/shapes";

/** A seek lands on the last microsecond before a moment as often as on it. */
const NEARLY_MS = 1;

/** The part at this moment that the teacher cut out; null: there is something to see. */
export function gapAt(gaps: readonly Cut[], ms: number): Cut | null {
  return gaps.find(({ start_ms, end_ms }) => start_ms <= ms && (end_ms === null || ms < end_ms - NEARLY_MS)) ?? null;
}
