/** Where somebody speaks, told from how loud it is. Pure. Peaks are 0 to 255, one for each `peakMs` from time 0 on. */

export interface Band { start_ms: number; end_ms: number }

/** Shorter sounds, and shorter breaks between words, do not count. */
const LEAST_MS = 500;
/** Of what lies between the room's own noise and the loudest: where speech begins, and where it ends. */
const BEGINS = 0.25;
const ENDS = 0.15;
/** Below this distance there is nothing but the room. */
const LEAST_RANGE = 6;

function quantile(sorted: Uint8Array, part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

/** The stretches in which somebody speaks, in time order. One clap does not make the rest seem quiet. */
export function talk(peaks: Uint8Array, peakMs: number): Band[] {
  const sorted = peaks.slice().sort();
  const floor = quantile(sorted, 0.1);
  const range = quantile(sorted, 0.95) - floor;
  // Where nobody ever pauses there is no floor to be seen: what is loud against silence is speech then.
  const steady = range < LEAST_RANGE;
  if (steady && floor < 4 * LEAST_RANGE) return [];
  const begins = steady ? floor / 2 : floor + Math.max(LEAST_RANGE / 2, range * BEGINS);
  const ends = steady ? floor / 2 : floor + Math.max(LEAST_RANGE / 3, range * ENDS);
  const found: Band[] = [];
  let since = -1;
  for (let n = 0; n <= peaks.length; n++) {
    const loud = n < peaks.length ? peaks[n]! : -1;
    if (since < 0 && loud >= begins) since = n;
    else if (since >= 0 && loud < ends) {
      const band = { start_ms: since * peakMs, end_ms: n * peakMs };
      const last = found.at(-1);
      if (last && band.start_ms - last.end_ms < LEAST_MS) last.end_ms = band.end_ms;
      else found.push(band);
      since = -1;
    }
  }
  return found.filter(({ start_ms, end_ms }) => end_ms - start_ms >= LEAST_MS);
}

/** 0 to 100, whole. */
export function share(bands: readonly Band[], durationMs: number): number {
  const spoken = bands.reduce((sum, { start_ms, end_ms }) => sum + end_ms - start_ms, 0);
  return durationMs > 0 ? Math.min(100, Math.round((spoken / durationMs) * 100)) : 0;
}

/** The greatest peak in each of `count` equal parts. */
export function columns(peaks: Uint8Array, count: number): number[] {
  return Array.from({ length: Math.min(count, peaks.length) }, (_, n, all = Math.min(count, peaks.length)) =>
    peaks.subarray(Math.floor((n * peaks.length) / all), Math.floor(((n + 1) * peaks.length) / all)).reduce((most, one) => Math.max(most, one), 0));
}
