import { useSignal } from "@preact/signals";
import { later } from "../app/later";
import type { OpenLesson } from "../live/lesson";
import type { Playback } from "../review/playback";
import { words } from "../words";

const CutOut = later(async () => (await import("./CutOut")).CutOut);

interface Props { open: OpenLesson; playback: Playback; durationMs: number }

/** Before anybody else is let in; the code for it comes when it is opened. */
export function CutParts(props: Props) {
  const lesson = props.open.lesson.value!;
  const opened = useSignal(false);
  const possible = props.open.snapshot.value?.role === "teacher" && lesson.released_at === null && lesson.duration_ms !== null && !["waiting", "refused"].includes(lesson.state);
  if (!possible) return null;
  return (
    <details class="cuts more" onToggle={(event) => (opened.value = event.currentTarget.open)}>
      <summary>{words.cuts.title}</summary>
      {opened.value && <CutOut {...props} />}
    </details>
  );
}
