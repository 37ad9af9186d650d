import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { get, post } from "../api/http";
import type { EventPage, Id } from "../api/shapes";
import { newId } from "../ids/uuid";
import type { OpenCycle } from "../live/cycle";
import { session } from "../session/session";

/** Long enough that a look in passing is none. */
const LOOK_MS = 1500;

export interface Unread { count: number; looking(open: boolean): void }

/**
 * Messages of others that this person has not looked at. How far they have read the cycle is in their notebook, and so the
 * same on every device; which messages came after that, the cycle's events say.
 */
export function useUnread(page: OpenCycle): Unread {
  const me = session.value?.person.id ?? "";
  const cycle = page.cycle.value;
  const notebook = page.notebook.value;
  const stream = `cycle/${page.id}`;
  const seen = notebook?.seen[stream] ?? 0;
  /** Messages that were there and read when the page was opened; null while that is not known. */
  const read = useSignal<ReadonlySet<Id> | null>(null);
  const open = useSignal(false);
  const sent = useRef(0);
  const messages = Object.values(cycle?.messages ?? {});
  const fresh = read.value && notebook ? messages.filter(({ id, by, removed_at }) => by !== me && removed_at === null && !read.value?.has(id)) : [];

  const known = cycle !== null && notebook !== null;
  useEffect(() => {
    if (!known || read.value) return;
    const all = Object.values(page.cycle.peek()?.messages ?? {}).map(({ id }) => id);
    if (all.length === 0) {
      read.value = new Set();
      return;
    }
    get<EventPage>(`/api/${stream.replace("cycle/", "cycles/")}/events?after=${seen}`).then(({ events }) => {
      const later = new Set(events.map((event) => (event.type === "message.sent" ? event.data.message : "")));
      read.value = new Set(all.filter((id) => !later.has(id)));
    }, () => (read.value = new Set(all)));
  }, [known]);

  const version = cycle?.version ?? 0;
  useEffect(() => {
    if (!open.value || fresh.length === 0) return;
    const timer = setTimeout(() => {
      if (document.visibilityState !== "visible") return;
      read.value = new Set(messages.map(({ id }) => id));
      if (version <= Math.max(seen, sent.current)) return;
      sent.current = version;
      // Should this be lost, the mark is there once more the next time: no harm.
      post(`/api/cycles/${page.id}/notebook/commands`, { id: newId(), type: "mark_seen", stream, version }).catch(() => undefined);
    }, LOOK_MS);
    return () => clearTimeout(timer);
  }, [open.value, fresh.length]);

  return { count: fresh.length, looking: (now) => (open.value = now) };
}
