import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { TrackCard } from "../api/shapes";
import { newId } from "../ids/uuid";
import { discard, submit } from "../outbox/outbox";
import { commandsOf } from "../review/entries";
import { Fate } from "../review/Fate";
import type { Playback } from "../review/playback";
import { clock } from "../time/format";
import { words } from "../words";
import { tracks as says } from "../words/tracks";
import { CueForm } from "./CueForm";
import { holds, pieces, roomFrom, said, type ShownCue, withOne } from "./cues";
import type { LessonTracks } from "./store";

interface Props { tracks: LessonTracks; track: TrackCard; lesson: string; playback: Playback; durationMs: number; may: boolean }

const LEFT_ALONE_MS = 6_000;
const MANY = 6;
/** How long a new one is at first: a sentence, or a part of a lesson. */
const LASTS_MS = { captions: 3_000, chapters: 24 * 60 * 60 * 1000 };

/** Everything said, or every chapter, in order: searched, gone to, and changed where it stands. */
export function CueList({ tracks, track, lesson, playback, durationMs, may }: Props) {
  const { id, kind } = track;
  const list = useRef<HTMLUListElement>(null);
  const touched = useRef(0);
  const wanted = useSignal("");
  const looked = useSignal(0);
  const editing = useSignal<ShownCue | null>(null);
  const added = useSignal<{ start_ms: number; end_ms: number } | null>(null);
  const removed = useSignal<ShownCue | null>(null);
  const cues = tracks.cues(id).value;
  const path = commandsOf(lesson);
  useEffect(() => tracks.want(id), [id]);
  const now = useComputed(() => said(tracks.cues(id).value ?? [], playback.at.value).map((cue) => cue.id).join());
  const following = now.value;

  useEffect(() => {
    for (const row of list.current?.querySelectorAll("[aria-current]") ?? []) row.removeAttribute("aria-current");
    const rows = following.split(",").filter(Boolean).map((cue) => rowOf(list.current, cue));
    for (const row of rows) row?.setAttribute("aria-current", "true");
    if (rows[0] && playback.playing.peek() && Date.now() - touched.current > LEFT_ALONE_MS) bring(list.current, rows[0]);
  }, [following, cues]);

  if (!cues) return <p class="quiet" role="status">{says.notLoaded}</p>;
  const found = wanted.value.trim() === "" ? [] : cues.filter(({ text }) => holds(text, wanted.value.trim()));
  const at = Math.min(looked.value, found.length);

  function look(by: number): void {
    if (found.length === 0) return;
    looked.value = at === 0 ? (by > 0 ? 1 : found.length) : ((at - 1 + by + found.length) % found.length) + 1;
    const cue = found[looked.value - 1]!;
    touched.current = Date.now();
    playback.seek(cue.start_ms);
    const row = rowOf(list.current, cue.id);
    if (row) bring(list.current, row);
  }

  /** What was refused is sent anew, with what was changed in it. */
  function change({ id: cue, unsent }: ShownCue, to: { start_ms: number; end_ms: number; text: string }, revision: number): void {
    if (unsent) discard(unsent.id);
    submit(path, unsent?.body.type === "add_cue" ? { type: "add_cue", track: id, cue, ...to } : { type: "edit_cue", track: id, cue, revision, ...to });
  }

  function remove(cue: ShownCue): void {
    if (cue.unsent) discard(cue.unsent.id);
    if (cue.unsent?.body.type !== "add_cue") submit(path, { type: "remove_cue", track: id, cue: cue.id, revision: tracks.seen(id) });
    removed.value = cue;
    editing.value = null;
  }

  function undo({ start_ms, end_ms, text }: ShownCue): void {
    submit(path, { type: "add_cue", track: id, cue: newId(), start_ms, end_ms, text });
    removed.value = null;
  }

  return (
    <div class="cues">
      {kind === "captions" && cues.length >= MANY && (
        <p class="line search" role="search">
          <input
            type="search" aria-label={says.search} placeholder={says.search} value={wanted.value} dir="auto"
            onInput={(event) => { wanted.value = event.currentTarget.value; looked.value = 0; }}
            onKeyDown={(event) => {
              if (event.key !== "Enter" && event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
              event.preventDefault();
              look(event.key === "ArrowUp" || event.shiftKey ? -1 : 1);
            }}
          />
          {wanted.value.trim() !== "" && <span class="quiet times" role="status">{at === 0 && found.length > 0 ? says.found(0, found.length) : says.found(at, found.length)}</span>}
          {found.length > 0 && (
            <>
              <button type="button" class="plain" aria-label={says.before} onClick={() => look(-1)}>↑</button>
              <button type="button" class="plain" aria-label={says.next} onClick={() => look(1)}>↓</button>
            </>
          )}
        </p>
      )}
      <ul
        ref={list} class={kind} lang={track.language}
        onWheel={() => (touched.current = Date.now())} onTouchMove={() => (touched.current = Date.now())} onFocusCapture={() => (touched.current = Date.now())}
      >
        {withOne(cues, editing.value).map((cue) => (
          <li key={cue.id} data-cue={cue.id} class={cue === found[at - 1] ? "found" : undefined}>
            {editing.value?.id === cue.id ? (
              <div>
                <CueForm
                  track={track} shelf={cue.id} begun={cue} revision={tracks.seen(id)} playback={playback} onClose={() => (editing.value = null)}
                  onSend={(to, revision) => change(cue, to, revision)}
                />
                {cue.unsent?.refused && <p role="alert">{words.room.refused(cue.unsent.refused)}</p>}
                <button type="button" class="plain" onClick={() => remove(cue)}>{says.remove}</button>
              </div>
            ) : (
              <>
                <button type="button" class="cue" onClick={() => playback.seek(cue.start_ms)}>
                  <span class="times">{clock(cue.start_ms)}</span> <span dir="auto">{pieces(cue.text, wanted.value.trim()).map((piece, n) => (n % 2 ? <mark key={n}>{piece}</mark> : piece))}</span>
                </button>
                {may && !cue.settling && (!cue.unsent || (cue.unsent.refused !== null && !cue.unsent.theirs)) && (
                  <button type="button" class="plain" aria-label={says.changeAt(kind, clock(cue.start_ms))} onClick={() => (editing.value = cue)}>{says.change}</button>
                )}
              </>
            )}
            {cue.unsent && editing.value?.id !== cue.id && <Fate unsent={cue.unsent} />}
          </li>
        ))}
      </ul>
      {removed.value && (
        <p class="line" role="status">{says.removed(removed.value.text)} <button type="button" class="plain" onClick={() => undo(removed.value!)}>{says.undo}</button></p>
      )}
      {may && (added.value ? (
        <CueForm
          track={track} shelf={id} begun={{ ...added.value, text: "" }} revision={0} playback={playback} onClose={() => (added.value = null)}
          onSend={(cue) => submit(path, { type: "add_cue", track: id, cue: newId(), ...cue })}
        />
      ) : <AddHere kind={kind} playback={playback} add={(ms) => (added.value = roomFrom(cues, ms, LASTS_MS[kind], durationMs))} />)}
    </div>
  );
}

/** Draws itself every second, so that the list need not. */
export function AddHere({ kind, playback, add }: { kind: TrackCard["kind"]; playback: Playback; add(ms: number): void }) {
  return <button type="button" class="plain" onClick={() => add(playback.moment())}>{says.add[kind](clock(playback.second.value))}</button>;
}

const rowOf = (list: HTMLElement | null, cue: string): HTMLElement | null => list?.querySelector(`[data-cue="${cue}"]`) ?? null;

/** Only the list moves, not the page. */
function bring(list: HTMLElement | null, row: HTMLElement): void {
  if (list) list.scrollTop = row.offsetTop - list.offsetTop - (list.clientHeight - row.offsetHeight) / 2;
}
