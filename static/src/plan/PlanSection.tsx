import type { CycleCommand } from "../api/shapes";
import { mayWrite } from "../cycle/may";
import { WrittenField } from "../form/WrittenField";
import type { OpenCycle } from "../live/cycle";
import { words } from "../words";
import { DateAndFocus } from "./DateAndFocus";
import { Questions } from "./Questions";
import { Resources } from "./Resources";

type Field = Extract<CycleCommand, { type: "write_plan" }>["field"];

/** The plan of a lesson: what it is, what to look at together, and the files beside it. Both write it. */
export function PlanSection({ page }: { page: OpenCycle }) {
  const cycle = page.cycle.value;
  if (!cycle) return null;
  const writes = mayWrite(page);
  const empty = Object.values(cycle.plan).every(({ text }) => text === "") && Object.keys(cycle.questions).length === 0 && !cycle.lesson_date;
  const text = (field: Field, label: string, hint: string, more: { oneLine?: boolean; rows?: number } = {}) => (
    <WrittenField
      label={label} hint={writes ? hint : undefined} shelf={`${page.id}.plan.${field}`} written={cycle.plan[field]} disabled={!writes}
      path={`/api/cycles/${page.id}/commands`} command={(to, revision) => ({ type: "write_plan", field, text: to, revision })} {...more}
    />
  );
  const say = words.plan;
  return (
    <section>
      <h3>{say.title}</h3>
      {empty && !writes && <p class="quiet">{say.none}</p>}
      {text("lesson_title", say.lessonTitle, say.lessonTitleHint, { oneLine: true })}
      <DateAndFocus page={page} writes={writes} />
      {text("goal", say.goal, say.goalHint, { rows: 2 })}
      <Questions page={page} writes={writes} />
      {text("look_fors", say.lookFors, say.lookForsHint)}
      {text("anticipated_thinking", say.thinking, say.thinkingHint)}
      {text("planned_moves", say.moves, say.movesHint)}
      <Resources page={page} writes={writes} />
    </section>
  );
}
