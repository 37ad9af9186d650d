import type { LessonState, StreamEvent } from "../api/shapes";
import { annotationSteps } from "./steps/annotations";
import { erasingSteps } from "./steps/erasing";
import { step, type Steps } from "./steps/step";

const STEPS: Steps<LessonState> = {
  ...annotationSteps,
  ...erasingSteps,
  "lesson.added": (_, { data: { cycle, teacher, title } }) => ({ cycle, teacher, title }),
  "upload.started": ({ state }) => (["waiting", "refused"].includes(state) ? { state: "arriving", reason: null } : {}),
  // A later, better copy of a lesson that plays already does not take the picture away.
  "upload.completed": ({ state }) => (["waiting", "arriving", "refused"].includes(state) ? { state: "preparing", reason: null } : {}),
  "lesson.watchable": (_, { data: { attempt, duration_ms, width, height } }) => ({ state: "watchable", attempt, duration_ms, width, height }),
  "lesson.ready": (_, { data: { attempt, duration_ms, missing_ms = 0 } }) => ({ state: "ready", attempt, duration_ms, missing_ms }),
  "lesson.refused": (_, { data: { reason } }) => ({ state: "refused", reason }),
  // In `together` the two go on in their notebooks until it is shared.
  "lesson.released": (_, { at, data: { together = false } }) => (together ? { released_at: at } : { released_at: at, shared_at: at }),
  "lesson.shared": (_, { at }) => ({ shared_at: at }),
};

export const reduceLesson = (state: LessonState, event: StreamEvent): LessonState => step(STEPS, state, event);
