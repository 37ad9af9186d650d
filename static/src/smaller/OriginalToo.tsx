import { useSignal } from "@preact/signals";
import type { LessonState } from "../api/shapes";
import { FileChoice } from "../upload/FileChoice";
import { Progress } from "../upload/Progress";
import { FileSource } from "../upload/source";
import { startTransfer, transferOf } from "../upload/store";
import { size } from "../time/format";
import { words } from "../words";

/** For the teacher of a lesson that plays a smaller copy: the film as it was filmed follows on a better link. */
export function OriginalToo({ lesson }: { lesson: LessonState }) {
  const asked = useSignal(false);
  const file = useSignal<File | null>(null);
  const transfer = transferOf(lesson.id, "original");
  const say = words.smaller.original;
  const state = lesson.original;
  const here = transfer && !["done", "gone", "repick"].includes(transfer.standing.value.phase);
  const open = !here && (state === null || state === "arriving");
  return (
    <section class="card quietly" aria-label={say.title}>
      <h2>{say.title}</h2>
      {state === null && !here && <p>{say.says}</p>}
      {state !== null && <p role="status">{say[state]}</p>}
      {here && <Progress transfer={transfer} />}
      {open && !asked.value && <p><button type="button" onClick={() => (asked.value = true)}>{say.send}</button></p>}
      {open && asked.value && (
        <>
          <FileChoice label={say.pick} main={!file.value} onPick={([picked]) => picked && (file.value = picked)} />
          {file.value && <p class="break">{words.upload.picked(file.value.name, size(file.value.size))}</p>}
          <p>
            <button type="button" class={file.value ? "main" : ""} disabled={!file.value} onClick={() => file.value && startTransfer(lesson.id, new FileSource(file.value), "original", { beside: true })}>
              {words.upload.start}
            </button>
          </p>
        </>
      )}
    </section>
  );
}
