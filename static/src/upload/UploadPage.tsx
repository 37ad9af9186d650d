import { useEffect, useMemo } from "preact/hooks";
import { useTitle } from "../app/Shell";
import { Trouble } from "../app/Trouble";
import { type OpenLesson, openLesson } from "../live/lesson";
import { session } from "../session/session";
import { ReleaseButton } from "../review/ReleaseButton";
import { words } from "../words";
import { GoOn } from "./GoOn";
import { Progress } from "./Progress";
import { prepared, transfers } from "./store";

/** Where a lesson's video comes from: under way on this page, interrupted, or already here and being prepared. */
export function UploadPage({ id }: { id: string }) {
  const open = useMemo(() => openLesson(id, session.value!.person.id), [id]);
  useEffect(() => () => open.close(), [open]);
  const lesson = open.lesson.value;
  const outcome = lesson && ["watchable", "ready", "refused"].includes(lesson.state);
  const phase = transfers.value.find((one) => one.lesson === id)?.standing.value.phase;
  useEffect(() => {
    if (outcome) prepared(id);
  }, [id, outcome, phase]);
  useTitle(lesson?.title ?? words.upload.goOnTitle);
  if (!lesson) {
    const problem = open.problem.value;
    return problem ? <Trouble problem={problem} again={() => location.reload()} /> : <p class="quiet" role="status">{words.loading}</p>;
  }
  return (
    <section class="card narrow">
      <p class="crumb"><a href={`/cycles/${lesson.cycle}`}>{words.cycle.title(open.snapshot.value?.cycle.number ?? 1)}</a></p>
      <h1 dir="auto">{lesson.title || words.corrections.noTitle}</h1>
      <Body id={id} open={open} />
      <ReleaseButton open={open} />
    </section>
  );
}

function Body({ id, open }: { id: string; open: OpenLesson }) {
  const lesson = open.lesson.value!;
  const transfer = transfers.value.find((one) => one.lesson === id);
  const phase = transfer?.standing.value.phase;
  if (lesson.state === "watchable" || lesson.state === "ready") {
    return (
      <div role="status">
        <p>{words.room.nowWatchable}</p>
        <p><a class="button main" href={`/lessons/${id}`}>{words.upload.watch}</a></p>
      </div>
    );
  }
  if (open.snapshot.value?.role !== "teacher") return <p>{words.lessonSays.arriving}</p>;
  if (lesson.state === "preparing") return <p role="status">{words.upload.preparing}</p>;
  if (transfer && phase !== "gone" && phase !== "repick") return <Progress transfer={transfer} />;
  return (
    <>
      {lesson.state === "refused" && <p role="status">{words.refused[lesson.reason ?? "other"] ?? words.refused["other"]}</p>}
      {phase === "gone" && <p role="alert">{words.upload.gone}</p>}
      {phase === "repick" && <p role="alert">{words.upload.fileChanged}</p>}
      <GoOn lesson={lesson} />
    </>
  );
}
