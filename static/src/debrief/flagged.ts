import { type ReadonlySignal, useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Id } from "../api/shapes";
import { openLesson, type OpenLesson } from "../live/lesson";
import { session } from "../session/session";
import type { Moment } from "./moments";

/** The moments of these lessons that are marked for the debrief, kept true by the lessons' events. Null: not there yet. */
export function useFlagged(lessons: readonly Id[], wanted: boolean): ReadonlySignal<Moment[] | null> {
  const open = useSignal<{ id: Id; lesson: OpenLesson }[]>([]);
  const names = wanted ? lessons.join(" ") : "";
  useEffect(() => {
    open.value = names.split(" ").filter(Boolean).map((id) => ({ id, lesson: openLesson(id, session.value!.person.id) }));
    return () => open.peek().forEach(({ lesson }) => lesson.close());
  }, [names]);
  return useComputed(() => {
    // One that cannot be fetched any more, because it was taken back, keeps none of the others waiting.
    if (open.value.some(({ lesson }) => !lesson.lesson.value && !lesson.problem.value)) return null;
    return open.value.flatMap(({ id, lesson }) => {
      const state = lesson.lesson.value;
      if (!state || lesson.closed.value) return [];
      const marked = lesson.annotations.value.filter((one) => one.id in state.annotations && one.flagged && one.removed_at === null);
      return marked.map((annotation) => ({ lesson: id, title: state.title, annotation }));
    });
  });
}
