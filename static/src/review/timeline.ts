import type { Annotation } from "../api/shapes";

/** Pure timeline maths: milliseconds to places on the line and back. */

const FRAME_IS_STALE_S = 0.25;

/**
 * The whole millisecond that names the frame on screen. Frames begin between milliseconds (33.367, 66.733, …): rounding
 * down would name the frame before, so the answer is never below the frame's own start when that is known.
 */
export function markedMs(currentS: number, frameS: number | null): number {
  const now = Math.max(0, Math.floor(currentS * 1000 + 1e-3));
  if (frameS === null || Math.abs(currentS - frameS) > FRAME_IS_STALE_S) return now;
  return Math.max(now, Math.ceil(frameS * 1000 - 1e-3));
}

/** 0…1 along the line. */
export function fraction(ms: number, durationMs: number): number {
  return durationMs > 0 ? Math.min(1, Math.max(0, ms / durationMs)) : 0;
}

export function msAt(x: number, left: number, width: number, durationMs: number): number {
  return Math.round(fraction(x - left, width) * durationMs);
}

export type Spot = Pick<Annotation, "id" | "start_ms" | "end_ms">;

/** What the playhead is at: every range it is in, else the last moment it has passed. In time order, ids only. */
export function under(spots: readonly Spot[], ms: number): string[] {
  const inside = spots.filter(({ start_ms, end_ms }) => end_ms !== null && start_ms <= ms && ms < end_ms);
  let last: Spot | undefined;
  for (const spot of spots) if (spot.start_ms <= ms + 1 && (!last || spot.start_ms >= last.start_ms)) last = spot;
  const ids = new Set(inside.map(({ id }) => id));
  if (last && (last.end_ms === null || inside.length === 0)) ids.add(last.id);
  return spots.filter(({ id }) => ids.has(id)).map(({ id }) => id);
}

export interface Mark { id: string; from: number; to: number; row: number }

/** Places for the marks, in as few rows as keep neighbours apart; `gap` is the width of a mark as a part of the line. */
export function marks(spots: readonly Spot[], durationMs: number, gap: number, rows: number): Mark[] {
  const ends: number[] = [];
  return [...spots].sort((a, b) => a.start_ms - b.start_ms).map(({ id, start_ms, end_ms }) => {
    const from = fraction(start_ms, durationMs);
    const to = end_ms === null ? from : fraction(end_ms, durationMs);
    let row = ends.findIndex((end) => end <= from);
    if (row < 0) row = ends.length < rows ? ends.length : ends.indexOf(Math.min(...ends));
    ends[row] = Math.max(ends[row] ?? 0, Math.max(to, from) + gap);
    return { id, from, to, row };
  });
}

/** The moment that an address names behind its `#`, as `t=12.5`: milliseconds. Null: none. */
export function momentOf(fragment: string): number | null {
  const found = /^t=(\d{1,6}(?:\.\d{1,6})?)$/.exec(fragment);
  return found ? Math.round(Number(found[1]) * 1000) : null;
}

/** Milliseconds of "12:30" or "1:02:30"; null for what is no time. */
export function msOf(text: string): number | null {
  const parts = text.trim().split(":");
  if (parts.length > 3 || !parts.every((part) => /^\d{1,3}$/.test(part))) return null;
  return parts.reduce((sum, part) => sum * 60 + Number(part), 0) * 1000;
}
