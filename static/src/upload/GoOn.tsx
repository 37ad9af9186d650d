import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { get, remove } from "../api/http";
import type { CycleSnapshot, LessonState, Upload } from "../api/shapes";
import { size } from "../time/format";
import { words } from "../words";
import { FileChoice } from "./FileChoice";
import { startTransfer } from "./store";

/** After a reload the browser has forgotten the file: the same one is picked again and goes on from what is stored. */
export function GoOn({ lesson }: { lesson: LessonState }) {
  const file = useSignal<File | null>(null);
  const open = useSignal<Upload | null>(null);
  const says = useSignal<string | null>(null);
  useEffect(() => {
    let here = true;
    void interrupted(lesson).then((found) => here && (open.value = found));
    return () => void (here = false);
  }, [lesson.id, lesson.cycle]);

  const before = open.value;
  const picked = file.value;
  const other = picked !== null && before !== null && before.size !== null && before.size !== picked.size;

  async function go(): Promise<void> {
    if (!picked) {
      says.value = words.upload.needFile;
      return;
    }
    if (other && before) await remove(`/api/uploads/${before.id}`).catch(() => undefined);
    startTransfer(lesson.id, picked);
  }

  return (
    <>
      {before && before.size !== null && (
        <>
          <progress class="bar" aria-label={words.upload.progress} value={before.stored_bytes} max={before.size} />
          <p>{before.stored_bytes > 0 ? words.upload.interrupted(size(before.stored_bytes), size(before.size)) : words.upload.interruptedEmpty}</p>
          <p class="quiet">{words.upload.picked(before.name, size(before.size))}</p>
        </>
      )}
      <FileChoice file={file} label={before ? words.upload.pickAgain : words.upload.pick} />
      {other && before && <p role="alert">{words.upload.otherFile(before.name, size(before.size ?? 0))}</p>}
      <p role="alert" class="says">{says.value}</p>
      <p>
        <button type="button" class={picked ? "main" : ""} onClick={() => void go()}>
          {other ? words.upload.startOver : before ? words.upload.goOn : words.upload.start}
        </button>
      </p>
    </>
  );
}

/** The upload that was begun for this lesson and is still open, with what the server has of it. */
async function interrupted(lesson: LessonState): Promise<Upload | null> {
  try {
    const { card } = await get<CycleSnapshot>(`/api/cycles/${lesson.cycle}`);
    const upload = card.lessons.find(({ id }) => id === lesson.id)?.upload;
    return upload ? await get<Upload>(`/api/uploads/${upload.id}`) : null;
  } catch {
    return null; // picking a file works without knowing it: the fingerprint finds the upload
  }
}
