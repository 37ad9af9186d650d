import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { get } from "../api/http";
import { asProblem, type Problem } from "../api/problem";
import type { Annotation, Id, LessonSnapshot, LessonState, Progress, StreamEvent } from "../api/shapes";
import { confirm, forgetAnswered } from "../outbox/outbox";
import { Backoff, pause } from "./backoff";
import { byTime } from "./order";
import { type Fresh, freshAfter, freshIds } from "./fresh";
import { type Drafts, type NotebookPage, reduceLesson, reduceNotebook } from "./reduce";
import { follow, onProgress } from "./socket";

/** A lesson that is open on this page: its snapshot, kept true by the events of its streams. */
export interface OpenLesson {
  snapshot: Signal<LessonSnapshot | null>;
  lesson: ReadonlySignal<LessonState | null>;
  notebook: Signal<NotebookPage>;
  /** Everything pinned to the lesson that this person may see, in time order. */
  annotations: ReadonlySignal<Annotation[]>;
  /** What others wrote, or changed, since this person was here last: annotations and replies by id. */
  fresh: Signal<Fresh>;
  /** How far its preparing is, while somebody works on it. */
  progress: Signal<Progress | null>;
  problem: Signal<Problem | null>;
  /** The latest event that came in after the page was opened, for saying it aloud. */
  latest: Signal<StreamEvent | null>;
  closed: Signal<boolean>;
  close(): void;
}

const NO_NOTEBOOK: NotebookPage = { version: 0, drafts: {}, earlier: {}, seen: {} };
/** Of the cycle's events, those after which the room is another one. */
const CHANGES_ROOM = new Set([
  "annotating.finished", "question.written", "question.removed", "stage.moved", "cycle.cancelled", "coach.changed", "words.erased",
]);
const CHANGES_PLAY = new Set([
  "lesson.listenable", "lesson.followable", "lesson.watchable", "lesson.ready", "lesson.refused", "lesson.cuts_set", "upload.ended",
]);

export function openLesson(id: Id, me: Id): OpenLesson {
  const snapshot = signal<LessonSnapshot | null>(null);
  const state = signal<LessonState | null>(null);
  const notebook = signal<NotebookPage>(NO_NOTEBOOK);
  const fresh = signal<Fresh>(new Set());
  const progress = signal<Progress | null>(null);
  const problem = signal<Problem | null>(null);
  const latest = signal<StreamEvent | null>(null);
  const closed = signal(false);
  const annotations = computed(() => inTimeOrder(state.value, notebook.value.drafts, id));
  const backoff = new Backoff(500, 10_000);
  const gone = new AbortController();
  let stops: (() => void)[] = [];
  let loading = 0;
  let lookedBack = false;

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
      progress.value = found.progress;
      problem.value = null;
    });
    settle();
    void lookBack(found);
    const whole = { refetch: () => void load(), closed: () => void (closed.value = true) };
    stops = [follow(`lesson/${id}`, found.version, { ...whole, events: take })];
    if (found.whole) stops.push(follow(`cycle/${found.cycle.id}`, found.cycle.version, { ...whole, events: takeCycle, closed: () => undefined }));
    const own = found.notebook;
    if (own) stops.push(follow(own.stream, own.version, { ...whole, events: takeNotes, closed: () => undefined }));
  }

  /** Once, as the page opens: what came since the person was here last. */
  async function lookBack(found: LessonSnapshot): Promise<void> {
    const seen = found.notebook?.seen[`lesson/${id}`] ?? 0;
    if (lookedBack || !found.notebook) return;
    lookedBack = true;
    const ids = await freshAfter(`lesson/${id}`, seen, found.version, me, gone.signal);
    fresh.value = new Set([...ids, ...fresh.value]);
  }

  function takeCycle(events: StreamEvent[]): void {
    if (events.some(({ type }) => CHANGES_ROOM.has(type))) void load();
  }

  function take(events: StreamEvent[]): void {
    batch(() => {
      if (state.value) state.value = events.reduce(reduceLesson, state.value);
      latest.value = events[events.length - 1] ?? null;
      if (snapshot.value?.notebook) fresh.value = new Set([...fresh.value, ...freshIds(events, me)]);
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
    const shown = new Map<Id, { revision: number; removed: boolean }>();
    for (const annotation of annotations.value) {
      for (const one of [annotation, ...annotation.replies]) shown.set(one.id, { revision: one.revision, removed: one.removed_at !== null });
    }
    confirm((one) => shown.get(one));
  }

  const deaf = onProgress((lesson, now) => {
    if (lesson === id) progress.value = now;
  });
  void load();
  return {
    snapshot, lesson: state, notebook, annotations, fresh, progress, problem, latest, closed,
    close() {
      gone.abort();
      deaf();
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
