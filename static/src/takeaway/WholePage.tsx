import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { get } from "../api/http";
import { asProblem, type Problem } from "../api/problem";
import type { CycleSnapshot, Id, LessonSnapshot, Session } from "../api/shapes";
import { useTitle } from "../app/Shell";
import { Trouble } from "../app/Trouble";
import { PersonName } from "../people/Face";
import { day } from "../time/format";
import { words } from "../words";
import { wholeCycle as said } from "../words/wholeCycle";
import { Agreed, Debrief, Talk } from "./Agreed";
import { History } from "./History";
import { Lesson } from "./Lesson";
import { Meetings } from "./Meetings";
import { Plan } from "./Plan";
import "./whole.css";

export interface Whole {
  found: CycleSnapshot;
  /** In the order of the cycle's list; null for one that could not be fetched. */
  lessons: (LessonSnapshot | null)[];
  name(person: Id): string;
}

/** The cycle from first plan to last look back on one page: to read, and to print as it stands. */
export function WholePage({ id, who }: { id: Id; who: Session }) {
  const whole = useSignal<Whole | null>(null);
  const problem = useSignal<Problem | null>(null);
  const found = whole.value?.found;
  useTitle(found && said.title(found.card.number));

  async function load(): Promise<void> {
    problem.value = null;
    try {
      whole.value = await fetched(id);
    } catch (error) {
      problem.value = asProblem(error);
    }
  }
  useEffect(() => void load(), []);

  if (!whole.value || !found) {
    return problem.value ? <Trouble problem={problem.value} again={() => void load()} /> : <p class="quiet" role="status">{words.loading}</p>;
  }
  const { card, cycle } = found;
  return (
    <article class="whole">
      <p class="crumb screen-only"><a href={`/cycles/${id}`}>{said.back}</a></p>
      <header>
        <h1>{words.cycle.title(card.number)} <span class="quiet">{card.program.name}</span></h1>
        <p class="line"><PersonName role="teacher" name={card.teacher.name} /><PersonName role="coach" name={card.coach.name} /></p>
        <p>{words.stages[cycle.stage]}, {words.since(day(card.stage_since))}</p>
        <p class="quiet">{said.as(day(new Date().toISOString()), who.person.name)}</p>
      </header>
      <p class="actions screen-only"><button type="button" class="main" onClick={() => print()}>{said.print}</button></p>
      {whole.value.lessons.includes(null) && (
        <div class="notice screen-only" role="alert">
          <p>{said.incomplete}</p>
          <p class="actions"><button type="button" onClick={() => void load()}>{words.tryAgain}</button></p>
        </div>
      )}
      <History whole={whole.value} />
      <Plan whole={whole.value} />
      <Meetings whole={whole.value} />
      {whole.value.lessons.map((lesson, n) => lesson && <Lesson key={lesson.lesson.id} lesson={lesson} first={n === 0} />)}
      <Debrief whole={whole.value} />
      <Agreed whole={whole.value} />
      <Talk whole={whole.value} />
    </article>
  );
}

async function fetched(id: Id): Promise<Whole> {
  const found = await get<CycleSnapshot>(`/api/cycles/${id}`);
  const lessons = await Promise.all(found.card.lessons.map(async (lesson) => {
    try {
      return await get<LessonSnapshot>(`/api/lessons/${lesson.id}`);
    } catch {
      return null;
    }
  }));
  return { found, lessons, name: (person) => found.people[person]?.name ?? words.observers.role };
}
