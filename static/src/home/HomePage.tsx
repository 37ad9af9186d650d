import { useEffect } from "preact/hooks";
import { type Fetched, useFetched } from "../app/fetched";
import { later } from "../app/later";
import { useTitle } from "../app/Shell";
import { Trouble } from "../app/Trouble";
import type { Cycle, Home, LessonStanding, Session } from "../api/shapes";
import { follow } from "../live/socket";
import { ObservedLessons } from "../observers/ObservedLessons";
import { Face } from "../people/Face";
import { day } from "../time/format";
import { filmsHere } from "../smaller/here";
import { underWay } from "../smaller/ways";
import { transfers } from "../upload/store";
import { words } from "../words";
import { Welcome } from "./Welcome";
import { type Group, inOrder, waitingHere, type Waits } from "./waiting";

// What only a lead needs comes when a lead does.
const Board = later(async () => (await import("./Board")).Board);
const OpenUploads = later(async () => (await import("../upload/screens")).OpenUploads);

const GROUPS: Group[] = ["you", "others", "finished"];
const UNFINISHED: LessonStanding[] = ["waiting", "arriving", "preparing"];

export function HomePage({ who }: { who: Session }) {
  const home = useFetched<Home>("/api/home");
  useTitle(words.home.title);
  useFresh(home);
  useEffect(() => {
    if (!filmsHere()) return;
    const busy = (lesson: string): boolean => transfers.value.some((one) => one.lesson === lesson && !one.ended);
    void import("../smaller/kept").then(({ letArrivedGo }) => letArrivedGo(who.person.id, busy)).catch(() => undefined);
  }, [who.person.id]);
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
      {interrupted(found.cycles) && <OpenUploads />}
      {found.observed.length > 0 && <ObservedLessons lessons={found.observed} alone={found.cycles.length === 0} again={home.again} />}
      {found.overviews.map(({ program, rows }) => <Board key={program.id} program={program} rows={rows} changed={home.again} />)}
    </>
  );
}

/** Something of one's own is half here, and this page does not send it. */
function interrupted(cycles: Cycle[]): boolean {
  const moving = transfers.value.filter(({ ended }) => !ended).map(({ lesson }) => lesson);
  return cycles.some(({ lessons }) => lessons.some(({ id, upload }) => upload !== null && !moving.includes(id)));
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
  const moving = [...transfers.value.filter(({ ended }) => !ended), ...underWay.value].map(({ lesson }) => lesson);
  const now = new Date();
  const waits = inOrder(cycles.map((cycle) => ({ cycle, waits: waitingHere(cycle, moving, now) })));
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
        <span class="quiet">{standing(cycle)}</span>
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

function standing({ stage, stage_since, due, paused, cancelled }: Cycle): string {
  if (cancelled) return words.moving.endedShort;
  const facts = [words.stages[stage], stage === "closed" || !due ? words.since(day(stage_since)) : words.overview.by(day(due)), paused ? words.moving.pausedShort : null];
  return facts.filter(Boolean).join(", ");
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
