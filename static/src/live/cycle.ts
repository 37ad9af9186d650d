import { batch, type Signal, signal } from "@preact/signals";
import { get } from "../api/http";
import { asProblem, type Problem } from "../api/problem";
import type { CycleSnapshot, CycleState, Id, NotebookSnapshot, NotebookState, StreamEvent } from "../api/shapes";
import { confirm, forgetAnswered } from "../outbox/outbox";
import { Backoff, pause } from "./backoff";
import { reduceCycle, reduceNotebook } from "./reduce";
import { follow } from "./socket";

/** A cycle that is open on this page, and one's own notebook in it, kept true by the events of their streams. */
export interface OpenCycle {
  id: Id;
  /** The rows around the cycle: names, lessons' cards, what the program offers. Fetched again where an event may change them. */
  snapshot: Signal<CycleSnapshot | null>;
  cycle: Signal<CycleState | null>;
  /** Null for whoever has none here. */
  notebook: Signal<NotebookState | null>;
  problem: Signal<Problem | null>;
  again(): void;
  close(): void;
}

export function openCycle(id: Id): OpenCycle {
  const snapshot = signal<CycleSnapshot | null>(null);
  const cycle = signal<CycleState | null>(null);
  const notebook = signal<NotebookState | null>(null);
  const problem = signal<Problem | null>(null);
  const backoff = new Backoff(500, 10_000);
  const gone = new AbortController();
  let stops: (() => void)[] = [];
  let loading = 0;

  async function load(): Promise<void> {
    const mine = ++loading;
    try {
      const [found, own] = await Promise.all([get<CycleSnapshot>(`/api/cycles/${id}`, gone.signal), ownNotebook()]);
      if (mine !== loading || gone.signal.aborted) return;
      backoff.reset();
      show(found, own);
    } catch (error) {
      if (gone.signal.aborted || mine !== loading) return;
      const trouble = asProblem(error);
      if (trouble.status === 404) batch(() => (snapshot.value = cycle.value = notebook.value = null)); // no longer for this reader
      if (snapshot.value === null || !trouble.passing) problem.value = trouble;
      if (!trouble.passing) return forget();
      await pause(backoff.next(), gone.signal);
      if (mine === loading && !gone.signal.aborted) void load();
    }
  }

  /** Whoever may no longer read it has it no longer on screen. */
  function forget(): void {
    batch(() => {
      snapshot.value = null;
      cycle.value = null;
      notebook.value = null;
    });
  }

  /** Somebody who was let in for one lesson has no notebook of the cycle. */
  async function ownNotebook(): Promise<NotebookSnapshot | null> {
    try {
      return await get<NotebookSnapshot>(`/api/cycles/${id}/notebook`, gone.signal);
    } catch (error) {
      if (asProblem(error).status === 404) return null;
      throw error;
    }
  }

  function show(found: CycleSnapshot, own: NotebookSnapshot | null): void {
    for (const stop of stops) stop();
    batch(() => {
      snapshot.value = found;
      cycle.value = found.cycle;
      notebook.value = own?.notebook ?? null;
      problem.value = null;
    });
    settle();
    const whole = { refetch: () => void load(), closed: () => void load() };
    stops = [follow(`cycle/${id}`, found.version, { ...whole, events: take })];
    if (own) stops.push(follow(own.stream, own.version, { ...whole, events: takeNotes }));
  }

  function take(events: StreamEvent[]): void {
    if (cycle.value) cycle.value = events.reduce(reduceCycle, cycle.value);
    settle();
    void refresh();
  }

  /** Messages of the outbox that the stream shows have arrived. */
  function settle(): void {
    const { messages } = cycle.value ?? {};
    confirm((one) => messages?.[one] && { revision: 1, removed: messages[one].removed_at !== null });
  }

  function takeNotes(events: StreamEvent[]): void {
    if (notebook.value) notebook.value = events.reduce(reduceNotebook, notebook.value);
  }

  /** The cards of lessons and the names of new people are not in the stream; what is folded here stays. */
  async function refresh(): Promise<void> {
    try {
      const found = await get<CycleSnapshot>(`/api/cycles/${id}`, gone.signal);
      if (!gone.signal.aborted) snapshot.value = found;
    } catch {
      // The next event or load brings it.
    }
  }

  void load();
  return {
    id, snapshot, cycle, notebook, problem,
    again: () => void refresh(),
    close() {
      gone.abort();
      for (const stop of stops) stop();
      forgetAnswered();
    },
  };
}
