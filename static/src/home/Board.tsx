import type { Named, OverviewRow, Stage } from "../api/shapes";
import { PersonName } from "../people/Face";
import { day } from "../time/format";
import { words } from "../words";

const STAGES: Stage[] = ["planning", "teaching", "review", "debrief", "follow_up", "closed"];

/** What a lead sees: who is where since when, and who waits on whom. Never a word of what was written; no order by merit. */
export function Board({ program, rows }: { program: Named; rows: OverviewRow[] }) {
  return (
    <section>
      <h1>{words.home.boardTitle(program.name)}</h1>
      {rows.length === 0 ? words.home.noCyclesLead.map((line) => <p key={line}>{line}</p>) : <p class="quiet">{words.home.boardSays}</p>}
      <p class="actions">
        <a class={rows.length === 0 ? "button main" : "button"} href={`/programs/${program.id}/people`}>
          {words.home.people}<span class="unseen"> ({program.name})</span>
        </a>
      </p>
      {rows.length > 0 && (
        <div class="board">
          {STAGES.map((stage) => <Column key={stage} stage={stage} rows={rows.filter((row) => row.stage === stage)} />)}
        </div>
      )}
    </section>
  );
}

function Column({ stage, rows }: { stage: Stage; rows: OverviewRow[] }) {
  return (
    <section class="column" aria-label={words.stages[stage]}>
      <h2>{words.stages[stage]} <span class="quiet">{words.home.boardCycles(rows.length)}</span></h2>
      <ul>
        {rows.map((row) => (
          <li key={row.id}>
            <p class="line"><PersonName role="teacher" name={row.teacher.name} /><PersonName role="coach" name={row.coach.name} /></p>
            <p class="quiet">
              {words.cycle.title(row.number)}, {words.since(day(row.stage_since))}. {row.lessons} {row.lessons === 1 ? "lesson" : "lessons"}, {words.cycle.annotations(row.annotations)}.
            </p>
            {row.focus_category && <p class="quiet">{words.home.focus(row.focus_category)}</p>}
            {stage !== "closed" && <p>{words.home.waitsOn[row.waiting_on ?? "nobody"]}</p>}
          </li>
        ))}
      </ul>
    </section>
  );
}
