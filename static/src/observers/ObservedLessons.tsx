import type { ObservedLesson } from "../api/shapes";
import { PersonName } from "../people/Face";
import { words } from "../words";
import { lastDay } from "./days";

/** At home: the lessons that somebody may look at without their cycle. */
export function ObservedLessons({ lessons, alone }: { lessons: ObservedLesson[]; alone: boolean }) {
  const Heading = alone ? "h1" : "h2";
  return (
    <section aria-labelledby="observed">
      <Heading id="observed">{words.observers.homeTitle} <span class="quiet">{lessons.length}</span></Heading>
      <ul class="cards">
        {lessons.map(({ lesson, teacher, coach, until }) => (
          <li key={lesson.id} class="card">
            <h3><a href={`/lessons/${lesson.id}`} dir="auto">{lesson.title}</a></h3>
            <p class="line"><PersonName role="teacher" name={teacher.name} /><PersonName role="coach" name={coach.name} /></p>
            <p class="quiet">{words.lessonState[lesson.state]}{until && ` · ${words.observers.until(lastDay(until))}`}</p>
            <p class="actions"><a class="button" href={`/lessons/${lesson.id}`}>{words.observers.homeWatch}</a></p>
          </li>
        ))}
      </ul>
    </section>
  );
}
