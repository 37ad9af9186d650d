import type { AgendaItem, Annotation } from "../api/shapes";
import { lastDay } from "../observers/days";
import { clock, day, dayAndTime } from "../time/format";
import { words } from "../words";
import { wholeCycle as said } from "../words/wholeCycle";
import { Chapter, Said } from "./parts";
import type { Whole } from "./WholePage";

export function Debrief({ whole: { found: { cycle }, lessons, name } }: { whole: Whole }) {
  const notes = Object.entries(cycle.debrief_notes).filter(([, { text }]) => text);
  const items = cycle.agenda.flatMap((item) => onAgenda(item, lessons) ?? []);
  return (
    <Chapter title={said.debrief} empty={items.length + notes.length === 0}>
      {items.length > 0 && (
        <ol>
          {items.map(({ title, one }) => (
            <li key={one.id}>
              <p class="quiet" dir="auto">{said.agendaItem(title, clock(one.start_ms))}</p>
              {one.removed_at ? <p class="quiet"><em>{said.removed}</em></p> : <p class="body" dir="auto">{one.body}</p>}
            </li>
          ))}
        </ol>
      )}
      {notes.map(([person, { text }]) => <Said key={person} label={said.notesOf(name(person))} text={text} />)}
    </Chapter>
  );
}

function onAgenda(item: AgendaItem, lessons: Whole["lessons"]): { title: string; one: Annotation } | null {
  const lesson = lessons.find((one) => one?.lesson.id === item.lesson)?.lesson;
  const one = lesson?.annotations[item.annotation];
  return lesson && one ? { title: lesson.title, one } : null;
}

export function Agreed({ whole: { found: { cycle }, name } }: { whole: Whole }) {
  const commitments = Object.values(cycle.commitments);
  const reflections = Object.values(cycle.reflections);
  return (
    <>
      <Chapter title={said.commitments} empty={commitments.length === 0}>
        {commitments.map((one) => (
          <section key={one.id} class="entry-printed">
            <p class="body" dir="auto"><strong>{one.text}</strong></p>
            <p class="quiet">{said.by(day(`${one.due}T12:00:00Z`))}</p>
            <Said label={said.measure} text={one.measure} />
            {one.follow_ups.length === 0 && <p class="quiet">{said.noLookBack}</p>}
            {one.follow_ups.map((look) => (
              <div key={look.at} class="said">
                <h3>{said.answers[look.answer]} <span class="quiet">{name(look.by)}, {day(look.at)}</span></h3>
                <Said label={said.evidence} text={look.evidence} />
                <Said label={said.stillNeed} text={look.still_need} />
                <Said label={said.coachCould} text={look.coach_could} />
              </div>
            ))}
          </section>
        ))}
      </Chapter>
      <Chapter title={said.reflections} empty={reflections.length === 0}>
        {reflections.map((one) => (
          <Said key={one.id} label={one.prompt || name(one.by)} by={`${name(one.by)}, ${day(one.at)}`} text={one.removed_at ? said.removed : one.text} />
        ))}
      </Chapter>
    </>
  );
}

export function Talk({ whole: { found: { cycle }, name } }: { whole: Whole }) {
  const messages = Object.values(cycle.messages).sort((a, b) => a.at.localeCompare(b.at));
  const observers = Object.values(cycle.observers);
  return (
    <>
      <Chapter title={said.conversation} empty={messages.length === 0}>
        {messages.map((one) => <Said key={one.id} label={name(one.by)} by={dayAndTime(one.at)} text={one.removed_at ? said.removed : one.text} />)}
      </Chapter>
      <Chapter title={said.observers} empty={observers.length === 0}>
        <ul>{observers.map((one) => <li key={one.id}>{name(one.person)}, {words.observers.until(lastDay(one.until))}</li>)}</ul>
      </Chapter>
    </>
  );
}
