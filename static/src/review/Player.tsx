import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { LessonState } from "../api/shapes";
import { clock } from "../time/format";
import { words } from "../words";
import { playing as says } from "../words/playing";
import { FullScreen } from "./FullScreen";
import { gapAt } from "./gaps";
import { Icon } from "./Icon";
import { PictureMenu } from "./PictureMenu";
import type { Playback } from "./playback";
import { type Copy, heavy, passing } from "./source";

const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2];

interface Props {
  playback: Playback;
  copy: Copy;
  lesson: LessonState;
  /** Whether what the server has is of the finished lesson. */
  whole: boolean;
  /** Drawn over the picture. */
  children?: ComponentChildren;
}

export function Player({ playback, copy, lesson, whole, children }: Props) {
  const own = copy instanceof File;
  const asked = useSignal(false);
  const held = own && heavy(copy) && !asked.value;
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => playback.mount(video.current!), [playback]);
  // A new attempt, or the finished lesson in place of the growing one, is another copy of the same moments.
  useEffect(() => {
    if (!held) void playback.load(copy);
  }, [playback, own ? copy : copy.attempt, own || whole, held]);
  const sound = !own && lesson.width === null;
  const chosen = !own && !sound && playback.soundOnly.value;
  const trouble = playback.trouble.value;
  const waits = !sound && !held && playback.coming.value && !playback.unseen.value && !playback.noPicture.value;
  return (
    <div class={`screen ${sound ? "sound" : ""} ${playback.bare.value ? "bare" : ""}`} style={sound ? undefined : { aspectRatio: `${lesson.width ?? 16} / ${lesson.height ?? 9}` }}>
      <video
        ref={video} playsInline preload="auto" poster={sound || own ? undefined : copy.poster ?? undefined} aria-label={words.room.video} tabIndex={-1}
        onClick={() => playback.toggle()}
      />
      {sound && <p class="quiet">{lesson.listen ? words.local.listen : words.room.soundOnly}</p>}
      {/* The element has taken its poster off, which is another moment; without a picture it is better than nothing. */}
      {chosen && copy.poster && <img class="stands-in" src={copy.poster} alt="" />}
      {waits && (!trouble || passing(trouble)) && !(chosen && !trouble && !playback.playing.value) && (
        <p class="coming" role="status">
          {trouble ? says[trouble] : playback.atTheEdge ? says.edge : chosen ? says.soundComing : words.room.coming}
        </p>
      )}
      {chosen && !waits && !trouble && <p class="coming">{says.soundOnly}</p>}
      {trouble && !passing(trouble) && (
        <p class="over" role="alert">
          {says[trouble]} <button type="button" onClick={() => playback.again()}>{says.tryAgain}</button>
        </p>
      )}
      {!held && !waits && !trouble && gapAt(playback.gaps.value, playback.at.value) && <p class="over" role="status">{words.cuts.gap}</p>}
      {held && (
        <p class="over">{words.local.large} <button type="button" onClick={() => (asked.value = true)}>{words.local.show}</button></p>
      )}
      {own && (playback.unseen.value || playback.blind.value) && (
        <p class="over" role="status">{playback.blind.value ? words.local.blind : words.local.unseen}</p>
      )}
      {playback.noPicture.value && (
        <p class="over" role="alert">
          {words.room.noPicture} <button type="button" onClick={() => playback.again()}>{words.room.reload}</button>
        </p>
      )}
      {children}
    </div>
  );
}

interface ControlsProps { playback: Playback; copy: Copy; durationMs: number; children?: ComponentChildren }

export function Controls({ playback, copy, durationMs, children }: ControlsProps) {
  const playing = playback.playing.value;
  return (
    <div class="controls">
      <button type="button" class="round" aria-label={playing ? words.room.pause : words.room.play} onClick={() => playback.toggle()}>
        <Icon d={playing ? "M5 3.5v9M11 3.5v9" : "M5 3l8 5-8 5z"} filled={!playing} />
      </button>
      <button type="button" class="plain" aria-label={words.room.back5} onClick={() => playback.step(-5000)}>−5</button>
      <button type="button" class="plain" aria-label={words.room.on5} onClick={() => playback.step(5000)}>+5</button>
      <span class="times"><Now playback={playback} /> <span class="quiet">/ {clock(durationMs)}</span></span>
      <span class="gap" />
      {children}
      <label class="speed">
        <span class="unseen">{words.room.speed}</span>
        <select value={String(playback.speed.value)} onChange={(event) => playback.setSpeed(Number(event.currentTarget.value))}>
          {SPEEDS.map((speed) => <option key={speed} value={String(speed)}>{speed}×</option>)}
        </select>
      </label>
      <button type="button" class="plain wide-only" aria-label={playback.muted.value ? words.room.unmute : words.room.mute} onClick={() => playback.toggleSound()}>
        <Icon d={playback.muted.value ? "M3 6h2l3-2.5v9L5 10H3zM11 6l3 4M14 6l-3 4" : "M3 6h2l3-2.5v9L5 10H3zM10.5 5.5a3.5 3.5 0 0 1 0 5"} />
      </button>
      {!(copy instanceof File) && <PictureMenu playback={playback} />}
      <FullScreen />
    </div>
  );
}

function Now({ playback }: { playback: Playback }) {
  return <span class="now">{clock(playback.second.value)}</span>;
}
