import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { playing as says } from "../words/playing";
import { columns, share, talk } from "./talk";

const COLUMNS = 240;
const HEIGHT = 20;

/** Under the line, at the same times: how loud it is, where somebody speaks, and for how much of the lesson. */
export function TalkStrip({ peaks, peakMs, durationMs }: { peaks: string; peakMs: number; durationMs: number }) {
  const loudness = useSignal<Uint8Array | null>(null);
  useEffect(() => {
    const gone = new AbortController();
    void fetchPeaks(peaks, gone.signal).then((found) => (loudness.value = found), () => undefined); // the lesson is whole without it
    return () => gone.abort();
  }, [peaks]);
  const known = loudness.value;
  const drawn = useMemo(() => known && draw(known, peakMs, durationMs), [known, peakMs, durationMs]);
  if (!drawn) return null;
  return (
    <div class="talk">
      <svg viewBox={`0 0 ${Math.max(1, durationMs)} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={says.loudness}>
        <path class="loud" d={drawn.loud} />
        {drawn.bands.map(({ start_ms, end_ms }) => <rect key={start_ms} class="speech" x={start_ms} y={HEIGHT - 3} width={end_ms - start_ms} height={3} />)}
      </svg>
      <p class="quiet small">{says.speaks(drawn.percent)}</p>
    </div>
  );
}

function draw(peaks: Uint8Array, peakMs: number, durationMs: number) {
  const bands = talk(peaks, peakMs);
  const heights = columns(peaks, COLUMNS);
  const wide = (peaks.length * peakMs) / Math.max(1, heights.length);
  const most = Math.max(1, ...heights);
  const foot = HEIGHT - 4;
  const loud = heights.map((height, n) => `M${Math.round(n * wide)} ${foot}v${(-foot * height / most).toFixed(1)}h${Math.round(wide * 0.7)}V${foot}z`).join("");
  return { bands, loud, percent: share(bands, durationMs) };
}

async function fetchPeaks(path: string, signal: AbortSignal): Promise<Uint8Array> {
  const answer = await fetch(path, { credentials: "same-origin", signal });
  if (!answer.ok) throw new Error(`the peaks: ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}
