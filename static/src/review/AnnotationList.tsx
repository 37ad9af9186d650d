import { useComputed } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { words } from "../words";
import type { Entry } from "./entries";
import { AnnotationItem } from "./AnnotationItem";
import type { People } from "./people";
import type { Playback } from "./playback";
import { under } from "./timeline";

interface Props { entries: Entry[]; lesson: string; people: People; playback: Playback }

const LEFT_ALONE_MS = 6_000;

/** The annotations in time order. While the lesson plays and nobody touches the list, it follows the playhead. */
export function AnnotationList({ entries, lesson, people, playback }: Props) {
  const list = useRef<HTMLUListElement>(null);
  const touched = useRef(0);
  const latest = useRef(entries);
  latest.current = entries;
  // A quarter of a second is fine enough for a list, and spares a phone drawing it at every frame.
  const quarter = useComputed(() => Math.floor(playback.at.value / 250) * 250 + 249);
  const current = under(latest.current, quarter.value);
  const last = current[current.length - 1];

  useEffect(() => {
    const touch = (): void => void (touched.current = Date.now());
    const names = ["wheel", "touchmove", "keydown"] as const;
    for (const name of names) addEventListener(name, touch, { passive: true });
    return () => { for (const name of names) removeEventListener(name, touch); };
  }, []);

  // One's own annotation is shown where it went, the moment it is written.
  const written = entries.filter(({ unsent }) => unsent !== null).map(({ id }) => id).pop();
  useEffect(() => {
    if (written) bring(list.current, written);
  }, [written]);

  // What was not taken waits for its author: it comes into sight, and nothing scrolls it away.
  const refused = entries.find(({ unsent }) => unsent?.refused)?.id;
  useEffect(() => {
    if (refused) bring(list.current, refused);
  }, [refused]);

  useEffect(() => {
    if (refused || !last || !playback.playing.peek() || Date.now() - touched.current < LEFT_ALONE_MS) return;
    bring(list.current, last);
  }, [last]);

  return (
    <section class="annotations" aria-labelledby="annotations-title">
      <h2 id="annotations-title">{words.room.annotations} <span class="quiet">{entries.length}</span></h2>
      {entries.length === 0 && <p class="quiet">{words.room.none}</p>}
      <ul ref={list}>
        {entries.map((entry) => (
          <AnnotationItem key={entry.id} entry={entry} lesson={lesson} people={people} current={current.includes(entry.id)} onSeek={(ms) => playback.seek(ms)} />
        ))}
      </ul>
    </section>
  );
}

function bring(list: HTMLElement | null, id: string): void {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  list?.querySelector(`[data-annotation="${id}"]`)?.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
}
