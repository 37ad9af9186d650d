import type { Present } from "../api/shapes";
import type { OpenLesson } from "../live/lesson";
import { standing } from "../live/socket";
import { PersonName } from "../people/Face";
import { clock } from "../time/format";
import { words } from "../words";
import type { People } from "./people";

/** Which lesson this is, who is here, and whether what is shown is up to date. */
export function RoomHead({ open, people, present }: { open: OpenLesson; people: People; present: Present[] }) {
  const lesson = open.lesson.value!;
  const live = standing.value;
  const whole = open.snapshot.value?.whole ?? true;
  const number = open.snapshot.value?.cycle.number ?? 1;
  return (
    <header class="room-head">
      <p class="crumb">
        {whole ? <a href={`/cycles/${lesson.cycle}`}>{words.cycle.title(number)}</a> : <a href="/">{words.backHome}</a>}
      </p>
      <h1 dir="auto">{lesson.title || words.corrections.noTitle}</h1>
      <p class="line">
        <span class={`standing ${live}`}>{words.live[live]}</span>
        {present.length > 0 && (
          <span class="line" role="group" aria-label={words.room.here}>
            {present.map(({ person, at_ms }) => {
              const who = people(person);
              return <span key={person} class="present"><PersonName role={who.role} name={who.name} /> <span class="quiet times">{clock(at_ms)}</span></span>;
            })}
          </span>
        )}
      </p>
    </header>
  );
}
