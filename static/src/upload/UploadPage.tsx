import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { remove } from "../api/http";
import { asProblem, type Problem } from "../api/problem";
import { useTitle } from "../app/Shell";
import { Trouble } from "../app/Trouble";
import type { LessonState } from "../api/shapes";
import { type OpenLesson, openLesson } from "../live/lesson";
import { uploadsToEnd } from "../outbox/outbox";
import { session } from "../session/session";
import { Sure } from "../form/Sure";
import { Making } from "../review/Making";
import { ReleaseButton } from "../review/ReleaseButton";
import { dropKept, goOnFromHere, hasOriginalToo, OriginalToo, UnderWayView } from "../smaller/mount";
import { fromHere, underWay, wentAsItIs } from "../smaller/ways";
import { words } from "../words";
import { GoOn } from "./GoOn";
import { localCopies } from "./local";
import { Progress } from "./Progress";
import { prepared, transferOf } from "./store";

/** Where a lesson's video comes from: under way on this page, interrupted, or already here and being prepared. */
export function UploadPage({ id }: { id: string }) {
  const open = useMemo(() => openLesson(id, session.value!.person.id), [id]);
  useEffect(() => () => open.close(), [open]);
  const lesson = open.lesson.value;
  const outcome = lesson && ["watchable", "ready", "refused"].includes(lesson.state);
  const phase = transferOf(id)?.standing.value.phase;
  useEffect(() => {
    if (!outcome) return;
    prepared(id);
    if (lesson.state !== "refused") void dropKept(id);
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
      {!outcome && (localCopies.value.has(id) || lesson.following || lesson.listen) && <p><a class="button" href={`/lessons/${id}`}>{words.local.meanwhile}</a></p>}
      <ReleaseButton open={open} />
    </section>
  );
}

function Body({ id, open }: { id: string; open: OpenLesson }) {
  const lesson = open.lesson.value!;
  const transfer = transferOf(id);
  const phase = transfer?.standing.value.phase;
  if (lesson.state === "watchable" || lesson.state === "ready") {
    return (
      <>
        <div role="status">
          <p>{words.room.nowWatchable}</p>
          <p><a class="button main" href={`/lessons/${id}`}>{words.upload.watch}</a></p>
        </div>
        {open.snapshot.value?.role === "teacher" && hasOriginalToo(lesson) && <OriginalToo lesson={lesson} />}
      </>
    );
  }
  if (open.snapshot.value?.role !== "teacher") return <p>{words.lessonSays.arriving}</p>;
  if (lesson.state === "preparing") return <Preparing open={open} />;
  const making = underWay.value.find((one) => one.lesson === id);
  const sends = transfer && phase !== "gone" && phase !== "repick";
  const why = wentAsItIs.value.get(id);
  const goesOn = fromHere.value.get(id);
  if (sends || making) {
    return (
      <>
        {why && <p class="notice" role="status">{words.smaller.why[why]}</p>}
        {goesOn && <p class="notice" role="status">{words.smaller.fromHere[goesOn]}</p>}
        {making && <UnderWayView now={making} />}
        {sends && <Progress transfer={transfer} />}
      </>
    );
  }
  return (
    <>
      <FromHere lesson={lesson} />
      {lesson.state === "refused" && <p role="status">{words.refused[lesson.reason ?? "other"] ?? words.refused["other"]}</p>}
      {phase === "gone" && <p role="alert">{words.upload.gone}</p>}
      {lesson.uploads.some((one) => uploadsToEnd.value.includes(one)) && <p class="notice" role="status">{words.upload.stoppedHere}</p>}
      {phase === "repick" && <p role="alert">{words.upload.fileChanged}</p>}
      <GoOn lesson={lesson} />
    </>
  );
}

/** Nobody has seen anything of it yet, so the wrong film can still be taken back. */
function Preparing({ open }: { open: OpenLesson }) {
  const problem = useSignal<Problem | null>(null);
  const lesson = open.lesson.value!;
  const stop = async (): Promise<void> => {
    try {
      await remove(`/api/lessons/${lesson.id}/preparing`);
    } catch (error) {
      problem.value = asProblem(error);
    }
  };
  return (
    <>
      <p role="status">{words.upload.preparing}</p>
      <Making now={open.progress.value} />
      {problem.value && <p role="alert">{problem.value.detail}</p>}
      <p><Sure label={words.making.stop} question={words.making.stopSure} busy={false} run={() => void stop()} /></p>
    </>
  );
}

/** What was made on this device for the lesson goes on by itself after a reload. */
function FromHere({ lesson }: { lesson: LessonState }) {
  useEffect(() => void goOnFromHere(lesson, session.value!.person.id), [lesson.id]);
  return null;
}
