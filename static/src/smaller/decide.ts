import { USUAL_RATE } from "../upload/plan";
import type { Aim, Film, Made, Why } from "./film";

/** Whether a smaller copy pays, what it should be, and whether what was made may be sent. Pure. */

const SHORT_SIDE = 720;
const BITS = 1_500_000;
/** For links on which the better copy would be hours on its way. */
const SHORT_SIDE_SLOW = 480;
const BITS_SLOW = 700_000;
const SLOW_SECONDS = 2 * 3600;
export const SOUND_BITS = 128_000;

/** Sending the copy, with making it, takes at most this part of the time that the original takes. */
const PAYS_BELOW = 0.7;
/** Below this part of real time a lesson would warm the device for hours. */
const SLOWEST = 0.7;
const WORTH_OFFERING = 0.7;
const SHORTEST_WAIT = 60;

const SOUND_PAYS_FROM = 600;
const SOUND_AT_MOST = 0.15;
const SOUND_OFFERED_FROM = 120;

const DURATION_WITHIN = 0.2;
const TIMES_WITHIN = 0.001;

export interface Size { bytes: number; seconds: number }

export interface Decision {
  aim: Aim;
  original: Size;
  small: Size;
  /** Seconds of those of `small` that this device works on the copy. */
  making: number;
  recommended: boolean;
}

export interface Given {
  film: Film;
  /** Bytes of the original. */
  size: number;
  /** Measured, bytes a second; null where nothing is known. */
  rate: number | null;
  /** Seconds of film made smaller in a second, measured; null before the trial. */
  speed: number | null;
  /** Bytes this browser may still store; null where it does not say. */
  room: number | null;
  /** The last try on this film never came to an end. */
  crashed: boolean;
}

/** What the copy should be; null where there is no picture that this browser can read and write. */
export function aimFor(film: Film, rate: number | null): Aim | null {
  const { picture, writes } = film;
  if (!picture?.decodes || !writes || film.duration <= 0) return null;
  if (film.sound && !film.sound.copies && !film.sound.encodes) return null;
  const better = scaled(film, SHORT_SIDE, BITS);
  if (copyBytes(film, better) / (rate ?? USUAL_RATE) <= SLOW_SECONDS) return better;
  return scaled(film, SHORT_SIDE_SLOW, BITS_SLOW);
}

/** Null: nothing to offer. */
export function decide({ film, size, rate, speed, room, crashed }: Given): Decision | null {
  const aim = aimFor(film, rate);
  if (!aim) return null;
  const bytes = copyBytes(film, aim);
  if (bytes > WORTH_OFFERING * size || (room !== null && room < 1.2 * bytes)) return null;
  const perSecond = rate ?? USUAL_RATE;
  const original = { bytes: size, seconds: size / perSecond };
  if (original.seconds < SHORTEST_WAIT) return null;
  const making = film.duration / (speed ?? 1);
  const small = { bytes, seconds: making + bytes / perSecond };
  const pays = small.seconds < PAYS_BELOW * original.seconds && (speed ?? 1) >= SLOWEST;
  return { aim, original, small, making, recommended: pays && !crashed };
}

export interface SoundFirst extends Size { recommended: boolean }

/** Whether the sound alone, sent first, gives the coach something to listen to long before the picture. Null: nothing to offer. */
export function soundFirst(film: Film, goes: Size, rate: number | null): SoundFirst | null {
  if (!film.sound?.copies || !film.picture) return null;
  const bytes = Math.round((film.sound.bitsPerSecond * film.duration) / 8);
  const seconds = bytes / (rate ?? USUAL_RATE);
  if (goes.seconds < SOUND_OFFERED_FROM || seconds > goes.seconds / 2) return null;
  return { bytes, seconds, recommended: goes.seconds > SOUND_PAYS_FROM && bytes < SOUND_AT_MOST * goes.bytes };
}

/** Why what was made must not be sent; null where it is what was asked for. */
export function refusal(film: Film, aim: Aim, made: Made): Why | null {
  if (made.width !== aim.width || made.height !== aim.height) return "not_as_asked";
  if (Math.abs(made.duration - film.duration) > DURATION_WITHIN) return "not_as_asked";
  if (made.sound !== (film.sound !== null)) return "sound_lost";
  return made.offBy > TIMES_WITHIN ? "not_as_asked" : null;
}

/** The short side is what is asked for, never more than there is; so are the bits. Sides are even, as encoders want them. */
function scaled(film: Film, shortSide: number, bits: number): Aim {
  const { width, height, bitsPerSecond } = film.picture!;
  const by = Math.min(1, shortSide / Math.min(width, height));
  const even = (side: number): number => Math.max(2, Math.round((side * by) / 2) * 2);
  return {
    writes: film.writes!, width: even(width), height: even(height),
    bitsPerSecond: Math.round(Math.min(bits, bitsPerSecond || bits)),
  };
}

function copyBytes(film: Film, aim: Aim): number {
  const sound = !film.sound ? 0 : film.sound.encodes ? SOUND_BITS : film.sound.bitsPerSecond || SOUND_BITS;
  return Math.round(((aim.bitsPerSecond + sound) * film.duration) / 8);
}
