import { get } from "../api/http";
import type { EventPage, Id, StreamEvent } from "../api/shapes";
import { eventsPath } from "./poll";

/** Annotations and replies that a person has not seen yet. */
export type Fresh = ReadonlySet<Id>;

/** What others wrote or changed in these events. What one did oneself is known. */
export function freshIds(events: readonly StreamEvent[], me: Id): Id[] {
  return events.flatMap((event) => {
    switch (event.type) {
      case "annotation.added": return (event.data.author ?? event.by) === me ? [] : [event.data.id];
      case "annotation.edited": return event.by === me ? [] : [event.data.annotation];
      case "reply.added": return event.by === me ? [] : [event.data.id];
      case "reply.edited": return event.by === me ? [] : [event.data.reply];
      default: return [];
    }
  });
}

/** The same of everything after a version of a stream, up to another. Empty where it cannot be fetched: no mark is no loss. */
export async function freshAfter(stream: string, after: number, upTo: number, me: Id, signal: AbortSignal): Promise<Id[]> {
  const found: Id[] = [];
  try {
    while (after < upTo) {
      const page = await get<EventPage>(`${eventsPath(stream)}?after=${after}`, signal);
      if (page.events.length === 0) break;
      found.push(...freshIds(page.events, me));
      after = page.version;
    }
  } catch {
    // As above.
  }
  return found;
}
