/** The end of the last range, in milliseconds; Infinity where there is none, or it has none. */
const endMs = (ranges: TimeRanges | null): number => (ranges?.length ? ranges.end(ranges.length - 1) * 1000 : Infinity);

/**
 * How far one can go in what plays. A growing copy may say nothing yet, or that it has no end: then it is as far as it has
 * come. Infinity: nobody can say, and how long the lesson is counts alone.
 */
export function reachMs(seekable: TimeRanges, buffered: TimeRanges | null): number {
  const said = endMs(seekable);
  return Number.isFinite(said) ? said : endMs(buffered);
}
