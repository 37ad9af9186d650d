import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import type { Command } from "../app/command";
import { words } from "../words";

/** No video this time: said by the teacher, with a note for the coach. */
export function WaiveVideo({ act }: { act: Command }) {
  const open = useSignal(false);
  const note = useSignal("");
  const id = useId();
  return (
    <>
      <p class="actions">
        <button type="button" class="plain" aria-expanded={open.value} onClick={() => (open.value = !open.value)}>{words.moving.waive}</button>
      </p>
      {open.value && (
        <form onSubmit={(event) => { event.preventDefault(); void act.run({ type: "waive_video", note: note.value.trim() }); }}>
          <div class="field">
            <label for={id}>{words.moving.waiveNote}</label>
            <textarea id={id} rows={2} maxLength={5000} dir="auto" value={note.value} aria-describedby={`${id}-says`} onInput={(event) => (note.value = event.currentTarget.value)} />
            <small id={`${id}-says`} class="quiet">{words.moving.waiveHint}</small>
          </div>
          <p class="actions"><button type="submit" disabled={act.busy.value}>{words.moving.waiveSay}</button></p>
        </form>
      )}
    </>
  );
}
