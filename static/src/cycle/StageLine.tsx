import type { OpenCycle } from "../live/cycle";
import { day } from "../time/format";
import { words } from "../words";
import { due, isOver, LINE } from "./line";

/** Where the cycle stands: what is done, what is now, on whom it waits and by when. Marks and words both say it, not colour alone. */
export function StageLine({ page }: { page: OpenCycle }) {
  const cycle = page.cycle.value;
  if (!cycle) return null;
  const now = LINE.indexOf(cycle.stage);
  const ended = cycle.cancelled !== null;
  return (
    <>
      <ol class="stages" aria-label={words.stageLine}>
        {LINE.map((one, n) => {
          const where = n < now || cycle.stage === "closed" ? "done" : n === now && !ended ? "now" : "next";
          return (
            <li key={one} class={where} aria-current={n === now ? "step" : undefined}>
              <span class="dot" aria-hidden="true">{where === "done" ? "✓" : ""}</span>
              <span class="name">{words.stages[one]}</span>
              <span class="unseen">{where === "done" ? words.stageDone("") : where === "now" ? words.stageNow("") : ""}</span>
            </li>
          );
        })}
      </ol>
      <Standing page={page} />
    </>
  );
}

function Standing({ page }: { page: OpenCycle }) {
  const cycle = page.cycle.value;
  const card = page.snapshot.value?.card;
  if (!cycle || !card) return null;
  const { cancelled, paused } = cycle;
  if (cancelled) return <p class="notice">{words.moving.cancelled(day(cancelled.at), words.moving.cancelReasons[cancelled.reason as "other"])}</p>;
  if (cycle.stage === "closed") return <p class="quiet">{words.moving.closed(day(cycle.stage_since ?? ""))}</p>;
  if (paused) return <p class="notice">{words.moving.paused(day(paused.at), words.moving.pauseReasons[paused.reason as "other"])}</p>;
  const end = due(cycle);
  const said = end?.toISOString() ?? "";
  const facts = [
    words.stages[cycle.stage],
    end && !isOver(cycle) ? (end.getTime() < Date.now() ? words.moving.past(day(said)) : words.moving.by(day(said))) : null,
    waitsOn(card),
  ].filter(Boolean);
  return <p class="turn"><strong>{facts[0]}</strong> <span>{facts.slice(1).join(", ")}</span></p>;
}

function waitsOn({ waiting_on, role, teacher, coach }: { waiting_on: "teacher" | "coach" | "both" | null; role: string; teacher: { name: string }; coach: { name: string } }): string {
  const { waits } = words.moving;
  if (waiting_on === null) return waits.nobody;
  if (waiting_on === "both") return role === "observer" ? waits.on(`${teacher.name}, ${coach.name}`) : waits.both;
  if (waiting_on === role) return waits.you;
  return waits.on(waiting_on === "teacher" ? teacher.name : coach.name);
}
