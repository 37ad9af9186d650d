/** What the page and the worker that reads films tell each other. Times in seconds of the file's own clock, sizes in bytes. */

/** The folder of the browser's private ones in which films of our making lie. */
export const FOLDER = "films";

export interface Film {
  /** When its last picture or sound ends. */
  duration: number;
  picture: Picture | null;
  sound: Sound | null;
  /** The format this browser can write pictures in, best first; null where there is none. */
  writes: Writes | null;
}

/** As seen: upright, in square pixels. */
export interface Picture { width: number; height: number; bitsPerSecond: number; decodes: boolean }

export interface Sound {
  codec: string;
  bitsPerSecond: number;
  /** Goes into a smaller copy, or a file of its own, as it is. */
  copies: boolean;
  /** Otherwise: this browser can write it anew for a smaller copy. */
  encodes: boolean;
}

export type Writes = "avc" | "vp9";

/** What a smaller copy should be. */
export interface Aim { writes: Writes; width: number; height: number; bitsPerSecond: number }

/** What a copy turned out to be, read back from where it was written. */
export interface Made {
  duration: number;
  width: number | null;
  height: number | null;
  sound: boolean;
  /** How far, at most, its first and last pictures and sounds are from where they are in the original. */
  offBy: number;
}

/** Why a copy was not made, or is not sent. */
export type Why = "unreadable" | "no_decoder" | "no_encoder" | "sound_lost" | "full" | "not_as_asked" | "broke";

export type Ask =
  | { do: "look"; file: File }
  | { do: "try"; file: File; aim: Aim }
  | { do: "shrink"; file: File; aim: Aim; film: Film; shelf: string; note: string }
  | { do: "lift"; file: File; shelf: string; note: string };

export type Answer =
  | { says: "looked"; film: Film }
  | { says: "tried"; speed: number }
  | { says: "moved"; done: number }
  | { says: "made" }
  | { says: "refused"; why: Why };

/** Thrown where a copy cannot be made. */
export class NotMade extends Error {
  constructor(readonly why: Why) {
    super(why);
  }
}
