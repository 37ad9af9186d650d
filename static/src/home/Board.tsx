import type { Named, OverviewRow, Stage } from "../api/shapes";
import { PersonName } from "../people/Face";
import { ProposeCoach } from "../program/ProposeCoach";
import { day } from "../time/format";
import { words } from "../words";

const STAGES: Stage[] = ["planning", "teaching", "review", "debrief", "follow_up", "closed"];

interface Shown { program: Named; rows: OverviewRow[]; changed: () => void }

/** What a lead sees: what stands still, then who is where since when, and who waits on whom. Never a word of what was written; no order by merit. */
export function Board({ program, rows, changed }: Shown) {
  return (
    <section>
      <h1>{words.home.boardTitle(program.name)}</h1>
      {rows.length === 0 ? words.home.noCyclesLead.map((line) => <p key={line}>{line}</p>) : <NeedYou program={program} rows={rows} changed={changed} />}
      <p class="actions">
        <a class={rows.length === 0 ? "button main" : "button"} href={`/programs/${program.id}/people`}>
          {words.home.people}<span class="unseen"> ({program.name})</span>
        </a>
        <a class="button" href={`/programs/${program.id}/settings`}>{words.overview.settings}<span class="unseen"> ({program.name})</span></a>
      </p>
      {rows.length > 0 && (
        <>
          <p class="quiet">{words.home.boardSays}</p>
          <div class="board">
            {STAGES.map((stage) => <Column key={stage} stage={stage} rows={rows.filter((row) => columnOf(row) === stage)} program={program} changed={changed} />)}
          </div>
        </>
      )}
    </section>
  );
}

function columnOf({ stage, cancelled }: OverviewRow): Stage {
  return cancelled ? "closed" : stage;
}

function isOpen(row: OverviewRow): boolean {
  return columnOf(row) !== "closed";
}

/** The few things that a lead can do something about, before everything else. */
function NeedYou({ program, rows, changed }: Shown) {
  const late = rows.filter(({ stalled, overdue }) => stalled || overdue).sort((a, b) => Number(b.stalled) - Number(a.stalled));
  const [overdue, stalled] = [rows.filter((row) => row.overdue).length, rows.filter((row) => row.stalled).length];
  const choosing = rows.filter((row) => isOpen(row) && row.proposed_coach).length;
  return (
    <section class="card" aria-labelledby={`needs-${program.id}`}>
      <h2 id={`needs-${program.id}`}>{words.overview.needYou}</h2>
      <p class="quiet numbers">{words.overview.numbers(rows.filter(isOpen).length, overdue, stalled, choosing)}</p>
      {late.length === 0 ? <p>{words.overview.nothingNeedsYou}</p> : (
        <>
          <ul class="rows looks">
            {late.map((row) => (
              <li key={row.id}>
                <Pair row={row} />
                <p>
                  <span class="late">{row.stalled ? words.overview.stalled : words.overview.overdue(day(row.due ?? ""))}</span>{" "}
                  <span class="quiet">{words.stages[row.stage]}, {words.overview.inStage(row.days_in_stage)}. {words.home.waitsOn[row.waiting_on ?? "nobody"]}.</span>
                </p>
                <ProposeCoach program={program.id} row={row} changed={changed} />
              </li>
            ))}
          </ul>
          {stalled > 0 && <p class="quiet">{words.overview.stalledSays}</p>}
        </>
      )}
    </section>
  );
}

function Pair({ row }: { row: OverviewRow }) {
  return (
    <p class="line">
      <PersonName role="teacher" name={row.teacher.name} /><PersonName role="coach" name={row.coach.name} />
      <span class="quiet">{words.cycle.title(row.number)}</span>
    </p>
  );
}

function Column({ stage, rows, program, changed }: Shown & { stage: Stage }) {
  return (
    <section class="column" aria-label={words.stages[stage]}>
      <h2>{words.stages[stage]} <span class="quiet">{words.home.boardCycles(rows.length)}</span></h2>
      <ul>{rows.map((row) => <Row key={row.id} row={row} program={program} changed={changed} />)}</ul>
    </section>
  );
}

function Row({ row, program, changed }: { row: OverviewRow; program: Named; changed: () => void }) {
  const open = isOpen(row);
  const turnaround = row.turnaround_ms === null ? null : words.overview.turnaround(row.turnaround_ms / 86_400_000);
  const counts = [
    row.meetings_planned > 0 ? words.overview.meetings(row.meetings_held, row.meetings_planned) : null,
    row.commitments > 0 ? words.overview.commitments(row.commitments_open, row.commitments) : null,
    words.overview.lessons(row.released, row.annotations),
    turnaround,
    row.focus_category ? words.home.focus(row.focus_category) : null,
  ].filter(Boolean);
  return (
    <li>
      <Pair row={row} />
      {row.cancelled ? <p><span class="tag">{words.overview.cancelledTag}</span></p>
        : row.paused ? <p><span class="tag">{words.overview.pausedTag}</span></p>
        : open && <p>{words.home.waitsOn[row.waiting_on ?? "nobody"]}</p>}
      {open && (
        <p class="facts">
          {words.overview.inStage(row.days_in_stage)}
          {row.due && !row.paused && <>, {row.overdue ? <span class="late">{words.overview.overdue(day(row.due))}</span> : words.overview.due(day(row.due))}</>}
          {row.next && <>. {words.overview.next(day(row.next))}</>}.
        </p>
      )}
      <p class="facts">{counts.join(". ")}.</p>
      {open && row.proposed_coach && <p>{words.overview.proposed(row.proposed_coach.name)}</p>}
      {open && <ProposeCoach program={program.id} row={row} changed={changed} />}
    </li>
  );
}
