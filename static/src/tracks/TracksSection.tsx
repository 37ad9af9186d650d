import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { TrackCard } from "../api/shapes";
import { newId } from "../ids/uuid";
import { submit, unsent } from "../outbox/outbox";
import { commandsOf } from "../review/entries";
import { Fate } from "../review/Fate";
import type { Playback } from "../review/playback";
import type { Room } from "../review/room";
import { clock } from "../time/format";
import { tracks as says } from "../words/tracks";
import { CueForm } from "./CueForm";
import { begunHere, roomFrom } from "./cues";
import { AddHere, CueList } from "./CueList";
import type { LessonTracks } from "./store";
import { BringForm, nameOf, TrackActions } from "./TrackForms";

interface Props { tracks: LessonTracks; room: Room; playback: Playback; durationMs: number }

/** Captions and chapters under the picture. Whoever may play the lesson reads them; its teacher and coach write. */
export function TracksSection({ tracks, room, playback, durationMs }: Props) {
  const opened = useSignal(false);
  const bringing = useSignal(false);
  const may = (room.role === "teacher" || room.role === "coach") && !room.cycle.closed;
  const { captions, chapters, list } = tracks;
  const several = list.value.filter(({ kind }) => kind === "captions");
  const late = tracks.late.value;
  if (list.value.length === 0 && !late && !may) return null;
  return (
    <details class="tracks" onToggle={(event) => (opened.value = event.currentTarget.open)}>
      <summary><h2>{says.title}</h2></summary>
      {opened.value && (
        <>
          {list.value.length === 0 && <p class="quiet" role={late ? "status" : undefined}>{late ? says.notLoaded : says.none}</p>}
          <Part kind="chapters" track={chapters.value} {...{ tracks, room, playback, durationMs, may }} />
          {captions.value && (
            <p class="line">
              <label class="check"><input type="checkbox" checked={tracks.on.value} onChange={() => tracks.toggle()} /> {says.on}</label>
              {several.length > 1 && (
                <select aria-label={says.choose} value={captions.value.id} onChange={(event) => (tracks.chosen.value = event.currentTarget.value)}>
                  {several.map((track) => <option key={track.id} value={track.id}>{nameOf(track)}</option>)}
                </select>
              )}
            </p>
          )}
          <Part kind="captions" track={captions.value} {...{ tracks, room, playback, durationMs, may }} />
          {may && (bringing.value
            ? <BringForm lesson={room.lesson} onClose={() => (bringing.value = false)} />
            : <button type="button" onClick={() => (bringing.value = true)}>{says.bring}</button>)}
        </>
      )}
    </details>
  );
}

function Part({ kind, track, tracks, room, playback, durationMs, may }: Props & { kind: TrackCard["kind"]; track: TrackCard | null; may: boolean }) {
  if (!track) return may && !tracks.late.value ? <First {...{ kind, room, playback, durationMs }} /> : null;
  return (
    <section aria-label={`${says.kinds[kind]}, ${nameOf(track)}`}>
      <h3>{says.kinds[kind]} <span class="quiet">{nameOf(track)}</span></h3>
      <CueList key={track.id} lesson={room.lesson} {...{ tracks, track, playback, durationMs, may }} />
      <TrackActions key={`of ${track.id}`} lesson={room.lesson} track={track} may={may} />
    </section>
  );
}

/** The first one, where there is no track yet: it begins the track. Until the server has it, what is on its way is here. */
function First({ kind, room, playback, durationMs }: Omit<Props, "tracks"> & { kind: TrackCard["kind"] }) {
  const begun = useSignal<{ start_ms: number; end_ms: number } | null>(null);
  const made = useRef(newId());
  const path = commandsOf(room.lesson);
  const before = begunHere(unsent.value, path, kind);
  const refused = before?.items.find(({ body, refused }) => body.type === "add_track" && refused !== null);
  const id = before?.track ?? made.current;
  const track = { id, kind, language: navigator.language.slice(0, 2), label: "", revision: 0 };
  const add = (ms: number): void => void (begun.value = roomFrom([], ms, kind === "captions" ? 3_000 : Infinity, durationMs || ms + 60_000));
  return (
    <>
      {before?.items.map((item) => item.body.type === "add_cue" && (
        <div key={item.id}>
          <p><span class="times">{clock(item.body.start_ms)}</span> <span dir="auto">{item.body.text}</span></p>
          {!refused && <Fate unsent={item} />}
        </div>
      ))}
      {/* Words without their track would be nowhere in sight, and are nothing to the server. */}
      {refused && <Fate unsent={refused} all={before!.items} />}
      {begun.value ? (
        <CueForm
          track={track} shelf={id} begun={{ ...begun.value, text: "" }} revision={0} playback={playback} onClose={() => (begun.value = null)}
          onSend={(cue) => {
            if (!before) submit(path, { type: "add_track", track: id, kind, language: track.language });
            submit(path, { type: "add_cue", track: id, cue: newId(), ...cue });
          }}
        />
      ) : <p class="actions"><AddHere kind={kind} playback={playback} add={add} /></p>}
    </>
  );
}
