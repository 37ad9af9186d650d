import { useFetched } from "../app/fetched";
import { useTitle } from "../app/Shell";
import { Trouble } from "../app/Trouble";
import type { Cycle, Home, Session } from "../api/shapes";
import { Face } from "../people/Face";
import { day } from "../time/format";
import { words } from "../words";
import { Board } from "./Board";
import { waitingHere } from "./waiting";

export function HomePage({ who }: { who: Session }) {
  const home = useFetched<Home>("/api/home");
  useTitle(words.home.title);
  const found = home.value.value;
  if (!found) {
    const problem = home.problem.value;
    return problem ? <Trouble problem={problem} again={home.again} /> : <p class="quiet" role="status">{words.loading}</p>;
  }
  const leads = found.overview !== null;
  return (
    <>
      {(found.cycles.length > 0 || !leads) && <Cycles cycles={found.cycles} me={who.person.id} />}
      {found.overview && <Board program={found.overview.program.name} rows={found.overview.rows} />}
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
  return (
    <section>
      <h1>{words.home.title}</h1>
      <ul class="cards">{cycles.map((cycle) => <CycleCard key={cycle.id} cycle={cycle} me={me} />)}</ul>
    </section>
  );
}

function CycleCard({ cycle, me }: { cycle: Cycle; me: string }) {
  const other = cycle.teacher.id === me ? cycle.coach : cycle.teacher;
  const waits = waitingHere(cycle);
  return (
    <li class="card">
      <h2><a href={`/cycles/${cycle.id}`}>{words.home.cycle(cycle.number, other.name)}</a></h2>
      <p class="line">
        <Face role={cycle.teacher.id === me ? "coach" : "teacher"} name={other.name} />
        <span class="quiet">{words.stages[cycle.stage]}, {words.since(day(cycle.stage_since))}</span>
      </p>
      <p>{waits.text}</p>
      <p class="actions">
        <a class={waits.href ? "button main" : "button"} href={waits.href ?? `/cycles/${cycle.id}`}>{waits.action}</a>
      </p>
    </li>
  );
}
