import { useEffect } from "preact/hooks";
import { type Fetched, useFetched } from "../app/fetched";
import { useTitle } from "../app/Shell";
import { Trouble } from "../app/Trouble";
import type { Cycle, Home, LessonStanding, Session } from "../api/shapes";
import { follow } from "../live/socket";
import { ObservedLessons } from "../observers/ObservedLessons";
import { Face } from "../people/Face";
import { day } from "../time/format";
import { transfers } from "../upload/store";
import { words } from "../words";
import { Board } from "./Board";
import { Welcome } from "./Welcome";
import { type Group, waitingHere, type Waits } from "./waiting";

const GROUPS: Group[] = ["you", "others", "finished"];
const UNFINISHED: LessonStanding[] = ["waiting", "arriving", "preparing"];

export function HomePage({ who }: { who: Session }) {
  const home = useFetched<Home>("/api/home");
  useTitle(words.home.title);
  useFresh(home);
  const found = home.value.value;
  if (!found) {
    const problem = home.problem.value;
    return problem ? <Trouble problem={problem} again={home.again} /> : <p class="quiet" role="status">{words.loading}</p>;
  }
  const elsewhere = found.overviews.length > 0 || found.observed.length > 0;
  return (
    <>
      <Welcome />
      {(found.cycles.length > 0 || !elsewhere) && <Cycles cycles={found.cycles} me={who.person.id} />}
      {found.observed.length > 0 && <ObservedLessons lessons={found.observed} alone={found.cycles.length === 0} again={home.again} />}
      {found.overviews.map(({ program, rows }) => <Board key={program.id} program={program} rows={rows} />)}
    </>
  );
}

function Cycles({ cycles, me }: { cycles: Cycle[]; me: string }) {
  if (cycles.length === 0) {
    return (
      <section class="card">
        <h1>{words.home.emptyTitle}</h1>
        {words.home.empty.map((line) => <p key={line}>{line}</p>)}
      </section>
    );
  }
  const moving = transfers.value.filter(({ ended }) => !ended).map(({ lesson }) => lesson);
  const waits = cycles.map((cycle) => ({ cycle, waits: waitingHere(cycle, moving) }));
  const shown = GROUPS.map((group) => ({ group, cards: waits.filter((one) => one.waits.group === group) }));
  return (
    <section>
      <h1>{words.home.title}</h1>
      {shown.map(({ group, cards }) => cards.length > 0 ? (
        <section key={group} aria-labelledby={`group-${group}`}>
          <h2 id={`group-${group}`}>{words.home.groups[group]} <span class="quiet">{cards.length}</span></h2>
          <ul class="cards">{cards.map((one) => <CycleCard key={one.cycle.id} {...one} me={me} />)}</ul>
        </section>
      ) : group === "you" && <p key={group} class="quiet">{words.home.nothingWaits}</p>)}
    </section>
  );
}

/** What waits on this person is first and has the one filled button; the rest is a quieter line each. */
function CycleCard({ cycle, waits, me }: { cycle: Cycle; waits: Waits; me: string }) {
  const other = cycle.teacher.id === me ? cycle.coach : cycle.teacher;
  return (
    <li class="card">
      <h3><a href={`/cycles/${cycle.id}`}>{cycle.role === "observer" ? words.observers.homeCycle(cycle.number, cycle.teacher.name, cycle.coach.name) : words.home.cycle(cycle.number, other.name)}</a></h3>
      <p class="line">
        <Face role={cycle.teacher.id === me ? "coach" : "teacher"} name={other.name} />
        <span class="quiet">{words.stages[cycle.stage]}, {words.since(day(cycle.stage_since))}</span>
      </p>
      <p>{waits.text}</p>
      {waits.group !== "finished" && (
        <p class="actions">
          <a class={waits.group === "you" && waits.href ? "button main" : "button"} href={waits.href ?? `/cycles/${cycle.id}`}>{waits.action}</a>
        </p>
      )}
    </li>
  );
}

/** A lesson on its way, and whatever happened while the page was not looked at, bring it up to date. */
function useFresh({ value, again }: Fetched<Home>): void {
  const unfinished = value.value?.cycles.flatMap(({ lessons }) => lessons)
    .filter(({ state }) => UNFINISHED.includes(state)).map(({ id }) => id).join(" ") ?? "";
  useEffect(() => {
    const stops = unfinished.split(" ").filter(Boolean)
      .map((lesson) => follow(`lesson/${lesson}`, 0, { events: again, refetch: again, closed: again }));
    return () => stops.forEach((stop) => stop());
  }, [unfinished]);
  useEffect(() => {
    const seen = (): void => void (document.visibilityState === "visible" && again());
    document.addEventListener("visibilitychange", seen);
    return () => document.removeEventListener("visibilitychange", seen);
  }, []);
}
