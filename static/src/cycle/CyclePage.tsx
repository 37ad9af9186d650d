import { useEffect } from "preact/hooks";
import { useCommand } from "../app/command";
import { type Fetched, useFetched } from "../app/fetched";
import { useTitle } from "../app/Shell";
import { Trouble } from "../app/Trouble";
import type { Cycle, CycleSnapshot, LessonStanding, StreamEvent } from "../api/shapes";
import { reduceCycle } from "../live/reduce";
import { follow } from "../live/socket";
import { PersonName } from "../people/Face";
import { day } from "../time/format";
import { words } from "../words";
import { LessonItem } from "./LessonItem";
import { nextStage, StageLine } from "./StageLine";

export function CyclePage({ id }: { id: string }) {
  const page = useFetched<CycleSnapshot>(`/api/cycles/${id}`);
  const found = page.value.value;
  useTitle(found ? words.home.cycle(found.card.number, found.card.teacher.name) : undefined);
  useLive(page);
  if (!found) {
    const problem = page.problem.value;
    return problem ? <Trouble problem={problem} again={page.again} /> : <p class="quiet" role="status">{words.loading}</p>;
  }
  return <CycleNotebook cycle={found.card} />;
}

const UNFINISHED: LessonStanding[] = ["waiting", "arriving", "preparing", "watchable"];

/** What happens in the cycle, or to a lesson that is still on its way, brings the page up to date. */
function useLive({ value, again }: Fetched<CycleSnapshot>): void {
  const found = value.value;
  const unfinished = found?.card.lessons.filter(({ state }) => UNFINISHED.includes(state)).map(({ id }) => id).join(" ") ?? "";
  useEffect(() => {
    if (!found) return;
    const stops = [follow(`cycle/${found.card.id}`, found.version, {
      events(events) {
        const before = value.peek();
        if (before) value.value = afterEvents(before, events);
        again(); // the cards of lessons are not in the stream
      },
      refetch: again, closed: again,
    })];
    for (const lesson of unfinished.split(" ").filter(Boolean)) {
      // The card does not say how far its stream is; an unfinished lesson's is short, so it is read from the start.
      stops.push(follow(`lesson/${lesson}`, 0, { events: again, refetch: again, closed: again }));
    }
    return () => stops.forEach((stop) => stop());
  }, [found?.card.id, found?.version, unfinished]);
}

function afterEvents(before: CycleSnapshot, events: StreamEvent[]): CycleSnapshot {
  const cycle = events.reduce(reduceCycle, before.cycle);
  const { stage, stage_since } = cycle;
  return { version: cycle.version, cycle, card: { ...before.card, stage, stage_since: stage_since ?? before.card.stage_since } };
}

function CycleNotebook({ cycle }: { cycle: Cycle }) {
  const closed = cycle.stage === "closed";
  const mayAdd = cycle.role === "teacher" && !closed;
  const next = nextStage(cycle.stage);
  const move = useCommand(`/api/cycles/${cycle.id}/commands`);
  return (
    <>
      <h1>{words.cycle.title(cycle.number)} <span class="quiet">{cycle.program.name}</span></h1>
      <p class="line"><PersonName role="teacher" name={cycle.teacher.name} /><PersonName role="coach" name={cycle.coach.name} /></p>
      <StageLine stage={cycle.stage} />
      <section class="card">
        <h2>{words.stages[cycle.stage]} <span class="quiet">{words.since(day(cycle.stage_since))}</span></h2>
        <p>{words.stageSays[cycle.stage]}</p>
        {next && cycle.role !== "observer" && (
          <p>
            <button type="button" disabled={move.busy.value} onClick={() => void move.run({ type: "move_stage", stage: next })}>
              {words.moveTo(words.stages[next])}
            </button>
            <span role="alert">{move.says.value}</span>
          </p>
        )}
      </section>
      <section>
        <h2>{words.cycle.lessons}</h2>
        {cycle.lessons.length === 0 && <p>{closed ? words.cycle.noneClosed : mayAdd ? words.cycle.none : words.cycle.noneCoach(cycle.teacher.name)}</p>}
        <ul class="cards">{cycle.lessons.map((lesson) => <LessonItem key={lesson.id} lesson={lesson} role={cycle.role} />)}</ul>
        {mayAdd && <p><a class={cycle.lessons.length === 0 ? "button main" : "button"} href={`/cycles/${cycle.id}/add`}>{words.cycle.addLesson}</a></p>}
      </section>
    </>
  );
}
