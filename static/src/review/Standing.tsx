import type { CycleRole, LessonState, Play, Progress } from "../api/shapes";
import { clock } from "../time/format";
import { words } from "../words";
import { Making } from "./Making";

/** In place of the picture while there is none: what is waited for, and how long it usually takes. */
export function NoPictureYet({ lesson, role, progress }: { lesson: LessonState; role: CycleRole; progress: Progress | null }) {
  const state = lesson.state;
  const refused = state === "refused";
  const text = state === "refused" ? words.refused[lesson.reason ?? "other"] ?? words.refused["other"]
    : state === "waiting" && role === "teacher" ? words.lessonSays.waitingTeacher
    : ["preparing", "watchable", "ready"].includes(state) && lesson.least_attempt !== null && lesson.least_attempt > (lesson.attempt ?? 0) ? words.cuts.again
    : state === "ready" ? words.loading
    : words.lessonSays[state];
  const away = state === "waiting" || state === "arriving" || refused;
  return (
    <div class="screen empty">
      <div>
        <div role="status">
          <h2>{words.lessonState[state === "ready" || state === "watchable" ? "preparing" : state]}</h2>
          <p>{text}</p>
        </div>
        {!refused && <Making now={progress} />}
        {away && role === "teacher" && <p><a class="button" href={`/lessons/${lesson.id}/upload`}>{refused ? words.upload.pick : words.upload.goOnTitle}</a></p>}
      </div>
    </div>
  );
}

/** Below the picture: what of the video is not here, so that nobody looks for it or mistrusts the device. */
export function Shortcomings({ lesson, play }: { lesson: LessonState; play: Play }) {
  return (
    <>
      {lesson.state === "ready" && lesson.missing_ms > 0 && <p class="quiet small">{words.lessonSays.missing(clock(lesson.missing_ms))}</p>}
      {play.silent && <p class="quiet small">{words.lessonSays.silent}</p>}
    </>
  );
}
