import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { later } from "../app/later";
import type { Cut } from "../api/shapes";
import type { OpenLesson } from "../live/lesson";
import type { Playback } from "../review/playback";
import { words } from "../words";
import { still } from "./parts";
import { StillCut } from "./StillCut";

const CutOut = later(async () => (await import("./CutOut")).CutOut);

interface Props { open: OpenLesson; playback: Playback; durationMs: number }

/** Before anybody else is let in; the code for it comes when it is opened. */
export function CutParts(props: Props) {
  const lesson = props.open.lesson.value!;
  const opened = useSignal(false);
  // Here, so that folding this up takes nothing away.
  const marks = useSignal<readonly Cut[] | null>(null);
  const own = props.open.snapshot.value?.role === "teacher" && lesson.released_at === null;
  const possible = own && lesson.duration_ms !== null && !["waiting", "refused"].includes(lesson.state);
  const gaps = (possible && marks.value) || lesson.cuts;
  useEffect(() => void (marks.value = still(marks.value, lesson.cuts)), [lesson.cuts]);
  useEffect(() => void (props.playback.gaps.value = gaps), [props.playback, gaps]);
  if (own && !possible && lesson.cuts.length > 0) return <StillCut lesson={lesson} />;
  if (!possible) return null;
  return (
    <details class="cuts more" onToggle={() => (opened.value = true)}>
      <summary>{words.cuts.title}{marks.value && <span class="quiet">{words.cuts.unsaved}</span>}</summary>
      {opened.value && <CutOut {...props} marks={marks} />}
    </details>
  );
}
