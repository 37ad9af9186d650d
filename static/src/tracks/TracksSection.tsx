import { useSignal } from "@preact/signals";
import type { TrackCard } from "../api/shapes";
import { newId } from "../ids/uuid";
import { submit } from "../outbox/outbox";
import { commandsOf } from "../review/entries";
import type { Playback } from "../review/playback";
import type { Room } from "../review/room";
import { tracks as says } from "../words/tracks";
import { CueForm } from "./CueForm";
import { roomFrom } from "./cues";
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
  if (list.value.length === 0 && !may) return null;
  return (
    <details class="tracks" onToggle={(event) => (opened.value = event.currentTarget.open)}>
      <summary><h2>{says.title}</h2></summary>
      {opened.value && (
        <>
          {list.value.length === 0 && <p class="quiet">{says.noneMay}</p>}
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
  if (!track) return may ? <First {...{ kind, room, playback, durationMs }} /> : null;
  return (
    <section aria-label={`${says.kinds[kind]}, ${nameOf(track)}`}>
      <h3>{says.kinds[kind]} <span class="quiet">{nameOf(track)}</span></h3>
      <CueList key={track.id} lesson={room.lesson} {...{ tracks, track, playback, durationMs, may }} />
      <TrackActions key={`of ${track.id}`} lesson={room.lesson} track={track} may={may} />
    </section>
  );
}

/** The first one, where there is no track yet: it begins the track. */
function First({ kind, room, playback, durationMs }: Omit<Props, "tracks"> & { kind: TrackCard["kind"] }) {
  const begun = useSignal<{ id: string; start_ms: number; end_ms: number } | null>(null);
  const path = commandsOf(room.lesson);
  if (!begun.value) {
    const add = (ms: number): void => void (begun.value = { id: newId(), ...roomFrom([], ms, kind === "captions" ? 3_000 : Infinity, durationMs || ms + 60_000) });
    return <p class="actions"><AddHere kind={kind} playback={playback} add={add} /></p>;
  }
  const { id, ...times } = begun.value;
  const track = { id, kind, language: navigator.language.slice(0, 2), label: "", revision: 0 };
  return (
    <CueForm
      track={track} shelf={id} begun={{ ...times, text: "" }} revision={0} playback={playback} onClose={() => (begun.value = null)}
      onSend={(cue) => {
        submit(path, { type: "add_track", track: id, kind, language: track.language });
        submit(path, { type: "add_cue", track: id, cue: newId(), ...cue });
      }}
    />
  );
}
