import { useCommand } from "../app/command";
import type { OpenLesson } from "../live/lesson";
import { dayAndTime } from "../time/format";
import { words } from "../words";

/** The teacher lets the coach in, at any time once the lesson exists. */
export function ReleaseButton({ open }: { open: OpenLesson }) {
  const lesson = open.lesson.value!;
  const release = useCommand(`/api/lessons/${lesson.id}/commands`);
  if (open.snapshot.value?.role !== "teacher") return null;
  if (lesson.released_at && !lesson.shared_at) return null; // in `together` both watch from the start
  if (lesson.released_at) return <p class="quiet release" role="status">{words.release.done(dayAndTime(lesson.released_at))}</p>;
  if (lesson.state === "refused") return null; // nothing to let anybody into
  return (
    <div class="release">
      <p>{words.release.says}</p>
      <button type="button" disabled={release.busy.value} onClick={() => void release.run({ type: "release_lesson" })}>
        {words.release.button}
      </button>
      <small class="quiet">{words.release.what}</small>
      <p role="alert" class="says">{release.says.value}</p>
    </div>
  );
}
