import { useNewIds } from "../form/newIds";
import type { OpenCycle } from "../live/cycle";
import { words } from "../words";
import { NoteField, noteShelf } from "./NoteField";

/** Notes for oneself: nobody else ever reads them. To share one, write to a question. */
export function Notes({ page, writes }: { page: OpenCycle; writes: boolean }) {
  const notes = page.notebook.value?.notes ?? {};
  const fresh = useNewIds(noteShelf(page, "", ""), (id) => id in notes || id in (page.cycle.value?.reflections ?? {}));
  const ids = [...Object.values(notes).filter(({ prompt }) => prompt === "").map(({ id }) => id), ...fresh.ids];
  return (
    <section>
      <h3>{words.reflection.notes}</h3>
      <p class="quiet">{words.reflection.notesSay}</p>
      {ids.map((id, n) => <NoteField key={id} id={id} label={words.reflection.note(n + 1)} prompt="" page={page} share={writes} focus={fresh.isLatest(id)} drop={() => fresh.drop(id)} />)}
      <p><button type="button" onClick={fresh.begin}>{words.reflection.addNote}</button></p>
    </section>
  );
}
