import { useState } from "preact/hooks";
import type { Id, TrackCard } from "../api/shapes";
import type { Playback } from "../review/playback";
import { TextForm } from "../review/TextForm";
import { clock } from "../time/format";
import { tracks as says } from "../words/tracks";

interface Props {
  track: TrackCard;
  shelf: Id;
  begun: { start_ms: number; end_ms: number; text: string };
  /** Of the words it is written over; 0 for a new one. */
  revision: number;
  playback: Playback;
  onSend(cue: { start_ms: number; end_ms: number; text: string }, revision: number): void;
  onClose(): void;
}

/** A cue in place: its words, and from when to when, as the playhead stands. */
export function CueForm({ track: { kind }, shelf, begun, revision, playback, onSend, onClose }: Props) {
  const [times, move] = useState({ start_ms: begun.start_ms, end_ms: begun.end_ms });
  const { start_ms, end_ms } = times;
  return (
    <TextForm
      label={says.text[kind]} shelf={shelf} text={begun.text} revision={revision} send={says.save} longest={500}
      onSend={(text, over) => onSend({ ...times, text }, over)} onClose={onClose}
    >
      <p class="actions small">
        <span class="times">{says.starts(clock(start_ms))}</span>
        <button
          type="button" class="plain"
          onClick={() => { const at = playback.moment(); move({ start_ms: at, end_ms: at < end_ms ? end_ms : at + (end_ms - start_ms) }); }}
        >{says.startNow}</button>
        <span class="times">{says.ends(clock(end_ms))}</span>
        <button type="button" class="plain" disabled={playback.second.value + 999 <= start_ms} onClick={() => move({ start_ms, end_ms: Math.max(start_ms + 1, playback.moment()) })}>{says.endNow}</button>
      </p>
    </TextForm>
  );
}
