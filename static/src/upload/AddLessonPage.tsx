import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { useCommand } from "../app/command";
import { useFetched } from "../app/fetched";
import { navigate } from "../app/router";
import { useTitle } from "../app/Shell";
import { Trouble } from "../app/Trouble";
import type { CycleSnapshot, Id } from "../api/shapes";
import { newId } from "../ids/uuid";
import { canFilm } from "../record/here";
import { session } from "../session/session";
import { sendFilm, WaysToSend } from "../smaller/mount";
import { AS_IT_IS, type Ways } from "../smaller/ways";
import { size } from "../time/format";
import { words } from "../words";
import { Facts } from "./Facts";
import { FileChoice } from "./FileChoice";
import { Manner } from "./Manner";
import { rateBefore } from "./manner";
import { titleFrom } from "./picking";
import { FileSource, type Source } from "./source";
import { startTransfer } from "./store";
import type { Role } from "./transfer";

/** A video that becomes a lesson. What is sent of it may be another source than was picked: a smaller copy, its sound first. */
interface Picked { lesson: Id; name: string; source: Source; role: Role; title: string }

export function AddLessonPage({ id }: { id: string }) {
  const page = useFetched<CycleSnapshot>(`/api/cycles/${id}`);
  const add = useCommand(`/api/cycles/${id}/lessons`);
  const picked = useSignal<readonly Picked[]>([]);
  const only = useRef(newId());
  const title = useSignal("");
  const release = useSignal(false);
  const start = useSignal(0);
  const added = useSignal(0);
  const missing = useSignal<string | null>(null);
  const ways = useSignal<Ways>(AS_IT_IS);
  const begins = useSignal(false);
  useTitle(words.upload.title);

  function take(files: File[]): void {
    const one = files.length === 1;
    picked.value = files.map((file): Picked => ({
      lesson: one ? only.current : newId(), name: file.name, source: new FileSource(file), role: "original", title: titleFrom(file.name),
    }));
    added.value = 0;
    missing.value = null;
  }

  function change(lesson: Id, to: Partial<Picked> | null): void {
    picked.value = picked.value.flatMap((one) => (one.lesson !== lesson ? [one] : to ? [{ ...one, ...to }] : []));
  }

  async function begin(event: Event): Promise<void> {
    event.preventDefault();
    if (begins.value) return;
    begins.value = true; // also while the code that prepares the film is on its way: a second press would send it twice
    try {
      await beginAll();
    } finally {
      begins.value = false;
    }
  }

  async function beginAll(): Promise<void> {
    const all = picked.value.length === 1 ? picked.value.map((one) => ({ ...one, title: title.value })) : picked.value;
    missing.value = all.length === 0 && title.value.trim() !== "" ? words.upload.needFile
      : all.length === 0 || all.some((one) => one.title.trim() === "") ? words.upload.needTitle : null;
    if (missing.value) return;
    // Each lesson has its id already, so that those added before the connection went are not added twice.
    for (const one of all.slice(added.value)) {
      if (!(await add.run({ lesson: one.lesson, title: one.title.trim(), release: release.value }))) return;
      if (all.length === 1 && one.source instanceof FileSource) {
        await sendFilm(one.lesson, session.value!.person.id, one.source.file, ways.value, start.value);
      } else startTransfer(one.lesson, one.source, one.role).notBefore.value = start.value;
      added.value++;
    }
    navigate(all.length === 1 ? `/lessons/${all[0]!.lesson}/upload` : `/cycles/${id}#lessons`, true);
  }

  const problem = page.problem.value;
  // The form needs nothing of the cycle; what was filled in stays while the connection is away.
  if (problem && !problem.passing) return <Trouble problem={problem} again={page.again} />;
  const found = page.value.value;
  const many = picked.value.length > 1;
  const [one] = picked.value;
  return (
    <form class="card narrow" onSubmit={(event) => void begin(event)} noValidate>
      <p class="crumb"><a href={`/cycles/${id}`}>{found ? words.cycle.title(found.card.number) : words.back}</a></p>
      <h1>{words.upload.title}</h1>
      <FileChoice many label={words.upload.pick} main={!one} onPick={take} />
      {!one && canFilm() && <p><a class="button" href={`/cycles/${id}/film`}>{words.upload.film}</a></p>}
      {many ? <Several picked={picked.value} change={change} /> : one && <p class="break">{words.upload.picked(one.name, size(one.source.available))}</p>}
      {one && <Facts bytes={picked.value.reduce((sum, { source }) => sum + source.available, 0)} ways={many ? AS_IT_IS : ways.value} />}
      {!many && one?.source instanceof FileSource && <WaysToSend file={one.source.file} rate={rateBefore()} ways={ways} />}
      {!many && (
        <label class="field">
          <span>{words.upload.lessonTitle}</span>
          <input
            type="text" maxLength={200} value={title.value} aria-describedby="title-hint"
            onInput={(event) => ((title.value = event.currentTarget.value), (missing.value = null))}
          />
          <small id="title-hint" class="quiet">{words.upload.lessonTitleHint}</small>
        </label>
      )}
      <label class="check">
        <input type="checkbox" checked={release.value} onChange={(event) => (release.value = event.currentTarget.checked)} aria-describedby="release-hint" />
        <span>{words.upload.release}</span>
      </label>
      <small id="release-hint" class="quiet">{words.upload.releaseHint}</small>
      <p role="alert" class="says">{missing.value ?? add.says.value}</p>
      <p><button type="submit" class={one ? "main" : ""} disabled={begins.value}>{many ? words.upload.startMany(picked.value.length) : words.upload.start}</button></p>
      {many && add.busy.value && <p role="status">{words.upload.adding(added.value, picked.value.length)}</p>}
      {one && <p class="quiet">{words.upload.leaving}</p>}
      {one && <Manner start={start} />}
    </form>
  );
}

/** One line each, with the title that its name suggests. */
function Several({ picked, change }: { picked: readonly Picked[]; change(lesson: Id, to: Partial<Picked> | null): void }) {
  return (
    <>
      <p>{words.upload.many(picked.length)}</p>
      <ul class="rows">
        {picked.map(({ lesson, name, source, title }) => (
          <li key={lesson}>
            <label class="field">
              <span class="break">{words.upload.picked(name, size(source.available))}</span>
              <input type="text" maxLength={200} value={title} aria-label={words.upload.titleOf(name)} onInput={(event) => change(lesson, { title: event.currentTarget.value })} />
            </label>
            <button type="button" class="plain" onClick={() => change(lesson, null)}>{words.upload.remove}<span class="unseen"> {name}</span></button>
          </li>
        ))}
      </ul>
    </>
  );
}
