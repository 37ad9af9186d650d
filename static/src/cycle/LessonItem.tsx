import { useSignal } from "@preact/signals";
import type { CycleRole, LessonCard } from "../api/shapes";
import { clock, day } from "../time/format";
import { underWay } from "../smaller/ways";
import { transferOf } from "../upload/store";
import { words } from "../words";

export function LessonItem({ lesson, role }: { lesson: LessonCard; role: CycleRole }) {
  const broken = useSignal(false);
  const teacher = role === "teacher";
  const onItsWay = teacher && (lesson.state === "waiting" || lesson.state === "arriving");
  const stuck = onItsWay && !transferOf(lesson.id) && !underWay.value.some((one) => one.lesson === lesson.id);
  const href = onItsWay || (teacher && lesson.state === "refused") ? `/lessons/${lesson.id}/upload` : `/lessons/${lesson.id}`;
  const facts = [
    words.lessonState[lesson.state],
    lesson.duration_ms === null ? null : clock(lesson.duration_ms),
    words.cycle.annotations(lesson.annotations),
    teacher ? (lesson.released_at ? words.cycle.shared : words.cycle.private) : null,
    day(lesson.created_at),
  ].filter(Boolean);
  return (
    <li class="card lesson">
      {lesson.poster && !broken.value
        // A lesson that is sound only has no picture to show.
        ? <img class="poster" src={lesson.poster} alt="" loading="lazy" onError={() => (broken.value = true)} />
        : <span class="poster blank" aria-hidden="true" />}
      <div>
        <h3><a href={href} dir="auto">{lesson.title || words.corrections.noTitle}</a></h3>
        <p class="quiet">{facts.join(" · ")}</p>
        {lesson.plays_early && <p><a href={`/lessons/${lesson.id}`}>{words.local.meanwhile}</a></p>}
        {stuck && <p>{lesson.state === "waiting" && !lesson.upload ? words.home.noVideoYet(lesson.title) : words.home.waitingUpload(lesson.title)}</p>}
      </div>
    </li>
  );
}
