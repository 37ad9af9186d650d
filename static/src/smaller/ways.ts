import { signal } from "@preact/signals";
import type { Id } from "../api/shapes";
import type { SoundFirst } from "./decide";
import type { Aim, Film, Why } from "./film";
import type { Kept } from "./kept";

/** How a film is to be sent: as it is, or smaller; the sound before it, or not. */
export interface Ways {
  /** `making`: seconds that this device will work on it. */
  small: { aim: Aim; film: Film; bytes: number; making: number } | null;
  sound: SoundFirst | null;
}

export const AS_IT_IS: Ways = { small: null, sound: null };

/** A film that is made ready on this device before, or while, something of it is sent. */
export interface UnderWay {
  lesson: Id;
  /** What of it is done now, 0 to 1; null where nothing is being made. */
  making: { what: "small" | "sound"; done: number; left: number | null } | null;
  /** The sound is on its way, and the picture comes after it. */
  soundGoes: boolean;
  /** Lets the picture go as it is. */
  asItIs: (() => void) | null;
  stop(): void;
}

/** Belongs to the page, like transfers: going elsewhere inside Farfield lets it go on. */
export const underWay = signal<readonly UnderWay[]>([]);

/** Why a film goes as it is although a smaller copy was wanted, by lesson: said on its page. */
export const wentAsItIs = signal<ReadonlyMap<Id, Why>>(new Map());

/** What goes on by itself after a reload, by lesson, because it was kept on this device. */
export const fromHere = signal<ReadonlyMap<Id, Kept>>(new Map());
