import { dayAndTime } from "../time/format";
import { wholeCycle as said } from "../words/wholeCycle";
import { Chapter, Said, Where } from "./parts";
import type { Whole } from "./WholePage";

export function Meetings({ whole: { found: { cycle }, name } }: { whole: Whole }) {
  const meetings = Object.values(cycle.meetings).sort((a, b) => a.start.localeCompare(b.start));
  return (
    <Chapter title={said.meetings} empty={meetings.length === 0}>
      {meetings.map((one) => (
        <section key={one.id} class="entry-printed">
          <h3>{said.meetingKinds[one.kind]}, {dayAndTime(one.start)}</h3>
          <p>{said.meetingStatus[one.status]}, {said.minutes(one.held_minutes ?? one.minutes)} {one.place && <Where text={one.place} />}</p>
          <Said label={said.agenda} text={one.agenda?.text} />
          {Object.entries(one.notes).map(([person, { text }]) => <Said key={person} label={said.notesOf(name(person))} text={text} />)}
        </section>
      ))}
    </Chapter>
  );
}
