import { batch, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { get } from "../api/http";
import type { CycleSnapshot, LessonState, Upload } from "../api/shapes";
import { endUpload, uploadsToEnd } from "../outbox/outbox";
import { session } from "../session/session";
import { sendFilm, WaysToSend } from "../smaller/mount";
import { AS_IT_IS, type Ways } from "../smaller/ways";
import { size } from "../time/format";
import { words } from "../words";
import { Facts } from "./Facts";
import { FileChoice } from "./FileChoice";
import { fileOf, handleOf } from "./handles";
import { rateBefore } from "./manner";
import { sentHere } from "./lock";
import { givesHandles } from "./picking";
import { FileSource } from "./source";
import { startTransfer } from "./store";

/** The file is another one than the one that was begun; `source` is what was picked now. */
interface Other { source: FileSource; sameSize: boolean }

/** After a reload the browser has forgotten the file: the same one is picked again and goes on from what is stored. */
export function GoOn({ lesson }: { lesson: LessonState }) {
  const open = useSignal<Upload | null>(null);
  const looked = useSignal(false);
  const otherTab = useSignal(false);
  const handle = useSignal<FileSystemFileHandle | null>(null);
  const picked = useSignal<FileSource | null>(null);
  const other = useSignal<Other | null>(null);
  const ways = useSignal<Ways>(AS_IT_IS);
  const busy = useSignal(false);
  const says = useSignal<string | null>(null);
  useEffect(() => {
    let here = true;
    void interrupted(lesson).then(async (found) => {
      const elsewhere = found !== null && (await sentHere(found.id));
      if (here) batch(() => ((open.value = found), (otherTab.value = elsewhere), (looked.value = true)));
    });
    if (givesHandles()) void handleOf(lesson.id).then((kept) => here && (handle.value = kept));
    return () => void (here = false);
  }, [lesson.id, lesson.cycle]);

  const before = open.value;
  const say = words.upload;

  async function take(file: File): Promise<void> {
    const source = new FileSource(file);
    other.value = picked.value = says.value = null;
    busy.value = true;
    try {
      const print = await source.fingerprint();
      // One that was interrupted may have gone on elsewhere meanwhile, or this page was loaded without a connection.
      const now = open.value ?? (await interrupted(lesson));
      open.value = now;
      // What was begun was made of the picked video on this device, and is not here any more: it is made anew, or sent as it is.
      const ofOurs = now !== null && (now.role === "small" || now.role === "sound") && now.fingerprint !== print;
      if (ofOurs) picked.value = source;
      else if (now && now.fingerprint !== print) other.value = { source, sameSize: now.size === source.size };
      else if (now) startTransfer(lesson.id, source, now.role);
      else picked.value = source;
    } catch {
      says.value = say.keptGone;
    } finally {
      busy.value = false;
    }
  }

  async function oneClick(): Promise<void> {
    const file = handle.value && (await fileOf(handle.value));
    if (file) return take(file);
    handle.value = null;
    says.value = say.keptGone;
  }

  async function begin(source: FileSource): Promise<void> {
    if (before?.role === "small") endUpload(before.id); // its bytes are gone
    await sendFilm(lesson.id, session.value!.person.id, source.file, ways.value);
  }

  function startOver(source: FileSource): void {
    if (before) endUpload(before.id);
    startTransfer(lesson.id, source, before?.role);
  }

  const elsewhere = other.value?.source;
  const ready = picked.value;
  return (
    <>
      {before && before.size !== null && (
        <>
          <progress class="bar" aria-label={say.progress} value={before.stored_bytes} max={before.size} />
          <p>{otherTab.value ? say.sentHere : before.stored_bytes > 0 ? say.interrupted(size(before.stored_bytes), size(before.size)) : say.interruptedEmpty}</p>
          <p class="quiet break">{say.picked(before.name, size(before.size))}</p>
        </>
      )}
      {looked.value && !before && lesson.state === "waiting" && <p>{words.lessonSays.waitingTeacher}</p>}
      {handle.value && before && (
        <p>
          <button type="button" class={otherTab.value ? "" : "main"} onClick={() => void oneClick()}>{say.lastPicked(before.name)}</button>{" "}
          <small class="quiet">{say.askAgain}</small>
        </p>
      )}
      <FileChoice label={before ? say.pickAgain : say.pick} main={!otherTab.value && !handle.value && !ready && !elsewhere} onPick={([file]) => file && void take(file)} />
      {busy.value && <p class="quiet" role="status">{say.looking}</p>}
      <div role="alert" class="says">
        {says.value && <p>{says.value}</p>}
        {elsewhere && before && (
          <>
            <p>{say.otherFile(before.name, size(before.size ?? before.stored_bytes), elsewhere.name, size(elsewhere.size))}</p>
            {other.value?.sameSize && <p>{say.otherFileSameSize}</p>}
            <p>{say.otherFileThen(size(before.stored_bytes))}</p>
          </>
        )}
      </div>
      {elsewhere && <p><button type="button" disabled={busy.value} onClick={() => startOver(elsewhere)}>{say.startOver}</button></p>}
      {ready && (
        <>
          <p class="break">{say.picked(ready.name, size(ready.size))}</p>
          <WaysToSend file={ready.file} rate={rateBefore()} ways={ways} />
          <Facts bytes={ready.size} ways={ways.value} />
          <p><button type="button" class="main" onClick={() => void begin(ready)}>{say.start}</button></p>
        </>
      )}
    </>
  );
}

/** The upload that was begun for this lesson and is still open, with what the server has of it. */
async function interrupted(lesson: LessonState): Promise<Upload | null> {
  const givenUp = uploadsToEnd.peek(); // asked first: the server may hear of it while it is asked
  try {
    const { card } = await get<CycleSnapshot>(`/api/cycles/${lesson.cycle}`);
    const upload = card.lessons.find(({ id }) => id === lesson.id)?.upload;
    const found = upload ? await get<Upload>(`/api/uploads/${upload.id}`) : null;
    return found?.state === "open" && !givenUp.includes(found.id) ? found : null;
  } catch {
    return null; // picking a file works without knowing it: the fingerprint finds the upload
  }
}
