import type { ObservedLesson } from "../api/shapes";
import { useCommand } from "../app/command";
import { Sure } from "../form/Sure";
import { PersonName } from "../people/Face";
import { words } from "../words";
import { lastDay } from "./days";

/** At home: the lessons that somebody may look at without their cycle. */
export function ObservedLessons({ lessons, alone, again }: { lessons: ObservedLesson[]; alone: boolean; again: () => void }) {
  const Heading = alone ? "h1" : "h2";
  return (
    <section aria-labelledby="observed">
      <Heading id="observed">{words.observers.homeTitle} <span class="quiet">{lessons.length}</span></Heading>
      <ul class="cards">
        {lessons.map((one) => <Observed key={one.lesson.id} one={one} again={again} />)}
      </ul>
    </section>
  );
}

function Observed({ one: { lesson, teacher, coach, until, observers }, again }: { one: ObservedLesson; again: () => void }) {
  const leave = useCommand(`/api/lessons/${lesson.id}/commands`);
  async function out(): Promise<void> {
    for (const observer of observers) if (!(await leave.run({ type: "end_observing", observer }))) return;
    again();
  }
  return (
    <li class="card">
      <h3><a href={`/lessons/${lesson.id}`} dir="auto">{lesson.title}</a></h3>
      <p class="line"><PersonName role="teacher" name={teacher.name} /><PersonName role="coach" name={coach.name} /></p>
      <p class="quiet">{words.lessonState[lesson.state]}{until && ` · ${words.observers.until(lastDay(until))}`}</p>
      <p class="actions">
        <a class="button" href={`/lessons/${lesson.id}`}>{words.observers.homeWatch}</a>
        <Sure label={words.observers.leave} about={lesson.title} question={words.observers.leaveLessonSure} busy={leave.busy.value} run={() => void out()} />
      </p>
      <p role="alert" class="says">{leave.says.value}</p>
    </li>
  );
}
