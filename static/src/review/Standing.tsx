import type { CycleRole, LessonState } from "../api/shapes";
import { words } from "../words";

/** In place of the picture while there is none: what is waited for, and how long it usually takes. */
export function NoPictureYet({ lesson, role }: { lesson: LessonState; role: CycleRole }) {
  const state = lesson.state;
  const refused = state === "refused";
  const text = state === "refused" ? words.refused[lesson.reason ?? "other"] ?? words.refused["other"]
    : state === "waiting" && role === "teacher" ? words.lessonSays.waitingTeacher
    : state === "ready" ? words.loading
    : words.lessonSays[state];
  const away = state === "waiting" || state === "arriving" || refused;
  return (
    <div class="screen empty" role="status">
      <div>
        <h2>{words.lessonState[state]}</h2>
        <p>{text}</p>
        {away && role === "teacher" && <p><a class="button" href={`/lessons/${lesson.id}/upload`}>{refused ? words.upload.pick : words.upload.goOnTitle}</a></p>}
      </div>
    </div>
  );
}
