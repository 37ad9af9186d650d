import type { LessonState, StreamEvent } from "../api/shapes";
import { annotationSteps } from "./steps/annotations";
import { erasingSteps } from "./steps/erasing";
import { step, type Steps } from "./steps/step";

/** Whether the file is the original of a smaller copy that plays already. */
const isLate = ({ source, state }: LessonState, role: string): boolean =>
  role === "original" && source === "small" && ["watchable", "ready"].includes(state);

const without = (uploads: readonly string[], upload: string): string[] => uploads.filter((one) => one !== upload);

const STEPS: Steps<LessonState> = {
  ...annotationSteps,
  ...erasingSteps,
  "lesson.added": (_, { data: { cycle, teacher, title } }) => ({ cycle, teacher, title }),
  "upload.started": (lesson, { data: { upload, role } }) => ({
    uploads: [...lesson.uploads, upload],
    ...(["waiting", "refused"].includes(lesson.state) ? { state: "arriving", reason: null }
      : isLate(lesson, role) ? { original: "arriving" } : {}),
  }),
  // A later, better copy of a lesson that plays already does not take the picture away.
  "upload.completed": (lesson, { data: { upload, role = "original" } }) => ({
    uploads: without(lesson.uploads, upload),
    ...(role === "sound" ? {}
      : ["waiting", "arriving", "refused"].includes(lesson.state) ? { state: "preparing", reason: null, source: role }
      : isLate(lesson, role) ? { original: "preparing" } : {}),
  }),
  "upload.ended": ({ state, original, uploads }, { data: { upload, role } }) => {
    const left = without(uploads, upload);
    return {
      uploads: left,
      ...(role === "original" && original === "arriving" && left.length === 0 ? { original: null }
        : state === "arriving" && left.length === 0 ? { state: "waiting" } : {}),
    };
  },
  "lesson.listenable": (_, { data: { attempt, duration_ms } }) => ({ attempt, duration_ms, listen: true }),
  "lesson.watchable": (lesson, { data: { attempt, duration_ms, width, height, source = "original" } }) => ({
    state: "watchable", attempt, duration_ms, width, height, source, listen: false,
    original: lesson.source === "small" && source === "original" ? "in_use" : lesson.original,
  }),
  "lesson.original_set_aside": () => ({ original: "set_aside" }),
  "lesson.ready": ({ source, original, uploads }, { data: { attempt, duration_ms, missing_ms = 0 } }) => ({
    state: "ready", attempt, duration_ms, missing_ms,
    // Begun before its copy was here; nothing else is on its way any more.
    ...(source === "small" && uploads.length > 0 && original === null ? { original: "arriving" } : {}),
  }),
  "lesson.refused": (_, { data: { reason } }) => ({ state: "refused", reason, source: null }),
  // In `together` the two go on in their notebooks until it is shared.
  "lesson.released": (_, { at, data: { together = false } }) => (together ? { released_at: at } : { released_at: at, shared_at: at }),
  "lesson.shared": (_, { at }) => ({ shared_at: at }),
};

export const reduceLesson = (state: LessonState, event: StreamEvent): LessonState => step(STEPS, state, event);
