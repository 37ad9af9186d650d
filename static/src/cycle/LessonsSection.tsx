import type { OpenCycle } from "../live/cycle";
import { words } from "../words";
import { LessonItem } from "./LessonItem";

/** The lessons of the cycle that the reader may see; the teacher adds more in any open stage. */
export function LessonsSection({ page }: { page: OpenCycle }) {
  const card = page.snapshot.value?.card;
  const cycle = page.cycle.value;
  if (!card || !cycle) return null;
  const closed = cycle.stage === "closed" || cycle.cancelled !== null;
  const mayAdd = card.role === "teacher" && !closed;
  return (
    <section>
      <h3>{words.cycle.lessons}</h3>
      {card.lessons.length === 0 && <p>{closed ? words.cycle.noneClosed : mayAdd ? words.cycle.none : words.cycle.noneCoach(card.teacher.name)}</p>}
      <ul class="cards">{card.lessons.map((lesson) => <LessonItem key={lesson.id} lesson={lesson} role={card.role} />)}</ul>
      {mayAdd && <p><a class={card.lessons.length === 0 ? "button main" : "button"} href={`/cycles/${card.id}/add`}>{words.cycle.addLesson}</a></p>}
    </section>
  );
}
