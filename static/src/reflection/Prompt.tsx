import type { Reflection, Unnumbered } from "../api/shapes";
import { useCommand } from "../app/command";
import { mayWrite, personIn } from "../cycle/may";
import { useNewIds } from "../form/newIds";
import { Sure } from "../form/Sure";
import type { OpenCycle } from "../live/cycle";
import { PersonName } from "../people/Face";
import { session } from "../session/session";
import { day } from "../time/format";
import { words } from "../words";
import { NoteField, noteShelf } from "./NoteField";

interface Props { prompt: string; page: OpenCycle; writes: boolean; shared: Reflection[] }

/** One question: what each has shared to it, and one's own draft. */
export function Prompt({ prompt, page, writes, shared }: Props) {
  const notes = page.notebook.value?.notes ?? {};
  const gone = (id: string): boolean => id in notes || id in (page.cycle.value?.reflections ?? {});
  const fresh = useNewIds(noteShelf(page, prompt, ""), gone);
  const drafts = [...Object.values(notes).filter((note) => note.prompt === prompt).map(({ id }) => id), ...fresh.ids];
  return (
    <div class="prompt">
      <h4 dir="auto">{prompt || words.reflection.free}</h4>
      {shared.map((one) => <Shared key={one.id} reflection={one} page={page} />)}
      {page.notebook.value && prompt !== "" && (
        <>
          {drafts.map((id) => (
            <NoteField key={id} id={id} label={words.reflection.draft} prompt={prompt} page={page} share={writes} focus={fresh.isLatest(id)} drop={() => fresh.drop(id)} />
          ))}
          {writes && drafts.length === 0 && <p><button type="button" onClick={fresh.begin}>{words.reflection.write}<span class="unseen">: {prompt}</span></button></p>}
        </>
      )}
    </div>
  );
}

function Shared({ reflection, page }: { reflection: Reflection; page: OpenCycle }) {
  const who = personIn(page, reflection.by);
  const mine = reflection.by === session.value?.person.id;
  const remove = useCommand(`/api/cycles/${page.id}/commands`);
  return (
    <div class="wrote">
      <p class="line"><PersonName role={who.role} name={mine ? `${who.name} (${words.you})` : who.name} /> <span class="quiet">{day(reflection.at)}</span></p>
      {reflection.removed_at !== null ? <p class="quiet">{words.reflection.removed}</p> : <p class="words" dir="auto">{reflection.text}</p>}
      {mine && mayWrite(page) && reflection.removed_at === null && (
        <Sure
          label={words.reflection.remove} about={words.reflection.aboutReflection} question={words.reflection.removeSure} busy={remove.busy.value}
          run={() => void remove.run({ type: "remove_reflection", reflection: reflection.id } as unknown as Unnumbered)}
        />
      )}
      <p role="alert" class="says">{remove.says.value}</p>
    </div>
  );
}
