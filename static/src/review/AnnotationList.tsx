import { type Signal, useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { OpenLesson } from "../live/lesson";
import { submit } from "../outbox/outbox";
import { words } from "../words";
import { AnnotationItem } from "./AnnotationItem";
import { commandsOf, type Entry } from "./entries";
import { type Filter, isFresh, passes } from "./filter";
import { FilterField } from "./FilterField";
import type { Playback } from "./playback";
import { useReading } from "./reading";
import type { Room } from "./room";
import { under } from "./timeline";

interface Props { entries: Entry[]; open: OpenLesson; room: Room; playback: Playback; nextFresh: Signal<() => void> }

const LEFT_ALONE_MS = 6_000;
const MANY = 4;

/** The annotations in time order. While the lesson plays and nobody touches the list, it follows the playhead. */
export function AnnotationList({ entries, open, room, playback, nextFresh }: Props) {
  const list = useRef<HTMLUListElement>(null);
  const touched = useRef(0);
  const latest = useRef(entries);
  latest.current = entries;
  const filter = useSignal<Filter>("all");
  const fresh = open.fresh.value;
  const newOnes = entries.filter((entry) => isFresh(entry, fresh));
  const drafts = room.shared ? entries.filter(({ own, unsent }) => own && unsent?.body.type !== "add_annotation") : [];
  // What was written just now, and what was not taken, is shown whatever is chosen.
  const chosen = entries.filter((entry) => entry.unsent !== null || passes(entry, filter.value, fresh));
  useReading(open, room, list);
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
  const written = entries.filter(({ unsent }) => unsent?.body.type === "add_annotation").map(({ id }) => id).pop();
  useEffect(() => {
    if (written) bring(list.current, written);
  }, [written]);

  // What was not taken waits for its author: it comes into sight, and nothing scrolls it away.
  const refused = entries.find(({ unsent, replies }) => unsent?.refused || replies.some((reply) => reply.unsent?.refused))?.id;
  useEffect(() => {
    if (refused) bring(list.current, refused);
  }, [refused]);

  useEffect(() => {
    if (refused || !last || !playback.playing.peek() || Date.now() - touched.current < LEFT_ALONE_MS) return;
    bring(list.current, last);
  }, [last]);

  /** To the next one in the list; once looked at it is no longer new. */
  function next(): void {
    const here = list.current?.querySelector(".entry:focus-within, .entry:focus")?.getAttribute("data-annotation");
    const looked = entries.find(({ id }) => id === here);
    const rest = looked && isFresh(looked, fresh) ? newOnes.filter(({ id }) => id !== here) : newOnes;
    if (looked && isFresh(looked, fresh)) {
      const seen = new Set([looked.id, ...looked.replies.map(({ id }) => id)]);
      open.fresh.value = new Set([...fresh].filter((id) => !seen.has(id)));
    }
    const to = rest.find(({ start_ms }) => looked && start_ms >= looked.start_ms) ?? rest[0];
    if (!to) return;
    filter.value = "all";
    playback.seek(to.start_ms);
    requestAnimationFrame(() => {
      list.current?.querySelector<HTMLElement>(`[data-annotation="${to.id}"]`)?.focus({ preventScroll: true });
      bring(list.current, to.id);
    });
  }
  nextFresh.value = next;

  return (
    <section class="annotations" aria-labelledby="annotations-title">
      <div class="line list-head">
        <h2 id="annotations-title">{words.room.annotations} <span class="quiet">{entries.length}</span></h2>
        {newOnes.length > 0 && (
          <button type="button" class="plain" onClick={next}><span class="new">{words.corrections.freshCount(newOnes.length)} <span aria-hidden="true">↓</span></span><span class="unseen">{words.corrections.nextFresh}</span></button>
        )}
        {(entries.length >= MANY || filter.value !== "all") && <FilterField entries={entries} room={room} filter={filter} fresh={newOnes.length > 0} />}
      </div>
      {drafts.length > 0 && !room.cycle.closed && (
        <p class="line drafts">
          <span>{words.corrections.drafts(drafts.length)}</span>
          <button type="button" onClick={() => submit(commandsOf(room.lesson), { type: "publish_drafts", drafts: null })}>{words.corrections.publishAll(drafts.length)}</button>
        </p>
      )}
      {entries.length === 0 && <p class="quiet">{words.room.none}</p>}
      {entries.length > 0 && chosen.length === 0 && <p class="quiet" role="status">{words.corrections.noneShown}</p>}
      <ul ref={list}>
        {chosen.map((entry) => (
          <AnnotationItem key={entry.id} entry={entry} room={room} playback={playback} fresh={fresh} current={current.includes(entry.id)} />
        ))}
      </ul>
    </section>
  );
}

function bring(list: HTMLElement | null, id: string): void {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  list?.querySelector(`[data-annotation="${id}"]`)?.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
}
