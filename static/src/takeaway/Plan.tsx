import { day, size } from "../time/format";
import { wholeCycle as said } from "../words/wholeCycle";
import { Chapter, Said } from "./parts";
import type { Whole } from "./WholePage";

const FIELDS = ["lesson_title", "goal", "look_fors", "anticipated_thinking", "planned_moves"] as const;

export function Plan({ whole: { found: { cycle }, name } }: { whole: Whole }) {
  const questions = Object.values(cycle.questions);
  const resources = Object.values(cycle.resources);
  const about = Object.entries(cycle.about).filter(([, { text }]) => text);
  const written = FIELDS.filter((field) => cycle.plan[field]?.text);
  const empty = written.length + questions.length + resources.length === 0 && !cycle.lesson_date && !cycle.focus_category;
  return (
    <>
      <Chapter title={said.about} empty={about.length === 0}>
        {about.map(([person, { text }]) => <Said key={person} label={name(person)} text={text} />)}
      </Chapter>
      <Chapter title={said.plan} empty={empty} always>
        {cycle.lesson_date && <p>{said.lessonDate}: {day(`${cycle.lesson_date}T12:00:00Z`)}</p>}
        {cycle.focus_category && <p dir="auto">{said.focus}: {cycle.focus_category}</p>}
        {written.map((field) => <Said key={field} label={said.planFields[field]} text={cycle.plan[field]!.text} />)}
        {questions.length > 0 && (
          <div class="said">
            <h3>{said.questions}</h3>
            <ol>{questions.map(({ id, text }) => <li key={id} dir="auto">{text}</li>)}</ol>
          </div>
        )}
        {resources.length > 0 && (
          <div class="said">
            <h3>{said.resources}</h3>
            <ul>{resources.map((one) => <li key={one.id} dir="auto">{one.name} <span class="quiet">{one.content_type}, {size(one.size)}, {name(one.by)}</span></li>)}</ul>
          </div>
        )}
      </Chapter>
    </>
  );
}
