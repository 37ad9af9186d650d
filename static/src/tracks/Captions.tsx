import { useComputed } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Playback } from "../review/playback";
import { tracks as says } from "../words/tracks";
import { said, type ShownCue } from "./cues";
import type { LessonTracks } from "./store";

const same = (a: readonly ShownCue[], b: readonly ShownCue[]): boolean => a.length === b.length && a.every((cue, n) => cue === b[n]);

/** The captions of this moment over the picture, whatever it plays from. */
export function Captions({ tracks, playback }: { tracks: LessonTracks; playback: Playback }) {
  const track = tracks.captions.value?.id ?? null;
  const on = tracks.on.value;
  useEffect(() => {
    if (on && track) tracks.want(track);
  }, [on, track]);
  const last = useRef<ShownCue[]>([]);
  // The same ones stay the same array, so that nothing is drawn while they stand.
  const now = useComputed(() => {
    const id = tracks.captions.value?.id;
    const cues = id && tracks.on.value ? said(tracks.cues(id).value ?? [], playback.at.value) : [];
    if (!same(cues, last.current)) last.current = cues;
    return last.current;
  });
  if (!on || !track || now.value.length === 0) return null;
  return (
    <div class="captions" lang={tracks.captions.value!.language}>
      {now.value.map(({ id, text }) => <p key={id} dir="auto"><span>{text}</span></p>)}
    </div>
  );
}

/** For the player's row of buttons; nothing where there are no captions. On a phone the row is full: the list below has the same. */
export function CaptionsButton({ tracks }: { tracks: LessonTracks }) {
  if (!tracks.captions.value) return null;
  const on = tracks.on.value;
  return (
    <button type="button" class="plain wide-only" aria-pressed={on} aria-label={says.on} title={on ? says.off : says.on} onClick={() => tracks.toggle()}>
      <svg class="icon" viewBox="0 0 16 16" width="20" height="20" aria-hidden="true">
        <path d="M2.5 3.5h11v9h-11zM4.5 8h3M4.5 10.2h5M9 8h2.5" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linejoin="round" />
      </svg>
    </button>
  );
}

/** Where chapters begin, as small marks on the line. The list says the same to the keyboard. */
export function ChapterMarks({ tracks, durationMs }: { tracks: LessonTracks; durationMs: number }) {
  const track = tracks.chapters.value?.id ?? null;
  useEffect(() => {
    if (track) tracks.want(track);
  }, [track]);
  const cues = track ? tracks.cues(track).value : null;
  if (!cues || durationMs <= 0) return null;
  return (
    <>
      {cues.filter(({ start_ms }) => start_ms > 0 && start_ms < durationMs).map(({ id, start_ms, text }) => (
        <span key={id} class="chapter" title={text} aria-hidden="true" style={{ left: `${((start_ms / durationMs) * 100).toFixed(3)}%` }} />
      ))}
    </>
  );
}
