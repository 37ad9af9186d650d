import { get } from "../api/http";
import { asProblem } from "../api/problem";
import type { EventPage } from "../api/shapes";
import { Backoff, pause } from "./backoff";
import type { Follower } from "./socket";

export interface Polled extends Follower {
  /** Whether the server answered just now. */
  reached(yes: boolean): void;
}

/** Where a network breaks WebSockets: the same events by long poll, or every few seconds for streams beyond the first two. */
export function poll(stream: string, after: () => number, hold: boolean, to: Polled): () => void {
  const stop = new AbortController();
  void run(stream, after, hold, to, stop.signal);
  return () => stop.abort();
}

async function run(stream: string, after: () => number, hold: boolean, to: Polled, signal: AbortSignal): Promise<void> {
  const backoff = new Backoff(1_000, 15_000);
  const path = eventsPath(stream);
  let answered = false;
  while (!signal.aborted) {
    try {
      // The first question is answered at once, so that the page knows soon whether it reaches the server at all.
      const wait = hold && answered ? 25 : 0;
      const { events } = await get<EventPage>(`${path}?after=${after()}&wait=${wait}`, signal);
      backoff.reset();
      if (signal.aborted) return;
      answered = true;
      to.reached(true);
      if (events.length > 0) to.events(events);
      else if (!hold) await pause(5_000, signal);
    } catch (error) {
      if (signal.aborted) return;
      const problem = asProblem(error);
      if (problem.status === 404) return to.closed();
      if (problem.status === 401) return;
      if (!problem.passing) {
        to.refetch();
        return;
      }
      answered = false;
      to.reached(false);
      await pause(backoff.next(), signal);
    }
  }
}

export function eventsPath(stream: string): string {
  const [kind, id] = stream.split("/");
  if (kind === "notebook") return `/api/cycles/${id}/notebook/events`;
  return `/api/${kind}s/${id}/events`;
}
