import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { useCommand } from "../app/command";
import type { TrackCard } from "../api/shapes";
import { Sure } from "../form/Sure";
import { newId } from "../ids/uuid";
import { commandsOf } from "../review/entries";
import { words } from "../words";
import { tracks as says } from "../words/tracks";
import { readFile } from "./cues";

const LANGUAGES = ["en", "es", "fr", "pt", "de", "it", "nl", "ar", "zh", "hi", "ko", "ja", "ru", "so", "sw", "tl", "uk", "vi", "nv", "ht"];

export function languageName(code: string): string {
  try {
    return new Intl.DisplayNames(undefined, { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}

export const nameOf = ({ label, language }: TrackCard): string => label || languageName(language);

function Language({ value, choose }: { value: string; choose(code: string): void }) {
  const codes = LANGUAGES.includes(value) ? LANGUAGES : [value, ...LANGUAGES];
  return (
    <label class="field">
      <span>{says.language}</span>
      <select value={value} onChange={(event) => choose(event.currentTarget.value)}>
        {codes.map((code) => <option key={code} value={code}>{languageName(code)}</option>)}
      </select>
    </label>
  );
}

function Label({ value, write }: { value: string; write(label: string): void }) {
  return (
    <label class="field">
      <span>{says.label}</span>
      <input type="text" maxLength={200} value={value} dir="auto" onInput={(event) => write(event.currentTarget.value)} />
    </label>
  );
}

/** A file as new captions or chapters, or in place of those there are. The file stays chosen where it could not be read. */
export function BringForm({ lesson, over, onClose }: { lesson: string; over?: TrackCard; onClose(): void }) {
  const bring = useCommand(`/api/lessons/${lesson}/tracks`);
  const kind = useSignal<TrackCard["kind"]>(over?.kind ?? "captions");
  const language = useSignal(over?.language ?? "en");
  const label = useSignal(over?.label ?? "");
  const track = useRef(over?.id ?? newId());
  const chosen = useRef<HTMLInputElement>(null);
  async function send(event: Event): Promise<void> {
    event.preventDefault();
    const file = chosen.current?.files?.[0];
    if (!file) return;
    const text = await readFile(file);
    if (text === null) {
      bring.says.value = says.tooLarge;
      return;
    }
    const body = { type: "import_track" as const, track: track.current, kind: kind.value, language: language.value, label: label.value, file: text, revision: over?.revision ?? 0 };
    if (await bring.run(body)) onClose();
  }
  return (
    <form class="text-form" onSubmit={(event) => void send(event)} onKeyDown={({ key }) => key === "Escape" && onClose()}>
      <label class="field">
        <span>{says.file}</span>
        <input ref={chosen} type="file" accept=".vtt,.srt,text/vtt,application/x-subrip" required />
      </label>
      {!over && (
        <label class="field">
          <span>{says.kind}</span>
          <select value={kind.value} onChange={(event) => (kind.value = event.currentTarget.value as TrackCard["kind"])}>
            <option value="captions">{says.kinds.captions}</option>
            <option value="chapters">{says.kinds.chapters}</option>
          </select>
        </label>
      )}
      <Language value={language.value} choose={(code) => (language.value = code)} />
      <Label value={label.value} write={(text) => (label.value = text)} />
      {bring.says.value && <p role="alert">{bring.says.value}</p>}
      <p class="actions">
        <button type="submit" class="main" disabled={bring.busy.value}>{says.send}</button>
        <button type="button" class="plain" onClick={onClose}>{words.room.cancel}</button>
      </p>
    </form>
  );
}

/** What is done to a track as a whole: saved as a file by everybody; named, replaced and removed by the two. */
export function TrackActions({ lesson, track, may }: { lesson: string; track: TrackCard; may: boolean }) {
  const shows = useSignal<"" | "name" | "file" | "more">("");
  const command = useCommand(commandsOf(lesson));
  const language = useSignal(track.language);
  const label = useSignal(track.label);
  const close = (): void => void (shows.value = "");
  function rename(): void {
    // As it is called by now.
    language.value = track.language;
    label.value = track.label;
    shows.value = "name";
  }
  async function name(event: Event): Promise<void> {
    event.preventDefault();
    if (await command.run({ type: "name_track", track: track.id, revision: track.revision, language: language.value, label: label.value })) close();
  }
  if (shows.value === "file") return <BringForm lesson={lesson} over={track} onClose={close} />;
  if (shows.value === "name") {
    return (
      <form class="text-form" onSubmit={(event) => void name(event)} onKeyDown={({ key }) => key === "Escape" && close()}>
        <Language value={language.value} choose={(code) => (language.value = code)} />
        <Label value={label.value} write={(text) => (label.value = text)} />
        {command.says.value && <p role="alert">{command.says.value}</p>}
        <p class="actions"><button type="submit" class="main" disabled={command.busy.value}>{says.save}</button><button type="button" class="plain" onClick={close}>{words.room.cancel}</button></p>
      </form>
    );
  }
  return (
    <>
      <p class="actions small">
        <a class="button plain" href={`/api/lessons/${lesson}/tracks/${track.id}.vtt`} download>{says.download}<span class="unseen"> {nameOf(track)}</span></a>
        {may && <button type="button" class="plain" aria-expanded={shows.value === "more"} onClick={() => (shows.value = shows.value === "more" ? "" : "more")}>{shows.value === "more" ? says.less : says.more}</button>}
        {may && shows.value === "more" && (
          <>
            <button type="button" class="plain" onClick={rename}>{says.rename}</button>
            <button type="button" class="plain" onClick={() => (shows.value = "file")}>{says.replace}</button>
            <Sure label={says.removeTrack} question={says.removeTrackSure} busy={command.busy.value} run={() => void command.run({ type: "remove_track", track: track.id, revision: track.revision })} />
          </>
        )}
      </p>
      {command.says.value && <p role="alert">{command.says.value}</p>}
    </>
  );
}
