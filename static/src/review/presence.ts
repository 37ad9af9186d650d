import { type Signal, useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Id, Present } from "../api/shapes";
import { onPresence, standing, tellPresence } from "../live/socket";
import type { Playback } from "./playback";

const PLAYING_MS = 2_000;
const STILL_MS = 10_000;
const SETTLED_MS = 300;

/** Tells the others where this person is, and keeps where they are. */
export function usePresence(lesson: Id, playback: Playback, me: Id, joined: boolean): Signal<Present[]> {
  const present = useSignal<Present[]>([]);
  const connected = standing.value === "live";
  const playing = playback.playing.value;
  useEffect(() => onPresence((about, people) => {
    if (about === lesson) present.value = people.filter(({ person }) => person !== me);
  }), [lesson, me]);
  useEffect(() => {
    if (!joined) return;
    if (!connected) {
      present.value = [];
      return;
    }
    const tell = (): void => tellPresence(lesson, playback.at.peek(), playback.playing.peek());
    tell();
    const timer = setInterval(tell, playing ? PLAYING_MS : STILL_MS);
    return () => clearInterval(timer);
  }, [lesson, connected, playing, joined]);
  // Somebody who stands still and goes elsewhere is seen to be there at once, not at the next round.
  const place = useComputed(() => (playback.playing.value ? -1 : playback.second.value)).value;
  useEffect(() => {
    if (!joined || !connected || place < 0) return;
    const timer = setTimeout(() => tellPresence(lesson, playback.at.peek(), false), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [lesson, connected, joined, place]);
  return present;
}
