import { mayWrite, personIn } from "../cycle/may";
import { WrittenField } from "../form/WrittenField";
import type { OpenCycle } from "../live/cycle";
import { PersonName } from "../people/Face";
import { session } from "../session/session";
import { words } from "../words";

/** What each of the two says about themselves: who reads whom decides more than any tool. */
export function AboutSection({ page }: { page: OpenCycle }) {
  const cycle = page.cycle.value;
  if (!cycle) return null;
  const me = session.value?.person.id ?? "";
  const others = [cycle.teacher, cycle.coach].filter((person) => person !== me);
  const writes = mayWrite(page) && [cycle.teacher, cycle.coach].includes(me);
  const own = cycle.about[me];
  const said = others.filter((person) => writes || cycle.about[person]?.text);
  if (said.length === 0 && !own) return null;
  return (
    <section>
      <h3>{words.conversation.about}</h3>
      {said.map((person) => {
        const who = personIn(page, person);
        const text = cycle.about[person]?.text;
        return (
          <div key={person} class="wrote">
            <p class="line"><PersonName role={who.role} name={who.name} /></p>
            {text ? <p class="words" dir="auto">{text}</p> : <p class="quiet">{words.conversation.aboutNone(who.name)}</p>}
          </div>
        );
      })}
      {(writes || own) && (
        <WrittenField
          label={words.conversation.aboutMe} hint={words.conversation.aboutHint} shelf={`${page.id}.about`} written={own} disabled={!writes}
          path={`/api/cycles/${page.id}/commands`} command={(text, revision) => ({ type: "write_about", text, revision })}
        />
      )}
    </section>
  );
}
