import type { Held, Role } from "./transfer";

/** What is asked of one transfer to say whose turn it is. */
export interface InLine { role: Role; ended: boolean; held: Held | null }

/** Files beside a plan are short and have a lane of their own; sound comes before pictures; a recording before what is already on a disk. */
const RANK: Record<Role, number> = { resource: 0, sound: 1, recording: 2, small: 3, original: 4 };

/** Those that cannot go now let the next one pass. "turn" alone is no reason: it is what is being asked. */
const active = ({ ended, held }: InLine): boolean => !ended && (held === null || held === "turn");

/** One after another: on a bad line, ten at once all come last. Those added earlier go first among equals. Pure. */
export function itsTurn<One extends InLine>(one: One, all: readonly One[]): boolean {
  if (one.role === "resource") return true;
  const place = all.indexOf(one);
  return !all.some((other, n) => other !== one && other.role !== "resource" && active(other)
    && (RANK[other.role] < RANK[one.role] || (RANK[other.role] === RANK[one.role] && n < place)));
}
