import type { Cut } from "../api/shapes";
import { clock } from "../time/format";
import { words } from "../words";

/** As the server has it: a shorter part is refused, and less than this at the very end goes with the part before it. */
export const SHORTEST_MS = 200;
export const SHORTEST_KEPT_MS = 1000;
export const MOST = 50;

export const nameOf = ({ start_ms, end_ms }: Cut): string => words.cuts.part(clock(start_ms), end_ms === null ? words.cuts.theEnd : clock(end_ms));

/** The parts with one more, in order, merged where they touch. `null` ends with the lesson, wherever that is. */
export function withPart(parts: readonly Cut[], start: number, end: number | null, durationMs: number): Cut[] {
  const merged: { start: number; end: number }[] = [];
  const all = [...parts, { start_ms: start, end_ms: end }].map(({ start_ms, end_ms }) => ({ start: Math.max(0, start_ms), end: toEnd(end_ms, durationMs) }));
  for (const part of all.sort((a, b) => a.start - b.start || a.end - b.end)) {
    const last = merged[merged.length - 1];
    if (last && part.start <= last.end) last.end = Math.max(last.end, part.end);
    else merged.push({ ...part });
  }
  return merged.map((one) => ({ start_ms: one.start, end_ms: one.end === Infinity ? null : one.end }));
}

const toEnd = (end: number | null, durationMs: number): number => (end === null || durationMs - end < SHORTEST_MS ? Infinity : end);

/** Whether a second of the lesson stays in one piece, without which the server takes nothing. */
export function leavesSomething(parts: readonly Cut[], durationMs: number): boolean {
  let from = 0;
  for (const { start_ms, end_ms } of parts) {
    if (start_ms - from >= SHORTEST_KEPT_MS) return true;
    from = end_ms ?? durationMs;
  }
  return durationMs - from >= SHORTEST_KEPT_MS || parts.length === 0;
}

export const same = (some: readonly Cut[], others: readonly Cut[]): boolean =>
  some.length === others.length && some.every((one, n) => one.start_ms === others[n]!.start_ms && one.end_ms === others[n]!.end_ms);

/** What is marked and not saved yet, once the lesson is known anew: the same, until it is what the lesson has. */
export const still = (marks: readonly Cut[] | null, cuts: readonly Cut[]): readonly Cut[] | null =>
  marks && same(marks, cuts) ? null : marks;
