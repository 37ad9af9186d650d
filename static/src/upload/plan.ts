import type { StoredBlock } from "../api/shapes";

/** Which blocks make up the file, what is missing, and how large the next one should be. Pure. */

export interface Range { offset: number; end: number }

/** Bytes a second, where nothing was measured yet: a rural line. */
export const USUAL_RATE = 250_000;
export const SMALLEST_BLOCK = 256 * 1024;
export const LARGEST_BLOCK = 8 * 1024 * 1024;
/** At the slowest links that are used, four seconds: nothing is known yet. */
const FIRST_BLOCK = 256 * 1024;
const LARGEST_FIRST = 1024 * 1024;
const SECONDS_OF_FIRST = 2;
const FASTEST_GROWTH = 4;

/**
 * The set of blocks without overlaps that covers most of the file. Blocks may overlap when a late one landed after a
 * resume; a place stored twice with different sums is trusted neither time.
 */
export function cover(blocks: readonly StoredBlock[], size: number): StoredBlock[] {
  const sums = new Map<string, Set<string>>();
  for (const { offset, end, sha256 } of blocks) {
    const place = `${offset}-${end}`;
    sums.set(place, (sums.get(place) ?? new Set()).add(sha256));
  }
  const usable = [...new Map(blocks.map((block) => [`${block.offset}-${block.end}`, block])).entries()]
    .filter(([place, { offset, end }]) => sums.get(place)?.size === 1 && offset >= 0 && offset < end && end <= size)
    .map(([, block]) => block)
    .sort((a, b) => a.end - b.end);
  // Weighted interval scheduling: best[n] covers most bytes with the first n blocks.
  const best: number[] = [0];
  const before: number[] = [];
  usable.forEach((block, n) => {
    before[n] = endingBy(usable, block.offset, n);
    best[n + 1] = Math.max(best[n]!, best[before[n]!]! + block.end - block.offset);
  });
  const chosen: StoredBlock[] = [];
  for (let n = usable.length; n > 0; ) {
    if (best[n] === best[n - 1]) { n--; continue; }
    chosen.push(usable[n - 1]!);
    n = before[n - 1]!;
  }
  return chosen.reverse();
}

/** How many of the first `limit` blocks (sorted by end) end at or before `offset`. */
function endingBy(blocks: readonly StoredBlock[], offset: number, limit: number): number {
  let low = 0;
  let high = limit;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (blocks[middle]!.end <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What is missing without what is under way already. */
export function without(missing: readonly Range[], taken: readonly Range[]): Range[] {
  let left = [...missing];
  for (const { offset, end } of taken) {
    left = left.flatMap((gap) => [
      { offset: gap.offset, end: Math.min(gap.end, offset) }, { offset: Math.max(gap.offset, end), end: gap.end },
    ].filter((part) => part.offset < part.end));
  }
  return left;
}

/** What a cover leaves out, in order. */
export function gaps(covered: readonly StoredBlock[], size: number): Range[] {
  const found: Range[] = [];
  let at = 0;
  for (const { offset, end } of covered) {
    if (offset > at) found.push({ offset: at, end: offset });
    at = end;
  }
  if (at < size) found.push({ offset: at, end: size });
  return found;
}

/** The first piece, at most `length` long, of what is missing at or after `from`; a tail of a few kB goes with it. */
export function nextRange(missing: readonly Range[], length: number, from = 0): Range | null {
  for (const { offset, end } of missing) {
    const start = Math.max(offset, from);
    if (start >= end) continue;
    const stop = Math.min(start + length, end);
    const sliver = end - stop < SMALLEST_BLOCK / 4 && end - start <= LARGEST_BLOCK;
    return { offset: start, end: sliver ? end : stop };
  }
  return null;
}

export const bytesOf = (ranges: readonly Range[]): number => ranges.reduce((sum, { offset, end }) => sum + end - offset, 0);

/** How long the memory of the rate is: a link of this morning says little about the one of now. */
const MEMORY_MS = 20_000;

/** Bytes a second while something was under way, told only from blocks that the store has. */
export class Pace {
  private bytes = 0;
  private ms = 0;
  private most: number;
  /** What lets no longer body pass stands on the way for the whole upload. */
  private passes = LARGEST_BLOCK;

  /** `before`: bytes a second of the last upload from this device, if known: it makes the first block a little larger, no more. */
  constructor(private readonly before: number | null = null, private readonly memoryMs = MEMORY_MS) {
    this.most = before === null ? FIRST_BLOCK : Math.max(FIRST_BLOCK, Math.min(LARGEST_FIRST, before * SECONDS_OF_FIRST));
  }

  get rate(): number | null {
    return this.ms > 0 ? this.bytes / this.ms * 1000 : null;
  }

  /** About `seconds` worth of the link, growing step by step: a cut never costs more than that. */
  blockLength(seconds: number): number {
    const wanted = (this.rate ?? this.before ?? LARGEST_BLOCK) * seconds;
    return Math.round(Math.min(LARGEST_BLOCK, Math.max(SMALLEST_BLOCK, Math.min(wanted, this.most, this.passes))));
  }

  /** `ms`: for how long the link carried this block. Of two that share it, the second counts from when the first was stored. */
  stored(bytes: number, ms: number): void {
    const kept = Math.exp(-ms / this.memoryMs);
    this.bytes = this.bytes * kept + bytes;
    this.ms = Math.max(1, this.ms * kept + ms);
    this.most = Math.max(SMALLEST_BLOCK, Math.min(LARGEST_BLOCK, Math.max(this.most, bytes) * FASTEST_GROWTH));
  }

  /** Something on the way takes no body of this length. False where there is none shorter. */
  tooLong(length: number): boolean {
    if (this.passes === SMALLEST_BLOCK) return false;
    this.passes = Math.max(SMALLEST_BLOCK, Math.round(Math.min(length, this.passes) / 2));
    return true;
  }

  /** A lost block says the link is worse than measured: the next one is half as long. */
  lost(length: number): void {
    this.most = Math.max(SMALLEST_BLOCK, Math.round(length / 2));
  }
}

/** What is left at this rate, after `before` seconds of other work, as a range people can plan with; null while nothing is known. */
export function timeLeft(bytes: number, rate: number | null, before = 0): { low: number; high: number; unit: "minutes" | "hours" } | null {
  if (!rate || bytes <= 0) return null;
  const minutes = (before + bytes / rate) / 60;
  if (minutes < 1) return { low: 1, high: 1, unit: "minutes" };
  if (minutes < 5) return { low: Math.floor(minutes), high: Math.ceil(minutes * 1.4), unit: "minutes" };
  if (minutes < 90) return { low: Math.floor((minutes * 0.9) / 5) * 5 || 5, high: Math.ceil((minutes * 1.3) / 5) * 5, unit: "minutes" };
  return { low: Math.floor(minutes / 60), high: Math.ceil((minutes * 1.3) / 60), unit: "hours" };
}
