import type { CycleSnapshot, CycleState, Id, Stage } from "../api/shapes";
import { dayAndTime } from "../time/format";
import { words } from "../words";
import { LINE } from "./line";

/** Who sees a lesson and when, in words for whoever reads it. */
export function releaseMode(cycle: CycleState, { card }: CycleSnapshot): string {
  return (card.role === "teacher" ? words.moving.modeYours : words.moving.mode)[cycle.release_mode];
}

/** Who moved the cycle and when; what the program means by it: who sees a lesson, and the days of each stage. */
export function StageHistory({ cycle, found }: { cycle: CycleState; found: CycleSnapshot }) {
  const name = (id: Id): string => found.people[id]?.name ?? words.moving.lead;
  const targets = LINE.filter((stage) => cycle.stage_days[stage] !== undefined);
  return (
    <>
      <div class="rule">
        <h3>{words.moving.modeTitle}</h3>
        <p>{releaseMode(cycle, found)}</p>
      </div>
      {targets.length > 0 && (
        <div class="rule">
          <h3>{words.moving.targets}</h3>
          <ul class="quiet">{targets.map((stage) => <li key={stage}>{words.moving.target(words.stages[stage], cycle.stage_days[stage] ?? 0)}</li>)}</ul>
        </div>
      )}
      <div class="rule">
        <h3>{words.moving.history}</h3>
        <ol class="quiet">
          {cycle.history.map(({ stage, at, by }, n) => (
            <li key={n}>{n === 0 ? words.moving.opened(dayAndTime(at)) : words.moving.entered(words.stages[stage as Stage], dayAndTime(at), name(by))}</li>
          ))}
        </ol>
      </div>
    </>
  );
}
