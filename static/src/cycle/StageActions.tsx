import { useRef } from "preact/hooks";
import { type Command, useCommand } from "../app/command";
import { navigate } from "../app/router";
import type { CycleSnapshot, CycleState, Id, Stage } from "../api/shapes";
import { Sure } from "../form/Sure";
import { newId } from "../ids/uuid";
import type { OpenCycle } from "../live/cycle";
import { day } from "../time/format";
import { words } from "../words";
import { Interrupting } from "./Interrupting";
import { after, before, due, isOver, needs } from "./line";
import { NewCoach } from "./NewCoach";
import { SayDone } from "./SayDone";
import { releaseMode, StageHistory } from "./StageHistory";
import { WaiveVideo } from "./WaiveVideo";

export interface Acting { page: OpenCycle; cycle: CycleState; found: CycleSnapshot; act: Command; other: string }

/** Where it matters who sees a lesson. */
const SEEING: Stage[] = ["planning", "teaching", "review"];

/** What the present stage still needs, moving on, and what is rarer: pausing, ending, the next cycle, another coach. */
export function StageActions({ page }: { page: OpenCycle }) {
  const act = useCommand(`/api/cycles/${page.id}/commands`);
  const next = useRef(newId());
  const cycle = page.cycle.value;
  const found = page.snapshot.value;
  if (!cycle || !found) return null;
  const { card } = found;
  const acts = card.role !== "observer";
  const acting: Acting = { page, cycle, found, act, other: card.role === "teacher" ? card.coach.name : card.teacher.name };
  return (
    <section class="card" aria-label={words.moving.title}>
      {cycle.proposed_coach && !isOver(cycle) && <NewCoach {...acting} />}
      {cycle.cancelled && <p>{words.moving.cancelledSays}</p>}
      {!cycle.cancelled && !cycle.paused && <p>{words.stageSays[cycle.stage]}</p>}
      {SEEING.includes(cycle.stage) && !isOver(cycle) && !cycle.paused && <p class="quiet">{releaseMode(cycle, found)}</p>}
      {!isOver(cycle) && !cycle.paused && acts && <MoveOn {...acting} />}
      {cycle.paused && acts && (
        <>
          <p>{words.moving.pausedSays}</p>
          <p class="actions"><button type="button" class="main" disabled={act.busy.value} onClick={() => void act.run({ type: "resume_cycle" })}>{words.moving.resume}</button></p>
        </>
      )}
      <Beside {...acting} acts={acts} next={next.current} />
      <p role="alert" class="says">{act.says.value}</p>
      <details class="more">
        <summary>{acts && !isOver(cycle) ? words.moving.more : words.moving.history}</summary>
        {acts && !isOver(cycle) && <Interrupting {...acting} />}
        <StageHistory cycle={cycle} found={found} />
      </details>
    </section>
  );
}

function MoveOn({ cycle, found, act, other }: Acting) {
  const { card } = found;
  const here = needs(cycle, found);
  const ready = here.every(({ done }) => done);
  const on = after(cycle.stage);
  const back = before(cycle.stage);
  const end = due(cycle);
  // A review is not held up for ever: once its days are over it may be left without the coach's word.
  const free = ready || (cycle.stage === "review" && cycle.lessons.length > 0 && end !== null && end.getTime() <= Date.now());
  const asked = card.closing_asked_by;
  const mine = card.role === "teacher" ? cycle.teacher : cycle.coach;
  const agreed = asked !== null && asked !== mine;
  const move = (stage: CycleState["stage"]) => (): void => void act.run({ type: "move_stage", stage });
  return (
    <>
      {here.length > 0 && (
        <>
          <h3>{words.moving.needs}</h3>
          <ul class="needs">
            {here.map(({ text, done }) => (
              <li key={text} class={done ? "done" : ""}>
                <span class="dot" aria-hidden="true">{done ? "✓" : ""}</span> {text} <span class="unseen">({done ? words.moving.done : words.moving.open})</span>
              </li>
            ))}
          </ul>
        </>
      )}
      {cycle.stage === "review" && !free && cycle.lessons.length > 0 && end && <p class="quiet">{words.moving.orDays(day(end.toISOString()))}</p>}
      {cycle.waiver && <p class="quiet">{words.moving.waived} <span dir="auto">{cycle.waiver.note}</span></p>}
      {cycle.stage === "review" && <SayDone cycle={cycle} found={found} />}
      {agreed && <p>{words.moving.askedYou(other)}</p>}
      {asked === mine && <p>{words.moving.asked(other)}</p>}
      {cycle.stage === "teaching" && card.role === "coach" ? <p class="quiet">{words.moving.teacherSays(card.teacher.name)}</p> : null}
      <p class="actions">
        {on === "closed"
          ? (ready || agreed) && <Sure main label={words.moving.closeIt} question={words.moving.closeSure} busy={act.busy.value} run={move("closed")} />
          : on && free && !(cycle.stage === "teaching" && card.role === "coach") && (
            <button type="button" class={ready ? "main" : ""} disabled={act.busy.value} onClick={move(on)}>{words.moving.moveOn(words.stages[on])}</button>
          )}
        {back && <button type="button" class="plain" disabled={act.busy.value} onClick={move(back)}>{words.moving.moveBack(words.stages[back])}</button>}
      </p>
      {cycle.stage === "follow_up" && !ready && asked === null && (
        <p class="actions">
          <button type="button" disabled={act.busy.value} onClick={() => void act.run({ type: "ask_to_close" })}>{words.moving.askToClose}</button>
          <span class="quiet">{words.moving.askToCloseHint(other)}</span>
        </p>
      )}
      {cycle.stage === "teaching" && card.role === "teacher" && !cycle.waiver && card.lessons.length === 0 && <WaiveVideo act={act} />}
    </>
  );
}

/** The cycles before and after this one. */
function Beside({ cycle, found, act, acts, next }: Acting & { acts: boolean; next: Id }) {
  const { card } = found;
  const start = cycle.stage === "closed" && cycle.next === null && acts;
  const on = card.next ?? (acts && cycle.stage === "closed" ? cycle.next : null);
  if (!start && !on && !card.previous) return null;
  async function startNext(): Promise<void> {
    if (await act.run({ type: "start_next", cycle: next })) navigate(`/cycles/${next}`);
  }
  return (
    <>
      {start && <p>{words.moving.startNextHint}</p>}
      <p class="actions">
        {start && (
          <button type="button" class="main" disabled={act.busy.value} onClick={() => void startNext()}>{words.moving.startNext}</button>
        )}
        {on && <a class="button main" href={`/cycles/${on}`}>{words.moving.openNext}</a>}
        {card.previous && <a class="link" href={`/cycles/${card.previous}`}>{words.moving.openPrevious}</a>}
      </p>
    </>
  );
}
