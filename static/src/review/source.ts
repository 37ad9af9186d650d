import { get } from "../api/http";
import { asProblem, notFarfield, problemFrom, unreachable } from "../api/problem";
import type { Play } from "../api/shapes";

/** What plays: the copies that the server has made, or the file on this device. */
export type Copy = Play | File;

/** Why nothing more comes: no way to the server, its store is away, signed out, or no longer allowed to watch. */
export type Trouble = "offline" | "away" | "expired" | "denied";

const HEAVY_BYTES = 500 * 2 ** 20;

/** Safari may read the whole of a large file into memory; there somebody asks for it first. */
export function heavy(file: File): boolean {
  const { userAgent } = navigator;
  return file.size > HEAVY_BYTES && /Safari/.test(userAgent) && !/Chrom|Android|Firefox|FxiOS/.test(userAgent);
}

/** Whether waiting helps. */
export const passing = (trouble: Trouble): boolean => trouble === "offline" || trouble === "away";

/** `status` of a request for a playlist or a part of the film; 0 or undefined: no answer came. */
export function troubleOf(status: number | undefined): Trouble {
  if (status === 401) return "expired";
  if (status === 403 || status === 404) return "denied";
  return status ? "away" : "offline";
}

/**
 * Asks the server what is wrong; null: nothing is, and the film's addresses were old ones. A part of a film is not found
 * either when another attempt has taken its place, so only the lesson's own answer tells that it is closed.
 */
export async function examine(play: Play, signal: AbortSignal): Promise<Trouble | null> {
  try {
    await get(play.playlist.slice(0, play.playlist.indexOf("/playlists/")), signal);
    return null;
  } catch (error) {
    return troubleOf(asProblem(error).status);
  }
}

/** The playlist of the sound alone, as the list of renditions names it; null: this film has none. */
export function soundIn(list: string): string | null {
  const lines = list.split("\n").map((line) => line.trim());
  const at = lines.findIndex((line) => line.startsWith("#EXT-X-STREAM-INF:") && !line.includes("RESOLUTION="));
  return at < 0 ? null : lines[at + 1] || null;
}

/** Where the sound alone plays; null: this film has none. Throws a `Problem` where that cannot be asked. */
export async function soundOf({ playlist }: Pick<Play, "playlist">): Promise<string | null> {
  let answer: Response;
  let list: string;
  try {
    answer = await fetch(playlist, { credentials: "same-origin", cache: "no-store" });
    list = await answer.text();
  } catch {
    throw unreachable();
  }
  if (!answer.ok) throw problemFrom(answer.status, "", "", null);
  // The page of a Wi-Fi that wants a click says nothing about sound.
  if (!list.startsWith("#EXTM3U")) throw notFarfield(answer.status);
  return soundIn(list);
}
