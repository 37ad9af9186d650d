import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { useCommand } from "../app/command";
import { useFetched } from "../app/fetched";
import { navigate } from "../app/router";
import { useTitle } from "../app/Shell";
import { Trouble } from "../app/Trouble";
import type { CycleSnapshot } from "../api/shapes";
import { newId } from "../ids/uuid";
import { words } from "../words";
import { FileChoice } from "./FileChoice";
import { startTransfer } from "./store";

export function AddLessonPage({ id }: { id: string }) {
  const page = useFetched<CycleSnapshot>(`/api/cycles/${id}`);
  const add = useCommand(`/api/cycles/${id}/lessons`);
  const lesson = useRef(newId());
  const file = useSignal<File | null>(null);
  const title = useSignal("");
  const release = useSignal(false);
  const missing = useSignal<string | null>(null);
  useTitle(words.upload.title);

  function typed(text: string): void {
    title.value = text;
    missing.value = null;
  }

  async function start(event: Event): Promise<void> {
    event.preventDefault();
    const video = file.value;
    missing.value = title.value.trim() === "" ? words.upload.needTitle : video ? null : words.upload.needFile;
    if (missing.value || !video) return;
    if (!(await add.run({ lesson: lesson.current, title: title.value.trim(), release: release.value }))) return;
    startTransfer(lesson.current, video);
    navigate(`/lessons/${lesson.current}/upload`, true);
  }

  const problem = page.problem.value;
  if (problem) return <Trouble problem={problem} again={page.again} />;
  const found = page.value.value;
  return (
    <form class="card narrow" onSubmit={(event) => void start(event)} noValidate>
      <p class="crumb"><a href={`/cycles/${id}`}>{found ? words.cycle.title(found.card.number) : words.back}</a></p>
      <h1>{words.upload.title}</h1>
      <FileChoice file={file} label={words.upload.pick} />
      <label class="field">
        <span>{words.upload.lessonTitle}</span>
        <input type="text" maxLength={200} value={title.value} onInput={(event) => typed(event.currentTarget.value)} aria-describedby="title-hint" />
        <small id="title-hint" class="quiet">{words.upload.lessonTitleHint}</small>
      </label>
      <label class="check">
        <input type="checkbox" checked={release.value} onChange={(event) => (release.value = event.currentTarget.checked)} aria-describedby="release-hint" />
        <span>{words.upload.release}</span>
      </label>
      <small id="release-hint" class="quiet">{words.upload.releaseHint}</small>
      <p role="alert" class="says">{missing.value ?? add.says.value}</p>
      <p><button type="submit" class={file.value ? "main" : ""} disabled={add.busy.value}>{words.upload.start}</button></p>
    </form>
  );
}
