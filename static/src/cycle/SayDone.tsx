import { useCommand } from "../app/command";
import type { ListedLesson } from "../api/shapes";
import { words } from "../words";
import type { Acting } from "./StageActions";

/** In the review, one's word that one has annotated a lesson. Where each writes for themselves, the second word shares both. */
export function SayDone({ cycle, found }: Pick<Acting, "cycle" | "found">) {
  const teacher = found.card.role === "teacher";
  const me = teacher ? cycle.teacher : cycle.coach;
  // Letting the coach in was the teacher's word already.
  const mine = teacher && cycle.release_mode === "teacher_first" ? [] : cycle.lessons.filter(({ done }) => !(me in done));
  const playable = (id: string): boolean => found.card.lessons.some((one) => one.id === id && (one.state === "watchable" || one.state === "ready"));
  return <>{mine.map((lesson) => <One key={lesson.lesson} lesson={lesson} playable={playable(lesson.lesson)} />)}</>;
}

function One({ lesson: { lesson, title }, playable }: { lesson: ListedLesson; playable: boolean }) {
  const act = useCommand(`/api/lessons/${lesson}/commands`);
  return (
    <>
      <p class="actions">
        <a class={playable ? "button main" : "button"} href={`/lessons/${lesson}`}>{words.moving.watch(title)}</a>
        <button type="button" disabled={act.busy.value} onClick={() => void act.run({ type: "finish_annotating" })}>{words.moving.sayDone(title)}</button>
      </p>
      <p role="alert" class="says">{act.says.value}</p>
    </>
  );
}
