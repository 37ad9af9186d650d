/** When the next block may start, and for how long silence is no sign of death. Pure; times in milliseconds of one steady clock. */

/** A block on its way. `over`: all of it was handed to the network, which may still have most of it in a buffer. */
export interface Flying { begun: number; bytes: number; over: boolean }

/** What is known of the link. `latency`: from asking for something small to its answer, at best. */
export interface Link { rate: number | null; latency: number; lastStored: number; strict: boolean }

/** After a cut the link may well be cut again, and two blocks under way are two blocks lost. */
export const STRICT_MS = 5 * 60_000;
/** One block at a time costs an empty round trip each; two that overlap cost none, so they may be shorter. */
const SECONDS_ALONE = 6;
const SECONDS_OVERLAPPED = 5;
/** On a slow link whoever writes waits for all that lies before their words: there it is less. Bytes a second. */
const SLOW = 125_000;
const SECONDS_WHERE_SLOW = 4;

const SHORTEST_LEAD_MS = 300;
const LONGEST_LEAD_MS = 3_000;
const LATENCIES_AHEAD = 5;
const LATENCIES_WHERE_SLOW = 2.5;

const SILENCE_MS = 45_000;
const ANSWER_MS = 120_000;
/** What may lie in buffers between page and link before anything is heard of it. */
const DEEP_BUFFER_BYTES = 1.5 * 1024 * 1024;

export const secondsOfBlock = (strict: boolean, rate: number | null): number =>
  strict ? SECONDS_ALONE : rate !== null && rate < SLOW ? SECONDS_WHERE_SLOW : SECONDS_OVERLAPPED;

/**
 * Milliseconds until the next block may start; 0 now, Infinity not before something has changed.
 *
 * The next one starts when the current has been handed over and is about to be through: a deep buffer takes a whole block
 * at once, and a second block behind it would only make words wait and a cut dearer.
 */
export function untilNext(now: number, flying: readonly Flying[], link: Link): number {
  const [first] = flying;
  if (!first) return 0;
  if (link.strict || flying.length > 1 || link.rate === null || !first.over) return Infinity;
  const stored = Math.max(first.begun + link.latency, link.lastStored) + first.bytes / link.rate * 1000;
  const ahead = link.latency * (link.rate < SLOW ? LATENCIES_WHERE_SLOW : LATENCIES_AHEAD);
  const lead = Math.min(LONGEST_LEAD_MS, Math.max(SHORTEST_LEAD_MS, ahead));
  return Math.max(0, stored - lead - now);
}

/** For how long the line carried a block that is stored now: without the way there and back, nor what it stood behind another. */
export const busy = (now: number, begun: number, { latency, lastStored }: Link): number =>
  Math.max(now - Math.max(begun + latency, lastStored), Math.min(now - begun, now - lastStored) / 3);

/** How long a block may show no movement while it is being handed over. Shorter times abort healthy transfers. */
export const silence = (rate: number | null): number => Math.max(SILENCE_MS, rate ? DEEP_BUFFER_BYTES / rate * 1000 : 0);

/** How long the store may take to answer after a block was handed over, when `unfinished` bytes are under way in all. */
export const answer = (rate: number | null, unfinished: number): number =>
  Math.max(ANSWER_MS, rate ? 3 * Math.max(unfinished, DEEP_BUFFER_BYTES) / rate * 1000 : 0);
