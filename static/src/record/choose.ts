/** How large, in which format, how long it fits, and whether anything is heard. Pure. */

export interface Quality { width: number; height: number; video: number; audio: number }
export type QualityName = "small" | "normal" | "fine";

/** Pixels, and bits a second of picture and of sound. */
export const QUALITIES: Record<QualityName, Quality> = {
  small: { width: 854, height: 480, video: 700_000, audio: 48_000 },
  normal: { width: 1280, height: 720, video: 1_500_000, audio: 64_000 },
  fine: { width: 1920, height: 1080, video: 4_000_000, audio: 96_000 },
};
export const QUALITY_NAMES: readonly QualityName[] = ["small", "normal", "fine"];

/** Bytes a second, with what the container adds. */
export const bytesPerSecond = ({ video, audio }: Quality): number => ((video + audio) / 8) * 1.02;

/** Left free, so that the rest of the device (and the list of recordings) still works when a take has used it up. */
export const SPARE_BYTES = 100e6;

export function minutesLeft(freeBytes: number, quality: Quality): number {
  return Math.max(0, Math.floor((freeBytes - SPARE_BYTES) / bytesPerSecond(quality) / 60));
}

/**
 * WebM (or Matroska) wherever there is one: a browser writes each second of it out whole, while its MP4 comes in pieces
 * from key frame to key frame. H.264 only where a chip makes it; in software VP8 is lighter.
 */
export function formatOf(supported: (type: string) => boolean, chip: boolean): string | null {
  const h264 = ["video/x-matroska;codecs=avc1,opus", "video/webm;codecs=h264,opus"];
  const others = ["video/webm;codecs=vp8,opus", "video/webm"];
  return [...(chip ? h264 : []), ...others, ...(chip ? [] : h264), "video/mp4"].find(supported) ?? null;
}

export const extensionOf = (type: string): string =>
  type.startsWith("video/mp4") ? "mp4" : type.startsWith("video/x-matroska") ? "mkv" : "webm";

/** The level of a stretch of sound (samples -1 to 1), as 0 to 1 over the 60 dB that a voice in a room may have. */
export function levelOf(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const decibels = 10 * Math.log10(sum / Math.max(1, samples.length) + 1e-12);
  return Math.min(1, Math.max(0, (decibels + 60) / 60));
}

const HEARD = 0.08;
const LONG_SILENCE_MS = 10_000;

/** Says when nothing was heard for so long that the microphone may be off. Even an empty room is not that still. */
export class Silence {
  private since: number | null = null;

  heard(level: number, now: number): boolean {
    if (level >= HEARD) this.since = null;
    else this.since ??= now;
    return this.since !== null && now - this.since >= LONG_SILENCE_MS;
  }
}

/** Why a camera did not come, in our own words. */
export type Refusal = "denied" | "none" | "busy" | "other";

export function refusalOf(name: string): Refusal {
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "none";
  return name === "NotReadableError" || name === "AbortError" ? "busy" : "other";
}

/** A lesson is at most four hours; what was filmed is never lost for being a minute too long. */
export const LONGEST_MS = (4 * 60 - 2) * 60_000;
