import { session } from "../session/session";
import type { Playback } from "./playback";

/** Where somebody was in a lesson when their session ended; the next one to open it on this page goes on there. */
let left: { lesson: string; atMs: number } | null = null;

export function leaveAt(lesson: string, playback: Playback): void {
  left = session.value ? null : { lesson, atMs: playback.at.value };
}

/** Milliseconds; 0 where nothing was left. */
export function comeBackTo(lesson: string): number {
  return left?.lesson === lesson ? left.atMs : 0;
}
