import type { LessonState, StreamEvent } from "../api/shapes";
import { annotationSteps } from "./steps/annotations";
import { erasingSteps } from "./steps/erasing";
import { step, type Steps } from "./steps/step";
import { trackSteps } from "./steps/tracks";

/** Whether the file is the original of a smaller copy that plays already. */
const isLate = ({ source, state }: LessonState, role: string): boolean =>
  role === "original" && source === "small" && ["watchable", "ready"].includes(state);

const without = (uploads: readonly string[], upload: string): string[] => uploads.filter((one) => one !== upload);

/** The first attempt that is made after parts were cut out is the least that others get. */
const leastWith = ({ attempt, least_attempt }: LessonState, shown: number): Partial<LessonState> =>
  least_attempt === null || (attempt ?? 0) >= least_attempt ? {} : { least_attempt: Math.max(shown, least_attempt) };

/** What was made of a file while it arrived is of nothing any more. */
const notFollowed: Partial<LessonState> = { following: null, attempt: null, duration_ms: null, width: null, height: null };

const STEPS: Steps<LessonState> = {
  ...annotationSteps,
  ...erasingSteps,
  ...trackSteps,
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
      : ["waiting", "arriving", "refused"].includes(lesson.state) ? { state: "preparing", reason: null, source: role, preparing: upload }
      : isLate(lesson, role) ? { original: "preparing", preparing: upload } : {}),
  }),
  "upload.ended": ({ state, original, preparing, following, uploads }, { data: { upload, role } }) => {
    const left = without(uploads, upload);
    return {
      uploads: left,
      ...(upload === following ? notFollowed : {}),
      ...(upload === preparing && original === "preparing" ? { original: null, preparing: null }
        : upload === preparing ? { state: left.length > 0 ? "arriving" : "waiting", source: null, preparing: null }
        : role === "original" && original === "arriving" && left.length === 0 ? { original: null }
        : state === "arriving" && left.length === 0 ? { state: "waiting" } : {}),
    };
  },
  "lesson.listenable": (lesson, { data: { attempt, duration_ms } }) => ({ attempt, duration_ms, listen: true, ...leastWith(lesson, attempt) }),
  "lesson.followable": (lesson, { data: { upload, attempt, duration_ms, width, height } }) => ({
    following: upload, attempt, duration_ms, width, height, ...leastWith(lesson, attempt),
    ...(lesson.state === "refused" ? { state: "arriving", reason: null } : {}),
  }),
  "lesson.watchable": (lesson, { data: { attempt, duration_ms, width, height, source = "original" } }) => ({
    state: "watchable", attempt, duration_ms, width, height, source, listen: false, following: null,
    original: lesson.source === "small" && source === "original" ? "in_use" : lesson.original,
    ...leastWith(lesson, attempt),
  }),
  "lesson.original_set_aside": () => ({ original: "set_aside", preparing: null }),
  "lesson.cuts_set": ({ attempt, least_attempt }, { data: { cuts } }) => ({
    cuts, least_attempt: Math.max(attempt ?? 0, least_attempt ?? 0) + 1,
  }),
  "lesson.ready": (lesson, { data: { attempt, duration_ms, missing_ms = 0 } }) => ({
    state: "ready", attempt, duration_ms, missing_ms, preparing: null, ...leastWith(lesson, attempt),
    // Begun before its copy was here; nothing else is on its way any more.
    ...(lesson.source === "small" && lesson.uploads.length > 0 && lesson.original === null ? { original: "arriving" } : {}),
  }),
  "lesson.refused": ({ following, preparing }, { data: { reason } }) => ({
    state: "refused", reason, source: null, preparing: null, ...(following && following === preparing ? notFollowed : {}),
  }),
  // In `together` the two go on in their notebooks until it is shared.
  "lesson.released": (_, { at, data: { together = false } }) => (together ? { released_at: at } : { released_at: at, shared_at: at }),
  "lesson.shared": (_, { at }) => ({ shared_at: at }),
};

export const reduceLesson = (state: LessonState, event: StreamEvent): LessonState => step(STEPS, state, event);
