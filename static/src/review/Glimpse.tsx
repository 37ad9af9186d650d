import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { clock } from "../time/format";
import { saver } from "./saving";
import { type Tile, tileAt, tilesIn } from "./storyboard";
import { fraction } from "./timeline";

/** Of the storyboard that was asked for last: it comes with the first look along the line, and once. */
let kept: { list: string; tiles: Tile[] } | null = null;

/** What there is at a moment that somebody points at: its picture, unless data is spared, and its time. */
export function Glimpse({ ms, durationMs, list }: { ms: number; durationMs: number; list: string | null }) {
  const tiles = useSignal<Tile[]>(kept?.list === list ? kept.tiles : []);
  const wanted = saver.value ? null : list;
  useEffect(() => {
    if (!wanted || kept?.list === wanted) return;
    const gone = new AbortController();
    void tilesOf(wanted, gone.signal).then((found) => {
      kept = { list: wanted, tiles: found };
      tiles.value = found;
    }, () => undefined); // the time is shown all the same, and the next look asks again
    return () => gone.abort();
  }, [wanted]);
  const tile = wanted ? tileAt(tiles.value, ms) : null;
  const half = (tile?.width ?? 48) / 2;
  return (
    <span class="glimpse" aria-hidden="true" style={{ left: `clamp(${half}px, ${fraction(ms, durationMs) * 100}%, calc(100% - ${half}px))` }}>
      {tile && (
        <span
          class="tile" data-start={tile.start}
          style={{ width: `${tile.width}px`, height: `${tile.height}px`, backgroundImage: `url("${tile.sheet}")`, backgroundPosition: `-${tile.x}px -${tile.y}px` }}
        />
      )}
      <span class="time">{clock(ms)}</span>
    </span>
  );
}

async function tilesOf(list: string, signal: AbortSignal): Promise<Tile[]> {
  const answer = await fetch(list, { credentials: "same-origin", signal });
  if (!answer.ok) throw new Error(`the storyboard: ${answer.status}`);
  return tilesIn(await answer.text());
}
