import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { get } from "../api/http";
import { asProblem, type Problem } from "../api/problem";
import type { Annotation, Id, LessonSnapshot, LessonState, StreamEvent } from "../api/shapes";
import { confirm, forgetAnswered } from "../outbox/outbox";
import { Backoff, pause } from "./backoff";
import { byTime } from "./order";
import { type Drafts, type NotebookPage, reduceLesson, reduceNotebook } from "./reduce";
import { follow } from "./socket";

/** A lesson that is open on this page: its snapshot, kept true by the events of its streams. */
export interface OpenLesson {
  snapshot: Signal<LessonSnapshot | null>;
  lesson: ReadonlySignal<LessonState | null>;
  notebook: Signal<NotebookPage>;
  /** Everything pinned to the lesson that this person may see, in time order. */
  annotations: ReadonlySignal<Annotation[]>;
  problem: Signal<Problem | null>;
  /** The latest event that came in after the page was opened, for saying it aloud. */
  latest: Signal<StreamEvent | null>;
  closed: Signal<boolean>;
  close(): void;
}

const NO_NOTEBOOK: NotebookPage = { version: 0, drafts: {} };
const CHANGES_PLAY = new Set(["lesson.watchable", "lesson.ready"]);

export function openLesson(id: Id): OpenLesson {
  const snapshot = signal<LessonSnapshot | null>(null);
  const state = signal<LessonState | null>(null);
  const notebook = signal<NotebookPage>(NO_NOTEBOOK);
  const problem = signal<Problem | null>(null);
  const latest = signal<StreamEvent | null>(null);
  const closed = signal(false);
  const annotations = computed(() => inTimeOrder(state.value, notebook.value.drafts, id));
  const backoff = new Backoff(500, 10_000);
  const gone = new AbortController();
  let stops: (() => void)[] = [];
  let loading = 0;

  /** Fetches state and cursor together, so that whatever was missed or half known before does not matter. */
  async function load(): Promise<void> {
    const mine = ++loading;
    try {
      const found = await get<LessonSnapshot>(`/api/lessons/${id}`, gone.signal);
      if (mine !== loading || gone.signal.aborted) return;
      backoff.reset();
      show(found);
    } catch (error) {
      if (gone.signal.aborted || mine !== loading) return;
      const trouble = asProblem(error);
      if (snapshot.value === null || !trouble.passing) problem.value = trouble;
      if (!trouble.passing) return;
      await pause(backoff.next(), gone.signal);
      if (mine === loading && !gone.signal.aborted) void load();
    }
  }

  function show(found: LessonSnapshot): void {
    for (const stop of stops) stop();
    batch(() => {
      snapshot.value = found;
      state.value = found.lesson;
      notebook.value = found.notebook ?? NO_NOTEBOOK;
      problem.value = null;
    });
    settle();
    const whole = { refetch: () => void load(), closed: () => void (closed.value = true) };
    stops = [follow(`lesson/${id}`, found.version, { ...whole, events: take })];
    const own = found.notebook;
    if (own) stops.push(follow(own.stream, own.version, { ...whole, events: takeNotes, closed: () => undefined }));
  }

  function take(events: StreamEvent[]): void {
    batch(() => {
      if (state.value) state.value = events.reduce(reduceLesson, state.value);
      latest.value = events[events.length - 1] ?? null;
    });
    settle();
    const people = snapshot.value?.people ?? {};
    if (events.some(({ type, by }) => CHANGES_PLAY.has(type) || (!(by in people) && by !== "farfield"))) void load();
  }

  function takeNotes(events: StreamEvent[]): void {
    notebook.value = events.reduce(reduceNotebook, notebook.value);
    settle();
  }

  function settle(): void {
    const shown = new Set<Id>();
    for (const { id: annotation, replies } of annotations.value) {
      shown.add(annotation);
      for (const reply of replies) shown.add(reply.id);
    }
    confirm((one) => shown.has(one));
  }

  void load();
  return {
    snapshot, lesson: state, notebook, annotations, problem, latest, closed,
    close() {
      gone.abort();
      for (const stop of stops) stop();
      forgetAnswered();
    },
  };
}

function inTimeOrder(lesson: LessonState | null, drafts: Drafts, id: Id): Annotation[] {
  if (!lesson) return [];
  // While a release moves drafts over, one may be in both for a moment; the lesson's wins.
  const own = Object.values(drafts).filter((draft) => draft.lesson === id && !(draft.id in lesson.annotations));
  return [...Object.values(lesson.annotations), ...own].sort(byTime);
}
