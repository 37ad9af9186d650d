import type { Id } from "../api/shapes";
import { useCommand } from "../app/command";
import { otherName } from "../cycle/may";
import { Sure } from "../form/Sure";
import { WrittenField } from "../form/WrittenField";
import { dropWriting, writing } from "../form/writing";
import type { OpenCycle } from "../live/cycle";
import { words } from "../words";

const LONGEST = 10_000;

interface Props { id: Id; label: string; prompt: string; page: OpenCycle; share: boolean; focus: boolean; drop(): void }

/** The name says which question it answers, so that words found again on this device are put where they belong. */
export function noteShelf(page: OpenCycle, prompt: string, id: Id): string {
  return `${page.id}.note.${encodeURIComponent(prompt)}.${id}`;
}

/** A note in one's own notebook, also in a closed cycle: a notebook stays its owner's. */
export function NoteField({ id, label, prompt, page, share, focus, drop }: Props) {
  const path = `/api/cycles/${page.id}/notebook/commands`;
  const { busy, says, run } = useCommand(path);
  const note = page.notebook.value?.notes[id];
  const shelf = noteShelf(page, prompt, id);

  async function give(): Promise<void> {
    // What the other one reads is what stands here, to the last word.
    if (await writing(shelf).settled()) await run({ type: "share_note", note: id });
    else says.value = words.reflection.notSaved;
  }

  function discard(): void {
    dropWriting(shelf);
    drop();
    if (note) void run({ type: "remove_note", note: id });
  }

  return (
    <div class="note">
      <WrittenField
        label={label} shelf={shelf} written={note} path={path} longest={LONGEST} focus={focus} required rows={3}
        command={(text, revision) => ({ type: "write_note", note: id, text, revision, prompt })}
      />
      <p role="alert" class="says">{says.value}</p>
      <p class="actions">
        {share && note && (
          <Sure label={words.reflection.share} about={words.reflection.aboutDraft} question={words.reflection.shareSure(otherName(page))} busy={busy.value} run={() => void give()} />
        )}
        <Sure label={words.reflection.discard} about={words.reflection.aboutDraft} question={words.reflection.discardSure} busy={busy.value} run={discard} />
      </p>
    </div>
  );
}
